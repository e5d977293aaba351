using FluentMigrator;

namespace Feeds.Host.Api;

/// <summary>Requests with an Idempotency-Key, for a day: what is needed to answer the same again, and no address.</summary>
[Migration(2026113001)]
internal sealed class M2026113001ApiRequests : Migration
{
    public override void Up()
    {
        Create.Table("api_request")
            .WithColumn("key").AsString(64).PrimaryKey()
            .WithColumn("content").AsString(64).NotNullable()
            .WithColumn("began_at").AsInt64().NotNullable()
            .WithColumn("status").AsInt32().Nullable()
            .WithColumn("subscriber_id").AsInt64().Nullable();
        Create.Index("api_request_began").OnTable("api_request").OnColumn("began_at").Ascending();
    }

    public override void Down() => Delete.Table("api_request");
}

using FluentMigrator;

namespace Feeds.Newsletter.Migrations;

/// <summary>When a subscriber last said anything, so that who has been silent for years is asked, and forgotten without an answer.</summary>
[Migration(2026112342)]
internal sealed class M2026112342LastSeen : Migration
{
    public override void Up()
    {
        Alter.Table("subscriber")
            .AddColumn("last_seen_at").AsInt64().Nullable()
            .AddColumn("asked_again_at").AsInt64().Nullable();
        Execute.Sql("UPDATE subscriber SET last_seen_at = (SELECT MAX(confirmed_at) FROM subscription WHERE subscription.subscriber_id = subscriber.id)");
        Create.Index("subscriber_last_seen").OnTable("subscriber").OnColumn("last_seen_at").Ascending();
    }

    public override void Down()
    {
        Delete.Index("subscriber_last_seen").OnTable("subscriber");
        Delete.Column("asked_again_at").Column("last_seen_at").FromTable("subscriber");
    }
}

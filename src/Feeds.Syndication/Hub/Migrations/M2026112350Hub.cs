using FluentMigrator;

namespace Feeds.Syndication.Hub.Migrations;

[Migration(2026112350)]
internal sealed class M2026112350Hub : Migration
{
    public override void Up()
    {
        Create.Table("hub_subscription")
            .WithColumn("id").AsInt64().PrimaryKey().Identity()
            .WithColumn("key").AsString(64).NotNullable().Unique("hub_subscription_key")
            .WithColumn("topic").AsString(int.MaxValue).NotNullable()
            .WithColumn("callback").AsString(int.MaxValue).NotNullable()
            .WithColumn("host").AsString(300).NotNullable()
            .WithColumn("secret").AsBinary(200).Nullable()
            .WithColumn("expires_at").AsInt64().Nullable()
            .WithColumn("etag").AsString(100).NotNullable()
            .WithColumn("marked").AsInt64().NotNullable().WithDefaultValue(0)
            .WithColumn("failures").AsInt32().NotNullable().WithDefaultValue(0)
            .WithColumn("asked_mode").AsString(12).Nullable()
            .WithColumn("asked_lease").AsInt32().NotNullable()
            .WithColumn("asked_secret").AsBinary(200).Nullable()
            .WithColumn("asks").AsInt32().NotNullable()
            .WithColumn("ask_failures").AsInt32().NotNullable().WithDefaultValue(0)
            .WithColumn("next_attempt_at").AsInt64().Nullable()
            .WithColumn("claims").AsInt32().NotNullable().WithDefaultValue(0)
            .WithColumn("claimed_until").AsInt64().Nullable();
        Create.Index("hub_subscription_topic").OnTable("hub_subscription").OnColumn("topic").Ascending();
        Create.Index("hub_subscription_host").OnTable("hub_subscription").OnColumn("host").Ascending();
        Create.Index("hub_subscription_expiry").OnTable("hub_subscription").OnColumn("expires_at").Ascending();
        // What is due, or being done, is a small part of all: these two stay as small.
        Execute.Sql("CREATE INDEX hub_subscription_due ON hub_subscription (next_attempt_at) WHERE next_attempt_at IS NOT NULL");
        Execute.Sql("CREATE INDEX hub_subscription_claimed ON hub_subscription (claimed_until) WHERE claimed_until IS NOT NULL");

        Create.Table("feed_follower")
            .WithColumn("name").AsString(80).PrimaryKey()
            .WithColumn("change").AsInt64().NotNullable()
            .WithColumn("failures").AsInt32().NotNullable()
            .WithColumn("next_attempt_at").AsInt64().NotNullable()
            .WithColumn("claims").AsInt32().NotNullable()
            .WithColumn("claimed_until").AsInt64().Nullable();
    }

    public override void Down()
    {
        Delete.Table("feed_follower");
        Delete.Table("hub_subscription");
    }
}

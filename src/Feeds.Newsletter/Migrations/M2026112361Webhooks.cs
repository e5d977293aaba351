using FluentMigrator;

namespace Feeds.Newsletter.Migrations;

/// <summary>Programs that are told who joins and leaves, and what they are still to be told.</summary>
[Migration(2026112361)]
internal sealed class M2026112361Webhooks : Migration
{
    public override void Up()
    {
        Create.Table("webhook")
            .WithColumn("name").AsString(40).PrimaryKey()
            .WithColumn("events").AsInt32().NotNullable()
            .WithColumn("ended_at").AsInt64().Nullable()
            .WithColumn("given_up").AsInt64().NotNullable()
            .WithColumn("last_answer").AsString(100).Nullable()
            .WithColumn("answered_at").AsInt64().Nullable();

        // Without a foreign key: whoever writes an event is not to wait for whoever notes an answer.
        Create.Table("webhook_delivery")
            .WithColumn("number").AsInt64().PrimaryKey().Identity()
            .WithColumn("event_id").AsString(40).NotNullable()
            .WithColumn("webhook").AsString(40).NotNullable()
            .WithColumn("kind").AsInt32().NotNullable()
            .WithColumn("subscriber_id").AsInt64().NotNullable()
            .WithColumn("newsletter").AsString(40).NotNullable()
            .WithColumn("at").AsInt64().NotNullable()
            .WithColumn("source").AsString(40).NotNullable()
            .WithColumn("attempts").AsInt32().NotNullable()
            .WithColumn("due_at").AsInt64().NotNullable()
            .WithColumn("claimed_until").AsInt64().Nullable();
        Create.Index("webhook_delivery_due").OnTable("webhook_delivery").OnColumn("webhook").Ascending().OnColumn("due_at").Ascending();
        Create.Index("webhook_delivery_order").OnTable("webhook_delivery")
            .OnColumn("webhook").Ascending().OnColumn("subscriber_id").Ascending().OnColumn("number").Ascending();
        Create.Index("webhook_delivery_at").OnTable("webhook_delivery").OnColumn("at").Ascending();
    }

    public override void Down()
    {
        Delete.Table("webhook_delivery");
        Delete.Table("webhook");
    }
}

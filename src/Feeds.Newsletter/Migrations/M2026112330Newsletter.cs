using FluentMigrator;

namespace Feeds.Newsletter.Migrations;

[Migration(2026112330)]
internal sealed class M2026112330Newsletter : Migration
{
    public override void Up()
    {
        Create.Table("cadence")
            .WithColumn("name").AsString(40).PrimaryKey()
            .WithColumn("title").AsString(100).NotNullable()
            .WithColumn("cron").AsString(200).NotNullable()
            .WithColumn("zone").AsString(100).NotNullable()
            .WithColumn("categories").AsString(int.MaxValue).NotNullable()
            .WithColumn("minimum_articles").AsInt32().NotNullable()
            .WithColumn("maximum_articles").AsInt32().NotNullable()
            .WithColumn("paused").AsBoolean().NotNullable()
            .WithColumn("revision").AsInt64().NotNullable()
            .WithColumn("last_sequence").AsInt64().NotNullable();

        Create.Table("subscriber")
            .WithColumn("id").AsInt64().PrimaryKey().Identity()
            .WithColumn("email").AsString(320).NotNullable()
            .WithColumn("email_key").AsString(320).NotNullable().Unique("subscriber_email_key")
            .WithColumn("created_at").AsInt64().NotNullable()
            .WithColumn("mailed_at").AsInt64().Nullable();

        Create.Table("subscription")
            .WithColumn("subscriber_id").AsInt64().PrimaryKey().ForeignKey("subscription_subscriber", "subscriber", "id")
            .WithColumn("cadence").AsString(40).PrimaryKey().ForeignKey("subscription_cadence", "cadence", "name")
            .WithColumn("categories").AsString(int.MaxValue).NotNullable()
            .WithColumn("state").AsInt32().NotNullable()
            .WithColumn("asked_categories").AsString(int.MaxValue).NotNullable()
            .WithColumn("asked_number").AsInt32().NotNullable()
            .WithColumn("answered_number").AsInt32().NotNullable()
            .WithColumn("asked_at").AsInt64().NotNullable()
            .WithColumn("confirmed_at").AsInt64().Nullable()
            .WithColumn("left_at").AsInt64().Nullable();
        Create.Index("subscription_cadence_state").OnTable("subscription").OnColumn("cadence").Ascending().OnColumn("state").Ascending();

        Create.Table("edition")
            .WithColumn("id").AsInt64().PrimaryKey().Identity()
            .WithColumn("cadence").AsString(40).NotNullable().ForeignKey("edition_cadence", "cadence", "name")
            .WithColumn("slot").AsInt64().NotNullable()
            .WithColumn("from_sequence").AsInt64().NotNullable()
            .WithColumn("to_sequence").AsInt64().NotNullable()
            .WithColumn("articles").AsInt32().NotNullable()
            .WithColumn("skipped").AsBoolean().NotNullable()
            .WithColumn("made_at").AsInt64().NotNullable()
            .WithColumn("mailing_key").AsString(200).Nullable();
        Create.Index("edition_cadence_slot").OnTable("edition").OnColumn("cadence").Ascending().OnColumn("slot").Ascending().WithOptions().Unique();
    }

    public override void Down()
    {
        Delete.Table("edition");
        Delete.Table("subscription");
        Delete.Table("subscriber");
        Delete.Table("cadence");
    }
}

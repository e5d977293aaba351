using FluentMigrator;

namespace Feeds.Mail.Migrations;

[Migration(2026112320)]
internal sealed class M2026112320Deliveries : Migration
{
    public override void Up()
    {
        Create.Table("mailing")
            .WithColumn("id").AsInt64().PrimaryKey().Identity()
            .WithColumn("key").AsString(200).NotNullable().Unique("mailing_key")
            .WithColumn("date").AsInt64().NotNullable()
            .WithColumn("language").AsString(40).NotNullable()
            .WithColumn("from_name").AsString(int.MaxValue).Nullable()
            .WithColumn("list_name").AsString(int.MaxValue).Nullable()
            .WithColumn("list_identifier").AsString(255).Nullable();

        Create.Table("mail_content")
            .WithColumn("id").AsInt64().PrimaryKey().Identity()
            .WithColumn("mailing_id").AsInt64().NotNullable().ForeignKey("mailing", "id")
            .WithColumn("subject").AsString(int.MaxValue).NotNullable()
            .WithColumn("html").AsString(int.MaxValue).NotNullable()
            .WithColumn("text").AsString(int.MaxValue).NotNullable();

        Create.Table("delivery")
            .WithColumn("id").AsInt64().PrimaryKey().Identity()
            .WithColumn("mailing_id").AsInt64().NotNullable().ForeignKey("mailing", "id")
            .WithColumn("content_id").AsInt64().NotNullable().ForeignKey("mail_content", "id")
            .WithColumn("recipient_key").AsString(200).NotNullable()
            .WithColumn("address").AsString(320).NotNullable()
            .WithColumn("message_id").AsString(255).NotNullable()
            .WithColumn("unsubscribe_url").AsString(int.MaxValue).Nullable()
            .WithColumn("personal").AsString(int.MaxValue).Nullable()
            .WithColumn("state").AsString(12).NotNullable()
            .WithColumn("attempts").AsInt32().NotNullable()
            .WithColumn("claims").AsInt32().NotNullable()
            .WithColumn("doubts").AsInt32().NotNullable()
            .WithColumn("next_attempt_at").AsInt64().Nullable()
            .WithColumn("sender_id").AsInt64().Nullable()
            .WithColumn("claimed_at").AsInt64().Nullable()
            .WithColumn("first_attempt_at").AsInt64().Nullable()
            .WithColumn("finished_at").AsInt64().Nullable();
        Create.Index("delivery_once").OnTable("delivery").OnColumn("mailing_id").Ascending().OnColumn("recipient_key").Ascending().WithOptions().Unique();
        Create.Index("delivery_counts").OnTable("delivery").OnColumn("mailing_id").Ascending().OnColumn("state").Ascending();
        Create.Index("delivery_recipient").OnTable("delivery").OnColumn("recipient_key").Ascending();
        // Claims look at what is due, and at nothing that is done with: these three stay as small as the work that is left.
        Execute.Sql("CREATE INDEX delivery_due ON delivery (next_attempt_at, id) WHERE next_attempt_at IS NOT NULL");
        Execute.Sql("CREATE INDEX delivery_due_of_mailing ON delivery (mailing_id, next_attempt_at, id) WHERE next_attempt_at IS NOT NULL");
        Execute.Sql("CREATE INDEX delivery_sender ON delivery (sender_id) WHERE sender_id IS NOT NULL");

        Create.Table("attempt")
            .WithColumn("id").AsInt64().PrimaryKey().Identity()
            .WithColumn("delivery_id").AsInt64().NotNullable().ForeignKey("delivery", "id")
            .WithColumn("number").AsInt32().NotNullable()
            .WithColumn("started_at").AsInt64().NotNullable()
            .WithColumn("ended_at").AsInt64().NotNullable()
            .WithColumn("outcome").AsString(12).NotNullable()
            .WithColumn("reply_code").AsInt32().Nullable()
            .WithColumn("enhanced_code").AsString(12).Nullable()
            .WithColumn("reply_text").AsString(500).Nullable()
            .WithColumn("relay").AsString(300).Nullable();
        Create.Index("attempt_once").OnTable("attempt").OnColumn("delivery_id").Ascending().OnColumn("number").Ascending().WithOptions().Unique();

        Create.Table("sender")
            .WithColumn("id").AsInt64().PrimaryKey().Identity()
            .WithColumn("description").AsString(300).NotNullable()
            .WithColumn("renewals").AsInt64().NotNullable()
            .WithColumn("renewed_at").AsInt64().NotNullable();
    }

    public override void Down()
    {
        Delete.Table("sender");
        Delete.Table("attempt");
        Delete.Table("delivery");
        Delete.Table("mail_content");
        Delete.Table("mailing");
    }
}

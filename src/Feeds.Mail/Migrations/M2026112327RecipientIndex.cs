using FluentMigrator;

namespace Feeds.Mail.Migrations;

/// <summary>One index instead of two: each is written twice for every message that is sent.</summary>
[Migration(2026112327)]
internal sealed class M2026112327RecipientIndex : Migration
{
    public override void Up()
    {
        Delete.Index("delivery_recipient").OnTable("delivery");
        Delete.Index("delivery_once").OnTable("delivery");
        Create.Index("delivery_recipient").OnTable("delivery").OnColumn("recipient_key").Ascending().OnColumn("mailing_id").Ascending().WithOptions().Unique();
    }

    public override void Down()
    {
        Delete.Index("delivery_recipient").OnTable("delivery");
        Create.Index("delivery_once").OnTable("delivery").OnColumn("mailing_id").Ascending().OnColumn("recipient_key").Ascending().WithOptions().Unique();
        Create.Index("delivery_recipient").OnTable("delivery").OnColumn("recipient_key").Ascending();
    }
}

using FluentMigrator;

namespace Feeds.Mail.Migrations;

[Migration(2026112324)]
internal sealed class M2026112324Control : Migration
{
    public override void Up()
    {
        Alter.Table("mailing")
            .AddColumn("audience").AsInt32().NotNullable().WithDefaultValue(0)
            .AddColumn("uncertain_policy").AsString(8).NotNullable().WithDefaultValue("resend");
        // What was frozen before is believed to be whole.
        Execute.Sql("UPDATE mailing SET audience = (SELECT COUNT(*) FROM delivery WHERE delivery.mailing_id = mailing.id)");
    }

    public override void Down() => Delete.Column("audience").Column("uncertain_policy").FromTable("mailing");
}

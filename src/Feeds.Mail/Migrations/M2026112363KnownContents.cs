using FluentMigrator;

namespace Feeds.Mail.Migrations;

/// <summary>
/// PostgreSQL checks each delivery's mailing and content by a query of its own: 20 s of a million, for two numbers which the
/// same transaction has just stored. The content's own reference to its mailing stays, and so do all of SQLite's, where they
/// cost little and the same code runs.
/// </summary>
[Migration(2026112363)]
internal sealed class M2026112363KnownContents : Migration
{
    public override void Up()
    {
        IfDatabase(ProcessorIdConstants.Postgres, ProcessorIdConstants.PostgreSQL15_0).Delete.ForeignKey("FK_delivery_mailing_id_mailing_id").OnTable("delivery");
        IfDatabase(ProcessorIdConstants.Postgres, ProcessorIdConstants.PostgreSQL15_0).Delete.ForeignKey("FK_delivery_content_id_mail_content_id").OnTable("delivery");
    }

    public override void Down()
    {
        IfDatabase(ProcessorIdConstants.Postgres, ProcessorIdConstants.PostgreSQL15_0).Create.ForeignKey("FK_delivery_mailing_id_mailing_id").FromTable("delivery").ForeignColumn("mailing_id").ToTable("mailing").PrimaryColumn("id");
        IfDatabase(ProcessorIdConstants.Postgres, ProcessorIdConstants.PostgreSQL15_0).Create.ForeignKey("FK_delivery_content_id_mail_content_id").FromTable("delivery").ForeignColumn("content_id").ToTable("mail_content").PrimaryColumn("id");
    }
}

using FluentMigrator;

namespace Feeds.Mail.Migrations;

/// <summary>
/// PostgreSQL checks each delivery's mailing and content by a query of its own: 6 of the 11 s that 300,000 rows took, for two
/// numbers which the same transaction has just stored. What is given up is the database's word on them there. The content's
/// own reference to its mailing stays, and so do all of SQLite's, where a mistake in the numbers, which both get from one
/// place, is refused.
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

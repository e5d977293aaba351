using FluentMigrator;

namespace Feeds.Mail.Migrations;

[Migration(2026112321)]
internal sealed class M2026112321Supersession : Migration
{
    public override void Up()
    {
        Create.Table("superseded_content")
            .WithColumn("content_id").AsInt64().PrimaryKey().ForeignKey("mail_content", "id")
            .WithColumn("by_content_id").AsInt64().Nullable().ForeignKey("mail_content", "id");
        Alter.Table("delivery").AddColumn("suppressed_as").AsString(12).Nullable();
        Execute.Sql("UPDATE delivery SET suppressed_as = 'left' WHERE state = 'suppressed'");
    }

    public override void Down()
    {
        Delete.Column("suppressed_as").FromTable("delivery");
        Delete.Table("superseded_content");
    }
}

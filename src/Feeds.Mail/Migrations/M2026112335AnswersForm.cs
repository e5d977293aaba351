using FluentMigrator;

namespace Feeds.Mail.Migrations;

[Migration(2026112335)]
internal sealed class M2026112335AnswersForm : Migration
{
    public override void Up() => Alter.Table("mailing").AddColumn("answers_form").AsBoolean().NotNullable().WithDefaultValue(false);

    public override void Down() => Delete.Column("answers_form").FromTable("mailing");
}

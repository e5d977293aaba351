using FluentMigrator;

namespace Feeds.Mail.Migrations;

/// <summary>The texts of a mailing may be in several languages; none is the mailing's own.</summary>
[Migration(2026112360)]
internal sealed class M2026112360ContentLanguage : Migration
{
    public override void Up() => Alter.Table("mail_content").AddColumn("language").AsString(35).Nullable();

    public override void Down() => Delete.Column("language").FromTable("mail_content");
}

using FluentMigrator;

namespace Feeds.Articles.Migrations;

[Migration(2026112316)]
internal sealed class M2026112316FormerNames : Migration
{
    public override void Up() => Alter.Table("category").AddColumn("formerly").AsString(int.MaxValue).NotNullable().WithDefaultValue("[]");

    public override void Down() => Delete.Column("formerly").FromTable("category");
}

using FluentMigrator;

namespace Feeds.Articles.Migrations;

[Migration(2026112312)]
internal sealed class M2026112312FormerSlugs : Migration
{
    public override void Up()
    {
        Create.Table("former_slug")
            .WithColumn("slug").AsString(200).PrimaryKey()
            .WithColumn("article_id").AsInt64().NotNullable().ForeignKey("article", "id")
            .WithColumn("position").AsInt32().NotNullable();
        Create.Index("former_slug_by_article").OnTable("former_slug").OnColumn("article_id").Ascending();
    }

    public override void Down() => Delete.Table("former_slug");
}

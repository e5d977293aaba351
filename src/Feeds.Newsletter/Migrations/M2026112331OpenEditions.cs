using FluentMigrator;

namespace Feeds.Newsletter.Migrations;

[Migration(2026112331)]
internal sealed class M2026112331OpenEditions : Migration
{
    public override void Up()
    {
        Create.Table("open_edition")
            .WithColumn("edition_id").AsInt64().PrimaryKey().ForeignKey("open_edition_edition", "edition", "id")
            .WithColumn("title").AsString(100).NotNullable()
            .WithColumn("maximum_articles").AsInt32().NotNullable()
            .WithColumn("seen_change").AsInt64().NotNullable();

        Create.Table("open_cohort")
            .WithColumn("content_id").AsInt64().PrimaryKey()
            .WithColumn("edition_id").AsInt64().NotNullable().ForeignKey("open_cohort_edition", "edition", "id")
            .WithColumn("articles").AsString(int.MaxValue).NotNullable();
        Create.Index("open_cohort_by_edition").OnTable("open_cohort").OnColumn("edition_id").Ascending();

        Create.Table("open_article")
            .WithColumn("edition_id").AsInt64().PrimaryKey().ForeignKey("open_article_edition", "edition", "id")
            .WithColumn("sequence").AsInt64().PrimaryKey()
            .WithColumn("article").AsString(int.MaxValue).NotNullable();
    }

    public override void Down()
    {
        Delete.Table("open_article");
        Delete.Table("open_cohort");
        Delete.Table("open_edition");
    }
}

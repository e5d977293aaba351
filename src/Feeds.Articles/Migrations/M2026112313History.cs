using FluentMigrator;

namespace Feeds.Articles.Migrations;

[Migration(2026112313)]
internal sealed class M2026112313History : Migration
{
    public override void Up()
    {
        Create.Table("feed_place")
            .WithColumn("category_id").AsInt64().PrimaryKey().ForeignKey("category", "id")
            .WithColumn("place").AsInt64().PrimaryKey()
            .WithColumn("article_id").AsInt64().NotNullable().ForeignKey("article", "id");
        Create.Index("feed_place_by_article").OnTable("feed_place").OnColumn("article_id").Ascending().OnColumn("category_id").Ascending().WithOptions().Unique();
        Execute.Sql(
            """
            INSERT INTO feed_place (category_id, place, article_id)
            SELECT link.category_id, ROW_NUMBER() OVER (PARTITION BY link.category_id ORDER BY article.sequence), article.id
            FROM article_category link JOIN article ON article.id = link.article_id
            WHERE article.sequence IS NOT NULL
            """);

        Alter.Table("article")
            .AddColumn("changed_at").AsInt64().NotNullable().WithDefaultValue(0)
            .AddColumn("changed_in").AsInt64().NotNullable().WithDefaultValue(0);
        Create.Index("article_by_change").OnTable("article").OnColumn("changed_in").Ascending();
        Alter.Table("category")
            .AddColumn("changed_in").AsInt64().NotNullable().WithDefaultValue(0)
            .AddColumn("places").AsInt64().NotNullable().WithDefaultValue(0)
            .AddColumn("article_count").AsInt32().NotNullable().WithDefaultValue(0);
        Alter.Table("publication")
            .AddColumn("changed_in").AsInt64().NotNullable().WithDefaultValue(0)
            .AddColumn("settings_changed_at").AsInt64().NotNullable().WithDefaultValue(0)
            .AddColumn("settings_changed_in").AsInt64().NotNullable().WithDefaultValue(0);
        Execute.Sql("UPDATE article SET changed_at = updated_at, changed_in = (SELECT change FROM publication) WHERE sequence IS NOT NULL");
        Execute.Sql(
            """
            UPDATE category SET
                changed_in = (SELECT change FROM publication),
                places = (SELECT COUNT(*) FROM feed_place WHERE feed_place.category_id = category.id),
                article_count = (SELECT COUNT(*) FROM article_category link JOIN article ON article.id = link.article_id WHERE link.category_id = category.id AND article.is_public)
            """);
        Execute.Sql("UPDATE publication SET changed_in = change");
    }

    public override void Down()
    {
        Delete.Index("article_by_change").OnTable("article");
        Delete.Column("changed_in").Column("settings_changed_at").Column("settings_changed_in").FromTable("publication");
        Delete.Column("changed_in").Column("places").Column("article_count").FromTable("category");
        Delete.Column("changed_at").Column("changed_in").FromTable("article");
        Delete.Table("feed_place");
    }
}

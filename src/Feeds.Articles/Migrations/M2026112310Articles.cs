using FluentMigrator;

namespace Feeds.Articles.Migrations;

[Migration(2026112310)]
internal sealed class M2026112310Articles : Migration
{
    public override void Up()
    {
        Create.Table("category")
            .WithColumn("id").AsInt64().PrimaryKey()
            .WithColumn("name").AsString(int.MaxValue).NotNullable().Unique()
            .WithColumn("slug").AsString(200).NotNullable().Unique()
            .WithColumn("changed_at").AsInt64().NotNullable();

        Create.Table("article")
            .WithColumn("id").AsInt64().PrimaryKey()
            .WithColumn("identity").AsString(int.MaxValue).NotNullable().Unique()
            .WithColumn("slug").AsString(200).NotNullable().Unique()
            .WithColumn("url").AsString(int.MaxValue).Nullable()
            .WithColumn("title").AsString(int.MaxValue).NotNullable()
            .WithColumn("author").AsString(int.MaxValue).Nullable()
            .WithColumn("language").AsString(35).Nullable()
            .WithColumn("summary").AsString(int.MaxValue).NotNullable()
            .WithColumn("html").AsString(int.MaxValue).NotNullable()
            .WithColumn("image_address").AsString(int.MaxValue).Nullable()
            .WithColumn("image_alternative").AsString(int.MaxValue).Nullable()
            .WithColumn("image_width").AsInt32().Nullable()
            .WithColumn("image_height").AsInt32().Nullable()
            .WithColumn("published_at").AsInt64().NotNullable()
            .WithColumn("updated_at").AsInt64().NotNullable()
            .WithColumn("status").AsString(20).NotNullable()
            .WithColumn("is_public").AsBoolean().NotNullable()
            .WithColumn("sequence").AsInt64().Nullable().Unique()
            .WithColumn("content_hash").AsString(64).NotNullable();
        Create.Index("article_by_date").OnTable("article").OnColumn("is_public").Ascending().OnColumn("published_at").Ascending();

        Create.Table("article_category")
            .WithColumn("article_id").AsInt64().PrimaryKey().ForeignKey("article", "id")
            .WithColumn("category_id").AsInt64().PrimaryKey().ForeignKey("category", "id")
            .WithColumn("position").AsInt32().NotNullable();
        Create.Index("article_category_by_category").OnTable("article_category").OnColumn("category_id").Ascending().OnColumn("article_id").Ascending();

        Create.Table("media")
            .WithColumn("name").AsString(80).PrimaryKey()
            .WithColumn("content_type").AsString(100).NotNullable()
            .WithColumn("content").AsBinary(int.MaxValue).NotNullable();

        Create.Table("publication")
            .WithColumn("id").AsInt32().PrimaryKey()
            .WithColumn("change").AsInt64().NotNullable()
            .WithColumn("sequence").AsInt64().NotNullable()
            .WithColumn("changed_at").AsInt64().NotNullable()
            .WithColumn("settings_hash").AsString(64).NotNullable();
        Insert.IntoTable("publication").Row(new { id = 1, change = 0L, sequence = 0L, changed_at = 0L, settings_hash = "" });
    }

    public override void Down()
    {
        foreach (var table in new[] { "publication", "media", "article_category", "article", "category" })
        {
            Delete.Table(table);
        }
    }
}

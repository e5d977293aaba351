using FluentMigrator;

namespace Feeds.Articles.Migrations;

[Migration(2026112315)]
internal sealed class M2026112315ImportedFiles : Migration
{
    public override void Up()
    {
        Create.Table("imported_file")
            .WithColumn("slug").AsString(200).PrimaryKey()
            .WithColumn("folder").AsString(64).NotNullable().Indexed("imported_file_by_folder")
            .WithColumn("name").AsString(int.MaxValue).NotNullable()
            .WithColumn("length").AsInt64().NotNullable()
            .WithColumn("written_ticks").AsInt64().NotNullable()
            .WithColumn("file_hash").AsString(64).NotNullable()
            .WithColumn("article_hash").AsString(64).NotNullable()
            .WithColumn("slug_line").AsInt32().NotNullable()
            .WithColumn("date_ticks").AsInt64().NotNullable()
            .WithColumn("formerly").AsString(int.MaxValue).Nullable()
            .WithColumn("pictures").AsString(int.MaxValue).Nullable();

        // The hash stands behind the long text in an article's row: who compares a hundred thousand must not read all that.
        Create.Index("article_by_content").OnTable("article").OnColumn("slug").Ascending().OnColumn("content_hash").Ascending();
    }

    public override void Down()
    {
        Delete.Index("article_by_content").OnTable("article");
        Delete.Table("imported_file");
    }
}

using FluentMigrator;

namespace Feeds.Articles.Migrations;

[Migration(2026112311)]
internal sealed class M2026112311Withdrawals : Migration
{
    public override void Up()
    {
        Create.Table("withdrawal")
            .WithColumn("article_id").AsInt64().PrimaryKey().ForeignKey("article", "id")
            .WithColumn("withdrawn_at").AsInt64().NotNullable()
            .WithColumn("reason").AsString(int.MaxValue).Nullable()
            .WithColumn("is_told").AsBoolean().NotNullable();
        Create.Index("withdrawal_by_date").OnTable("withdrawal").OnColumn("is_told").Ascending().OnColumn("withdrawn_at").Ascending();

        // The feeds of before did not tell of these, and nothing says that they change now.
        Execute.Sql("INSERT INTO withdrawal (article_id, withdrawn_at, reason, is_told) SELECT id, updated_at, NULL, FALSE FROM article WHERE status = 'removed' AND sequence IS NOT NULL");
    }

    public override void Down() => Delete.Table("withdrawal");
}

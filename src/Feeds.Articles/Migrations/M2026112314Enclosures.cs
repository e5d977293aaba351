using FluentMigrator;

namespace Feeds.Articles.Migrations;

[Migration(2026112314)]
internal sealed class M2026112314Enclosures : Migration
{
    public override void Up() =>
        Alter.Table("article")
            .AddColumn("enclosure_address").AsString(int.MaxValue).Nullable()
            .AddColumn("enclosure_type").AsString(100).Nullable()
            .AddColumn("enclosure_length").AsInt64().Nullable()
            .AddColumn("enclosure_seconds").AsInt32().Nullable();

    public override void Down()
    {
        foreach (var column in new[] { "enclosure_address", "enclosure_type", "enclosure_length", "enclosure_seconds" })
        {
            Delete.Column(column).FromTable("article");
        }
    }
}

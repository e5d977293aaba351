using FluentMigrator;

namespace Feeds.Newsletter.Migrations;

/// <summary>How far an import of subscribers has come that has not ended.</summary>
[Migration(2026112345)]
internal sealed class M2026112345Imports : Migration
{
    public override void Up() =>
        Create.Table("import_progress")
            .WithColumn("key").AsString(64).PrimaryKey()
            .WithColumn("place").AsInt64().NotNullable()
            .WithColumn("counts").AsString(int.MaxValue).NotNullable()
            .WithColumn("changed_at").AsInt64().NotNullable();

    public override void Down() => Delete.Table("import_progress");
}

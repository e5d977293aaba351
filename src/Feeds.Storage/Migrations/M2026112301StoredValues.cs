using FluentMigrator;

namespace Feeds.Storage.Migrations;

[Migration(2026112301)]
internal sealed class M2026112301StoredValues : Migration
{
    public override void Up() =>
        Create.Table("stored_value")
            .WithColumn("name").AsString(200).PrimaryKey()
            .WithColumn("value").AsBinary(int.MaxValue).NotNullable();

    public override void Down() => Delete.Table("stored_value");
}

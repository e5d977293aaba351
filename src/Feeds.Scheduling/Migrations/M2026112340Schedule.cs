using FluentMigrator;

namespace Feeds.Scheduling.Migrations;

[Migration(2026112340)]
internal sealed class M2026112340Schedule : Migration
{
    public override void Up() =>
        Create.Table("schedule")
            .WithColumn("cadence").AsString(40).PrimaryKey()
            .WithColumn("cron").AsString(200).NotNullable()
            .WithColumn("zone").AsString(100).NotNullable()
            .WithColumn("revision").AsInt64().NotNullable()
            .WithColumn("handled_until").AsInt64().NotNullable();

    public override void Down() => Delete.Table("schedule");
}

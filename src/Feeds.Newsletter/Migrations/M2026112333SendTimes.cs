using FluentMigrator;

namespace Feeds.Newsletter.Migrations;

/// <summary>The times that subscribers chose, each once, so that the schedule need not look at every subscriber.</summary>
[Migration(2026112333)]
internal sealed class M2026112333SendTimes : Migration
{
    public override void Up() =>
        Create.Table("send_time")
            .WithColumn("cadence").AsString(40).PrimaryKey().ForeignKey("send_time_cadence", "cadence", "name")
            .WithColumn("zone").AsString(100).PrimaryKey()
            .WithColumn("hour").AsInt32().PrimaryKey()
            .WithColumn("since").AsInt64().NotNullable();

    public override void Down() => Delete.Table("send_time");
}

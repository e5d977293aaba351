using FluentMigrator;

namespace Feeds.Mail.Migrations;

/// <summary>Each claim looks for the lanes that are open; those of all editions that ever were are not to be gone through for it.</summary>
[Migration(2026112326)]
internal sealed class M2026112326OpenLanes : Migration
{
    public override void Up() => Execute.Sql("CREATE INDEX lane_open ON lane (id) WHERE closed_at IS NULL");

    public override void Down() => Delete.Index("lane_open").OnTable("lane");
}

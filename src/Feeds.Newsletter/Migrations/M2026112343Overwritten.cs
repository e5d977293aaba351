using FluentMigrator;

namespace Feeds.Newsletter.Migrations;

/// <summary>From here on SQLite overwrites what is deleted; what was deleted before goes with the file's free room.</summary>
[Migration(2026112343, TransactionBehavior.None)]
internal sealed class M2026112343Overwritten : Migration
{
    public override void Up() => IfDatabase(ProcessorIdConstants.SQLite).Execute.Sql("VACUUM");

    public override void Down()
    {
    }
}

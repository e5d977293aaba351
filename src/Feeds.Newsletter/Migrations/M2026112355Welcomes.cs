using FluentMigrator;

namespace Feeds.Newsletter.Migrations;

/// <summary>Newcomers whose first mail is still to be written.</summary>
[Migration(2026112355)]
internal sealed class M2026112355Welcomes : Migration
{
    public override void Up()
    {
        Create.Table("welcome_due")
            .WithColumn("subscriber_id").AsInt64().PrimaryKey()
            .WithColumn("newsletter").AsString(40).PrimaryKey()
            .WithColumn("due_at").AsInt64().NotNullable();
        Create.Index("welcome_due_at").OnTable("welcome_due").OnColumn("due_at").Ascending();
    }

    public override void Down() => Delete.Table("welcome_due");
}

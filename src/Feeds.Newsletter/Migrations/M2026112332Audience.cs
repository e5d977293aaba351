using FluentMigrator;

namespace Feeds.Newsletter.Migrations;

/// <summary>An edition's audience is read page by page, in the order of this index.</summary>
[Migration(2026112332)]
internal sealed class M2026112332Audience : Migration
{
    public override void Up()
    {
        Delete.Index("subscription_cadence_state").OnTable("subscription");
        Create.Index("subscription_audience").OnTable("subscription")
            .OnColumn("cadence").Ascending().OnColumn("state").Ascending().OnColumn("subscriber_id").Ascending();
    }

    public override void Down()
    {
        Delete.Index("subscription_audience").OnTable("subscription");
        Create.Index("subscription_cadence_state").OnTable("subscription").OnColumn("cadence").Ascending().OnColumn("state").Ascending();
    }
}

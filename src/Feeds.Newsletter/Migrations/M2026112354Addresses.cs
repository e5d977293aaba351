using FluentMigrator;

namespace Feeds.Newsletter.Migrations;

/// <summary>A change of address that waits for its confirmation, and which of a person's links to their preferences are void since.</summary>
[Migration(2026112354)]
internal sealed class M2026112354Addresses : Migration
{
    public override void Up()
    {
        Alter.Table("subscriber").AddColumn("link_generation").AsInt32().NotNullable().WithDefaultValue(0);
        Create.Table("address_change")
            .WithColumn("subscriber_id").AsInt64().PrimaryKey()
            .WithColumn("email").AsString(320).NotNullable()
            .WithColumn("asked_at").AsInt64().NotNullable();
        Create.Index("address_change_asked").OnTable("address_change").OnColumn("asked_at").Ascending();
    }

    public override void Down()
    {
        Delete.Table("address_change");
        Delete.Column("link_generation").FromTable("subscriber");
    }
}

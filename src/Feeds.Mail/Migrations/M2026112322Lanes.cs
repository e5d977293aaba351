using FluentMigrator;

namespace Feeds.Mail.Migrations;

[Migration(2026112322)]
internal sealed class M2026112322Lanes : Migration
{
    public override void Up()
    {
        Alter.Table("mailing")
            .AddColumn("state").AsString(12).NotNullable().WithDefaultValue("sending")
            .AddColumn("state_reason").AsString(500).Nullable()
            .AddColumn("state_since").AsInt64().Nullable();
        Create.Table("lane")
            .WithColumn("id").AsInt64().PrimaryKey().Identity()
            .WithColumn("key").AsString(600).NotNullable().Unique("lane_key")
            .WithColumn("mailing_id").AsInt64().Nullable().ForeignKey("mailing", "id")
            .WithColumn("list_identifier").AsString(255).Nullable()
            .WithColumn("domain").AsString(255).NotNullable()
            .WithColumn("relay").AsString(200).NotNullable().WithDefaultValue("")
            .WithColumn("closed_at").AsInt64().Nullable();
        Alter.Table("delivery").AddColumn("lane_id").AsInt64().Nullable();

        // What is open moves into lanes; what is done with needs none.
        Execute.Sql("INSERT INTO lane (key, mailing_id, list_identifier, domain) SELECT CAST(id AS TEXT) || '::', id, list_identifier, '' FROM mailing WHERE list_identifier IS NOT NULL AND id IN (SELECT mailing_id FROM delivery WHERE next_attempt_at IS NOT NULL OR sender_id IS NOT NULL)");
        Execute.Sql("INSERT INTO lane (key, domain) VALUES ('0::', '')");
        Execute.Sql("UPDATE delivery SET lane_id = COALESCE((SELECT lane.id FROM lane WHERE lane.mailing_id = delivery.mailing_id), (SELECT lane.id FROM lane WHERE lane.key = '0::')) WHERE next_attempt_at IS NOT NULL OR sender_id IS NOT NULL");

        Delete.Index("delivery_due").OnTable("delivery");
        Delete.Index("delivery_due_of_mailing").OnTable("delivery");
        Execute.Sql("CREATE INDEX delivery_lane ON delivery (lane_id, next_attempt_at, id) WHERE next_attempt_at IS NOT NULL");

        Create.Table("sending_rate")
            .WithColumn("key").AsString(300).PrimaryKey()
            .WithColumn("next_at").AsInt64().NotNullable();
        Create.Table("sending_count")
            .WithColumn("key").AsString(300).PrimaryKey()
            .WithColumn("hour").AsInt64().PrimaryKey()
            .WithColumn("messages").AsInt64().NotNullable();
    }

    public override void Down()
    {
        Delete.Table("sending_count");
        Delete.Table("sending_rate");
        Delete.Index("delivery_lane").OnTable("delivery");
        Execute.Sql("CREATE INDEX delivery_due ON delivery (next_attempt_at, id) WHERE next_attempt_at IS NOT NULL");
        Execute.Sql("CREATE INDEX delivery_due_of_mailing ON delivery (mailing_id, next_attempt_at, id) WHERE next_attempt_at IS NOT NULL");
        Delete.Column("lane_id").FromTable("delivery");
        Delete.Table("lane");
        Delete.Column("state").Column("state_reason").Column("state_since").FromTable("mailing");
    }
}

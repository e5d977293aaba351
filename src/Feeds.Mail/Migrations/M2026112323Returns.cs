using FluentMigrator;

namespace Feeds.Mail.Migrations;

[Migration(2026112323)]
internal sealed class M2026112323Returns : Migration
{
    public override void Up()
    {
        Create.Table("suppression")
            .WithColumn("id").AsInt64().PrimaryKey().Identity()
            .WithColumn("address").AsString(320).NotNullable().Unique("suppression_address")
            .WithColumn("domain").AsString(255).NotNullable()
            .WithColumn("reason").AsString(16).NotNullable()
            .WithColumn("detail").AsString(200).Nullable()
            .WithColumn("first_at").AsInt64().NotNullable()
            .WithColumn("last_at").AsInt64().NotNullable()
            .WithColumn("lifted_at").AsInt64().Nullable()
            .WithColumn("delivery_id").AsInt64().Nullable();
        Create.Index("suppression_domain").OnTable("suppression").OnColumn("domain").Ascending().OnColumn("id").Ascending();

        Create.Table("returned_message")
            .WithColumn("key").AsString(64).PrimaryKey()
            .WithColumn("delivery_id").AsInt64().NotNullable().ForeignKey("delivery", "id")
            .WithColumn("kind").AsString(12).NotNullable()
            .WithColumn("status").AsString(12).Nullable()
            .WithColumn("text").AsString(500).Nullable()
            .WithColumn("received_at").AsInt64().NotNullable();
        Create.Index("returned_message_delivery").OnTable("returned_message").OnColumn("delivery_id").Ascending().OnColumn("kind").Ascending();
    }

    public override void Down()
    {
        Delete.Table("returned_message");
        Delete.Table("suppression");
    }
}

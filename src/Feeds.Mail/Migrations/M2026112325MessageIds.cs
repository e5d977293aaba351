using FluentMigrator;

namespace Feeds.Mail.Migrations;

[Migration(2026112325)]
internal sealed class M2026112325MessageIds : Migration
{
    public override void Up() => Create.Index("delivery_message_id").OnTable("delivery").OnColumn("message_id").Ascending();

    public override void Down() => Delete.Index("delivery_message_id").OnTable("delivery");
}

using FluentMigrator;

namespace Feeds.Newsletter.Migrations;

/// <summary>What was asked for and not mailed yet, how much mail strangers have caused, and whom to remind and to forget.</summary>
[Migration(2026112334)]
internal sealed class M2026112334Joining : Migration
{
    public override void Up()
    {
        // The budgets know it, and go on knowing it where the person is forgotten.
        Delete.Column("mailed_at").FromTable("subscriber");

        Create.Table("join_request")
            .WithColumn("address_key").AsString(32).PrimaryKey()
            .WithColumn("email").AsString(320).NotNullable()
            .WithColumn("wish").AsString(int.MaxValue).NotNullable()
            .WithColumn("worth").AsInt32().NotNullable()
            .WithColumn("network_key").AsString(32).NotNullable()
            .WithColumn("domain_key").AsString(32).NotNullable()
            .WithColumn("asked_at").AsInt64().NotNullable()
            .WithColumn("due_at").AsInt64().Nullable();
        Create.Index("join_request_due").OnTable("join_request").OnColumn("due_at").Ascending().OnColumn("asked_at").Ascending();
        Create.Index("join_request_network").OnTable("join_request").OnColumn("network_key").Ascending();
        Create.Index("join_request_domain").OnTable("join_request").OnColumn("domain_key").Ascending();

        Create.Table("join_budget")
            .WithColumn("key").AsString(32).PrimaryKey()
            .WithColumn("scope").AsInt32().NotNullable()
            .WithColumn("began").AsInt64().NotNullable()
            .WithColumn("count").AsInt32().NotNullable();
        Create.Index("join_budget_scope").OnTable("join_budget").OnColumn("scope").Ascending().OnColumn("count").Ascending();
        Create.Index("join_budget_began").OnTable("join_budget").OnColumn("began").Ascending();

        Create.Table("join_unanswered")
            .WithColumn("subscriber_id").AsInt64().PrimaryKey()
            .WithColumn("newsletter").AsString(40).PrimaryKey()
            .WithColumn("asked_number").AsInt32().NotNullable()
            .WithColumn("remind_at").AsInt64().Nullable()
            .WithColumn("forget_at").AsInt64().NotNullable();
        Create.Index("join_unanswered_remind").OnTable("join_unanswered").OnColumn("remind_at").Ascending();
        Create.Index("join_unanswered_forget").OnTable("join_unanswered").OnColumn("forget_at").Ascending();
    }

    public override void Down()
    {
        Delete.Table("join_unanswered");
        Delete.Table("join_budget");
        Delete.Table("join_request");
        Alter.Table("subscriber").AddColumn("mailed_at").AsInt64().Nullable();
    }
}

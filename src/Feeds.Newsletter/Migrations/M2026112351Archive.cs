using FluentMigrator;

namespace Feeds.Newsletter.Migrations;

/// <summary>What sent editions told of, for their pages; what each cohort got stays when the edition is done with. Editions made before are in no archive.</summary>
[Migration(2026112351)]
internal sealed class M2026112351Archive : Migration
{
    public override void Up()
    {
        Create.Table("archived_edition")
            .WithColumn("edition_id").AsInt64().PrimaryKey().ForeignKey("archived_edition_edition", "edition", "id")
            .WithColumn("newsletter").AsString(40).NotNullable()
            .WithColumn("slot").AsInt64().NotNullable()
            .WithColumn("slug").AsString(100).NotNullable().Unique("archived_edition_slug")
            .WithColumn("day").AsString(10).NotNullable()
            .WithColumn("articles").AsString(int.MaxValue).NotNullable()
            .WithColumn("shown").AsInt32().NotNullable();
        Create.Index("archived_edition_newest").OnTable("archived_edition").OnColumn("newsletter").Ascending().OnColumn("slot").Descending().OnColumn("edition_id").Descending();
        Alter.Table("cadence").AddColumn("archived_sequence").AsInt64().NotNullable().WithDefaultValue(0);
        Execute.Sql("UPDATE cadence SET archived_sequence = last_sequence");

        Rename.Table("open_cohort").To("cohort");
        Delete.Index("open_cohort_by_edition").OnTable("cohort");
        Alter.Table("cohort")
            .AddColumn("part").AsInt32().NotNullable().WithDefaultValue(-1)
            .AddColumn("shown").AsInt32().NotNullable().WithDefaultValue(0);
        Create.Index("cohort_of_edition").OnTable("cohort").OnColumn("edition_id").Ascending().OnColumn("part").Ascending();
    }

    public override void Down()
    {
        Delete.Index("cohort_of_edition").OnTable("cohort");
        Delete.Column("shown").Column("part").FromTable("cohort");
        Create.Index("open_cohort_by_edition").OnTable("cohort").OnColumn("edition_id").Ascending();
        Rename.Table("cohort").To("open_cohort");
        Delete.Column("archived_sequence").FromTable("cadence");
        Delete.Table("archived_edition");
    }
}

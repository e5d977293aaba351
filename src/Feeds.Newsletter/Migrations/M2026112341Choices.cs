using System.Data;
using System.Text.Json;
using Feeds.Newsletter.Subscribing;
using FluentMigrator;

namespace Feeds.Newsletter.Migrations;

/// <summary>
/// A newsletter has cadences, and each subscriber of it a choice and a place in the publication sequence of their own. Up
/// to here each cadence was what people joined: it becomes a newsletter of one cadence.
/// </summary>
[Migration(2026112341)]
internal sealed class M2026112341Choices : Migration
{
    public override void Up()
    {
        Create.Table("newsletter")
            .WithColumn("name").AsString(40).PrimaryKey()
            .WithColumn("title").AsString(100).NotNullable()
            .WithColumn("private").AsBoolean().NotNullable()
            .WithColumn("welcome").AsInt32().NotNullable();
        Execute.Sql("INSERT INTO newsletter (name, title, private, welcome) SELECT name, title, false, 0 FROM cadence");
        Alter.Table("cadence").AddColumn("newsletter").AsString(40).NotNullable().WithDefaultValue("");
        Alter.Table("cadence").AddColumn("overflow").AsInt32().NotNullable().WithDefaultValue(0);
        Execute.Sql("UPDATE cadence SET newsletter = name");

        Create.Table("choice")
            .WithColumn("id").AsInt64().PrimaryKey().Identity()
            .WithColumn("key").AsString(64).NotNullable().Unique("choice_key")
            .WithColumn("choice").AsString(int.MaxValue).NotNullable();

        Delete.Index("subscription_audience").OnTable("subscription");
        Rename.Table("subscription").To("former_subscription");
        IfDatabase(ProcessorIdConstants.Postgres, ProcessorIdConstants.PostgreSQL15_0).Execute.Sql("""ALTER INDEX "PK_subscription" RENAME TO "PK_former_subscription" """);
        Create.Table("subscription")
            .WithColumn("subscriber_id").AsInt64().PrimaryKey().ForeignKey("subscription_of_subscriber", "subscriber", "id")
            .WithColumn("newsletter").AsString(40).PrimaryKey().ForeignKey("subscription_to_newsletter", "newsletter", "name")
            .WithColumn("cadence").AsString(40).NotNullable().ForeignKey("subscription_by_cadence", "cadence", "name")
            .WithColumn("choice_id").AsInt64().NotNullable().ForeignKey("subscription_choice", "choice", "id")
            .WithColumn("send_zone").AsString(100).NotNullable()
            .WithColumn("send_hour").AsInt32().NotNullable()
            .WithColumn("state").AsInt32().NotNullable()
            .WithColumn("position").AsInt64().NotNullable()
            .WithColumn("paused_until").AsInt64().Nullable()
            .WithColumn("asked").AsString(int.MaxValue).NotNullable()
            .WithColumn("asked_number").AsInt32().NotNullable()
            .WithColumn("answered_number").AsInt32().NotNullable()
            .WithColumn("asked_at").AsInt64().NotNullable()
            .WithColumn("asked_position").AsInt64().NotNullable()
            .WithColumn("confirmed_at").AsInt64().Nullable()
            .WithColumn("left_at").AsInt64().Nullable();
        Execute.WithConnection(MoveSubscriptions);
        Delete.Table("former_subscription");
        // Its pages are read time by time, and nothing in it changes with an edition.
        Create.Index("subscription_audience").OnTable("subscription")
            .OnColumn("cadence").Ascending().OnColumn("state").Ascending().OnColumn("send_zone").Ascending().OnColumn("send_hour").Ascending().OnColumn("subscriber_id").Ascending();

        Create.Table("consent")
            .WithColumn("id").AsInt64().PrimaryKey().Identity()
            .WithColumn("subscriber_id").AsInt64().NotNullable()
            .WithColumn("newsletter").AsString(40).NotNullable()
            .WithColumn("at").AsInt64().NotNullable()
            .WithColumn("kind").AsInt32().NotNullable()
            .WithColumn("source").AsString(200).NotNullable()
            .WithColumn("detail").AsString(int.MaxValue).NotNullable();
        Create.Index("consent_of_subscriber").OnTable("consent").OnColumn("subscriber_id").Ascending();

        Alter.Table("open_cohort").AddColumn("form").AsString(200).NotNullable().WithDefaultValue("");
    }

    public override void Down() => throw new NotSupportedException("Several subscriptions of a person may have become one.");

    private static void MoveSubscriptions(IDbConnection connection, IDbTransaction transaction)
    {
        foreach (var categories in Read(connection, transaction, "SELECT categories FROM former_subscription UNION SELECT asked_categories FROM former_subscription"))
        {
            var choice = new Choice { Categories = JsonSerializer.Deserialize<List<string>>(categories) ?? [] };
            Run(connection, transaction, "INSERT INTO choice (key, choice) VALUES (@key, @choice) ON CONFLICT DO NOTHING", ("key", choice.Key), ("choice", choice.Write()));
            Run(
                connection,
                transaction,
                """
                INSERT INTO subscription (subscriber_id, newsletter, cadence, choice_id, send_zone, send_hour, state, position, asked, asked_number, answered_number, asked_at, asked_position, confirmed_at, left_at)
                SELECT former.subscriber_id, former.cadence, former.cadence, (SELECT id FROM choice WHERE key = @key), '', -1, former.state, cadence.last_sequence,
                       former.asked_categories, former.asked_number, former.answered_number, former.asked_at, cadence.last_sequence, former.confirmed_at, former.left_at
                FROM former_subscription former JOIN cadence ON cadence.name = former.cadence WHERE former.categories = @categories
                """,
                ("key", choice.Key),
                ("categories", categories));
        }

        foreach (var cadence in Read(connection, transaction, "SELECT name FROM cadence"))
        {
            foreach (var asked in Read(connection, transaction, "SELECT DISTINCT asked_categories FROM former_subscription"))
            {
                var request = new AskedFor(cadence, SendTime.OfCadence, new Choice { Categories = JsonSerializer.Deserialize<List<string>>(asked) ?? [] });
                Run(
                    connection, transaction, "UPDATE subscription SET asked = @request WHERE cadence = @cadence AND asked = @asked",
                    ("request", request.Write()), ("cadence", cadence), ("asked", asked));
            }
        }
    }

    private static List<string> Read(IDbConnection connection, IDbTransaction transaction, string text)
    {
        using var command = connection.CreateCommand();
        (command.Transaction, command.CommandText) = (transaction, text);
        using var reader = command.ExecuteReader();
        var found = new List<string>();
        while (reader.Read())
        {
            found.Add(reader.GetString(0));
        }

        return found;
    }

    private static void Run(IDbConnection connection, IDbTransaction transaction, string text, params (string Name, string Value)[] values)
    {
        using var command = connection.CreateCommand();
        (command.Transaction, command.CommandText) = (transaction, text);
        foreach (var (name, value) in values)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        command.ExecuteNonQuery();
    }
}

using System.Data.Common;
using System.Globalization;
using CsvHelper;
using Feeds.Newsletter;
using Feeds.Newsletter.Subscribing;
using Feeds.Storage;
using LinqToDB.Data;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Benchmarks;

/// <summary>
/// What a program does at least that brings a sound file of people into the same three tables of an empty store: a well-known
/// reader, and the fastest way of each database to take rows.
/// </summary>
internal static class PlainLoad
{
    /// <summary>Runs one in a process of its own.</summary>
    public const string OnceVerb = "plain-load-once";

    private const int AtOnce = 5_000;
    private const string Source = "benchmark";

    private sealed record Person(string Email, string State, DateTimeOffset ConfirmedAt);

    /// <summary>Loads, and prints seconds, megabytes held before and at most, how many rows there were, and the seconds of reading alone and of a processor in the load.</summary>
    public static async Task RunOnceAsync(string connectionString, string file)
    {
        await using var services = Readership.Open(connectionString);
        var database = services.GetRequiredService<Database>();
        var choice = await database.WriteAsync(connection => Choice.Everything.StoreAsync(connection, default), default);
        var asked = new AskedFor(Readership.Cadence, SendTime.OfCadence, Choice.Everything).Write();
        foreach (var person in Read($"{file}.first"))
        {
            _ = person.State;
        }

        GC.Collect();
        var idle = await Memory.MegabytesAsync("VmRSS:");
        await Memory.ForgetPeakAsync();
        var worked = Memory.ProcessorSeconds();
        var start = TimeProvider.System.GetTimestamp();
        var people = database.Provider == DatabaseProvider.PostgreSql
            ? await database.WriteAsync(connection => CopyAsync(connection, file, choice, asked), default)
            : await database.WriteAsync(connection => InsertAsync(connection, file, choice, asked), default);
        var seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        worked = Memory.ProcessorSeconds() - worked;
        var peak = await Memory.MegabytesAsync("VmHWM:");
        start = TimeProvider.System.GetTimestamp();
        _ = Read(file).Count(person => person.Email.Length > 0);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds} {idle} {peak} {people} {TimeProvider.System.GetElapsedTime(start).TotalSeconds} {worked}"));
    }

    private static IEnumerable<Person> Read(string file)
    {
        using var reader = CsvReader.Create(File.OpenRead(file), CsvReaderOptions.Default, leaveOpen: false);
        reader.ReadHeader();
        while (reader.Read())
        {
            yield return new Person(
                reader.GetString(0), reader.GetString(4), DateTimeOffset.ParseExact(reader.GetString(2), "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));
        }
    }

    private static SubscriptionRow Subscription(long id, Person person, long choice, string asked)
    {
        var hasLeft = string.Equals(person.State, "unsubscribed", StringComparison.Ordinal);
        return new SubscriptionRow
        {
            SubscriberId = id,
            Newsletter = Readership.Cadence,
            Cadence = Readership.Cadence,
            ChoiceId = choice,
            State = hasLeft ? SubscriptionState.Left : SubscriptionState.Confirmed,
            Asked = asked,
            ConfirmedAt = person.ConfirmedAt,
            LeftAt = hasLeft ? person.ConfirmedAt : null,
        };
    }

    private static ConsentRow Consent(SubscriptionRow subscription, string asked) => new()
    {
        SubscriberId = subscription.SubscriberId,
        Newsletter = subscription.Newsletter,
        At = subscription.ConfirmedAt!.Value,
        Kind = subscription.LeftAt is null ? ConsentKind.Imported : ConsentKind.Left,
        Source = Source,
        Detail = subscription.LeftAt is null ? asked : "",
    };

    private static async Task<long> CopyAsync(DataConnection connection, string file, long choice, string asked)
    {
        var copy = new BulkCopyOptions { BulkCopyType = BulkCopyType.ProviderSpecific, KeepIdentity = true };
        var id = 0L;
        foreach (var page in Read(file).Chunk(AtOnce))
        {
            var subscribers = Array.ConvertAll(page, person => new SubscriberRow { Id = ++id, Email = person.Email, EmailKey = person.Email, CreatedAt = person.ConfirmedAt });
            var subscriptions = page.Select((person, number) => Subscription(subscribers[number].Id, person, choice, asked)).ToList();
            await connection.BulkCopyAsync(copy, subscribers);
            await connection.BulkCopyAsync(copy, subscriptions);
            await connection.BulkCopyAsync(copy, subscriptions.ConvertAll(one =>
            {
                var row = Consent(one, asked);
                row.Id = one.SubscriberId;
                return row;
            }));
        }

        return id;
    }

    private static async Task<long> InsertAsync(DataConnection connection, string file, long choice, string asked)
    {
        await using var subscriber = Prepare(connection, "INSERT INTO subscriber (id, email, email_key, created_at, link_generation) VALUES (@a, @b, @b, @c, 0)", 3);
        await using var subscription = Prepare(
            connection,
            """
            INSERT INTO subscription (subscriber_id, newsletter, cadence, choice_id, send_zone, send_hour, state, position, asked, asked_number, answered_number, asked_at, asked_position, confirmed_at, left_at)
            VALUES (@a, @b, @b, @c, '', -1, @d, 0, @e, 0, 0, @f, 0, @f, @g)
            """,
            7);
        await using var consent = Prepare(connection, "INSERT INTO consent (subscriber_id, newsletter, at, kind, source, detail) VALUES (@a, @b, @c, @d, @e, @f)", 6);
        var id = 0L;
        foreach (var person in Read(file))
        {
            var held = Subscription(++id, person, choice, asked);
            var given = Consent(held, asked);
            var at = person.ConfirmedAt.ToUnixTimeMilliseconds();
            await RunAsync(subscriber, id, person.Email, at);
            await RunAsync(subscription, id, held.Newsletter, choice, (int)held.State, asked, at, held.LeftAt is null ? DBNull.Value : at);
            await RunAsync(consent, id, given.Newsletter, at, (int)given.Kind, given.Source, given.Detail);
        }

        return id;
    }

    private static DbCommand Prepare(DataConnection connection, string sql, int parameters)
    {
        var command = connection.OpenDbConnection().CreateCommand();
        command.Transaction = connection.Transaction;
        command.CommandText = sql;
        for (var number = 0; number < parameters; number++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = $"@{(char)('a' + number)}";
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private static Task<int> RunAsync(DbCommand command, params object[] values)
    {
        for (var number = 0; number < values.Length; number++)
        {
            command.Parameters[number].Value = values[number];
        }

        return command.ExecuteNonQueryAsync();
    }
}

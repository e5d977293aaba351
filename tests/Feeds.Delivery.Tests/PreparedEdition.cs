using System.Globalization;
using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter;
using Feeds.Storage;
using Feeds.Testing.Smtp;
using LinqToDB.Data;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Feeds.Delivery.Tests;

/// <summary>A store with an audience for one edition, how the program is told to send it, and the judge between the two ledgers.</summary>
internal sealed class PreparedEdition : IAsyncDisposable
{
    private const string Slot = "2026-11-23T08:00:00+01:00";
    private readonly string connectionString;
    private readonly int audience;
    private readonly ServiceProvider rooms;

    private PreparedEdition(string connectionString, int audience, ServiceProvider rooms)
    {
        this.connectionString = connectionString;
        this.audience = audience;
        this.rooms = rooms;
    }

    /// <summary>Imports the sample and adds so many confirmed subscribers; the edition itself isn't made yet.</summary>
    public static async Task<PreparedEdition> CreateAsync(string connectionString, int audience)
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Storage:ConnectionString"] = connectionString,
            ["Newsletter:Cadences:0:Name"] = "weekly",
            ["Newsletter:Cadences:0:Cron"] = "0 0 8 ? * MON",
        };
        var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning))
            .AddStorage().AddArticles().AddMail(_ => "https://example.org").AddNewsletter(Path.Combine(AppContext.BaseDirectory, "templates"))
            .BuildServiceProvider();
        await services.GetRequiredService<DatabaseMigrator>().MigrateAsync(default);
        await services.GetRequiredService<CadenceStore>().SeedAsync(default);
        Assert.Empty((await services.GetRequiredService<FolderImport>().ImportAsync(Path.Combine(AppContext.BaseDirectory, "Sample"), default)).Refused);
        var people = services.GetRequiredService<Subscribers>();
        for (var number = 1; number <= audience; number++)
        {
            Assert.Null(await people.AddConfirmedAsync(string.Create(CultureInfo.InvariantCulture, $"reader{number}@blog.example"), "weekly", [], default));
        }

        return new PreparedEdition(connectionString, audience, services);
    }

    /// <summary>Makes the edition, so that <c>serve</c> delivers it.</summary>
    public async Task<PreparedEdition> FreezeAsync()
    {
        var made = await rooms.GetRequiredService<Editions>().MakeAsync("weekly", DateTimeOffset.Parse(Slot, CultureInfo.InvariantCulture), default);
        Assert.Equal(audience, made!.Edition.Counts.Pending);
        return this;
    }

    /// <summary><c>feeds edition run</c>: makes the edition where it isn't made yet, and delivers it to its end.</summary>
    public string[] Run(int port, int connections, params string[] settings) =>
        ["edition", "run", "weekly", "--slot", Slot, .. Live(connectionString, port, connections), .. settings];

    /// <summary><c>feeds serve</c>, which delivers whatever is due.</summary>
    public Serving Serve(TestFolder folder, int port, int connections, params string[] settings) =>
        Serving.Start(folder, [.. Live(connectionString, port, connections), .. settings]);

    /// <summary>Deliveries by state.</summary>
    public async Task<IReadOnlyDictionary<string, int>> CountAsync() =>
        (await QueryAsync("SELECT state, '', count(*) FROM delivery GROUP BY state")).ToDictionary(row => row.Name, row => row.Number, StringComparer.Ordinal);

    /// <summary>How many deliveries each sender has in flight.</summary>
    public async Task<IReadOnlyList<int>> InFlightAsync() =>
        [.. (await QueryAsync("SELECT CAST(sender_id AS VARCHAR(20)), '', count(*) FROM delivery WHERE state = 'in_flight' GROUP BY sender_id")).Select(row => row.Number)];

    /// <summary>Addresses whose delivery was uncertain once, so that they may have got it twice.</summary>
    public async Task<IReadOnlyList<string>> NamedAsync() =>
        [.. (await QueryAsync("SELECT address, state, doubts FROM delivery WHERE doubts > 0")).Select(row => row.Name)];

    /// <summary>Whom a message was begun to, or is about to be.</summary>
    public async Task<HashSet<string>> ClaimedAsync() =>
        [.. (await QueryAsync("SELECT address, state, claims FROM delivery WHERE claims > 0")).Select(row => row.Name)];

    /// <summary>Attempts that ended otherwise than accepted: how, and what the server or we said.</summary>
    public async Task<IReadOnlyList<string>> MissedAsync() =>
        [.. (await QueryAsync("SELECT outcome, coalesce(reply_text, ''), count(*) FROM attempt WHERE outcome <> 'accepted' GROUP BY 1, 2")).Select(row => $"{row.Number} {row.Name}: {row.State}")];

    /// <summary>What to call in PostgreSQL so that it waits at the barrier of <see cref="BehindBarrierAsync"/>.</summary>
    public const string WaitForBarrier = "pg_advisory_xact_lock(1)";

    /// <summary>Does something while the barrier is down.</summary>
    public Task<T> BehindBarrierAsync<T>(Func<Task<T>> doing) => rooms.GetRequiredService<Database>().WriteAsync(
        async connection =>
        {
            await connection.ExecuteAsync($"SELECT {WaitForBarrier}");
            return await doing();
        },
        default);

    /// <summary>Whether anybody waits at the barrier.</summary>
    public async Task<bool> IsAnyoneAtBarrierAsync() =>
        (await QueryAsync("SELECT '', '', count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = 'advisory'")).Single().Number > 0;

    /// <summary>Waits until the whole audience is accepted.</summary>
    public Task DoneAsync(Func<string> printed, TimeSpan? within = null) => Eventually.TrueAsync(
        async () => (await CountAsync()).GetValueOrDefault("accepted") == audience, () => $"everybody is accepted\n{printed()}", within ?? TimeSpan.FromMinutes(3));

    /// <summary>Has the judge compare our ledger and the server's; everybody is to be accepted by both.</summary>
    /// <returns>How many were written to twice or more.</returns>
    public Task<int> AssertLedgersAgreeAsync(ScriptedSmtpServer server, string context = "") => AssertLedgersAgreeAsync(server.Ledger.Entries, context);

    /// <inheritdoc cref="AssertLedgersAgreeAsync(ScriptedSmtpServer, string)"/>
    public async Task<int> AssertLedgersAgreeAsync(IReadOnlyCollection<LedgerEntry> theirs, string context = "")
    {
        var tried = (await QueryAsync("SELECT d.address, a.outcome || ' ' || coalesce(CAST(a.reply_code AS VARCHAR(3)), ''), 0 FROM attempt a JOIN delivery d ON d.id = a.delivery_id ORDER BY a.id")).ToLookup(row => row.Name, row => row.State, StringComparer.Ordinal);
        var ours = (await QueryAsync("SELECT address || ' ' || message_id, state, doubts FROM delivery"))
            .ConvertAll(row => row.Name.Split(' ') is var named ? new LedgerDelivery(new LedgerEntry(named[0], named[1]), row.State, row.Number, string.Join(", ", tried[named[0]])) : null!);
        var twice = LedgerJudge.AssertAgree(audience, ours, theirs, isOver: true, context);
        Assert.All(ours, delivery => Assert.Equal("accepted", delivery.State));
        return twice;
    }

    /// <summary>Runs a command in its database.</summary>
    public Task ExecuteAsync(string sql) => rooms.GetRequiredService<Database>().WriteAsync(connection => connection.ExecuteAsync(sql), default);

    /// <summary>Keeps everybody else from claiming and from writing outcomes: on SQLite whoever writes has the whole file.</summary>
    public Task LockWhileAsync(Func<Task> doing) => rooms.GetRequiredService<Database>().WriteAsync(
        async connection =>
        {
            if (rooms.GetRequiredService<Database>().Provider == DatabaseProvider.PostgreSql)
            {
                await connection.ExecuteAsync("LOCK TABLE delivery IN EXCLUSIVE MODE");
            }

            await doing();
        },
        default);

    public ValueTask DisposeAsync() => rooms.DisposeAsync();

    private static string[] Live(string connectionString, int port, int connections) =>
    [
        $"--Storage:ConnectionString={connectionString}",
        "--Mail:Mode=live",
        "--Mail:From=atelier@blog.example",
        "--Mail:Smtp:Host=localhost",
        "--Mail:Smtp:Security=None",
        string.Create(CultureInfo.InvariantCulture, $"--Mail:Smtp:Port={port}"),
        string.Create(CultureInfo.InvariantCulture, $"--Mail:Smtp:Connections={connections}"),
    ];

    private Task<List<Row>> QueryAsync(string sql) => rooms.GetRequiredService<Database>().ReadAsync(async connection =>
    {
        var rows = new List<Row>();
        await using var reader = await connection.ExecuteReaderAsync(sql);
        while (await reader.Reader!.ReadAsync())
        {
            rows.Add(new Row(reader.Reader.GetString(0), reader.Reader.GetString(1), reader.Reader.GetInt32(2)));
        }

        return rows;
    });

    private sealed record Row(string Name, string State, int Number);
}

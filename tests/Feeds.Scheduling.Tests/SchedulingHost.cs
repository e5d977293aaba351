using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Data;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Feeds.Scheduling.Tests;

/// <summary>One process of the program, as far as schedules need it: real store, real Quartz, a clock of the test's.</summary>
internal sealed class SchedulingHost : IAsyncDisposable
{
    // Compiled once for all tests.
    private static readonly string TemplatesFolder = Path.Combine(AppContext.BaseDirectory, "templates");
    private static readonly MailTemplates Templates = new(TemplatesFolder);
    private readonly IHost host;

    private SchedulingHost(IHost host) => this.host = host;

    public ScheduleBook Book => host.Services.GetRequiredService<ScheduleBook>();

    public SlotRunner Runner => host.Services.GetRequiredService<SlotRunner>();

    public IServiceProvider Services => host.Services;

    /// <summary>Migrates and seeds as the program does, then starts; <c>daily</c> is at 07:30 in Paris unless said otherwise.</summary>
    public static async Task<SchedulingHost> StartAsync(
        TestDatabase database, FakeTimeProvider clock, string cron = "0 30 7 * * ?", Func<IServiceProvider, MakeEdition>? make = null)
    {
        var prepared = await PrepareAsync(database, clock, cron, make);
        await prepared.host.StartAsync();
        return prepared;
    }

    /// <summary>The same without serving: what a command of the program has.</summary>
    public static async Task<SchedulingHost> PrepareAsync(
        TestDatabase database, FakeTimeProvider clock, string cron = "0 30 7 * * ?", Func<IServiceProvider, MakeEdition>? make = null)
    {
        var built = Build(database.ConnectionString, clock, make, ("Newsletter:Cadences:0:Cron", cron));
        await database.MigrateAsync(built.Services);
        await built.Services.GetRequiredService<CadenceStore>().SeedAsync(default);
        return new SchedulingHost(built);
    }

    /// <summary>The program's services, nothing of them started.</summary>
    public static IHost Build(string connectionString, TimeProvider clock, Func<IServiceProvider, MakeEdition>? make, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(
        [
            new("Storage:ConnectionString", connectionString),
            new("Publication:Language", "fr"),
            new("Newsletter:Cadences:0:Name", "daily"),
            new("Newsletter:Cadences:0:Zone", "Europe/Paris"),
        ]);
        foreach (var (key, value) in settings)
        {
            builder.Configuration[key] = value;
        }

        builder.Services.AddSingleton(clock);
        builder.Services.AddStorage().AddArticles().AddMail(_ => "https://example.org").AddNewsletter(TemplatesFolder).AddSingleton(Templates).AddScheduling().AddSchedulingWorker();
        if (make is not null)
        {
            builder.Services.AddSingleton(make);
        }

        builder.Logging.AddConsole();
        return builder.Build();
    }

    /// <summary>Notes that a subscriber of <c>daily</c> chose an hour of their own day, as it is when they say so.</summary>
    public Task ChooseAsync(string zone, int hour, DateTimeOffset since) =>
        host.Services.GetRequiredService<Database>().WriteAsync(
            connection => connection.ExecuteAsync(
                "INSERT INTO send_time (cadence, zone, hour, since) VALUES ('daily', @zone, @hour, @since) ON CONFLICT DO NOTHING",
                CancellationToken.None,
                new DataParameter("zone", zone, DataType.NVarChar),
                new DataParameter("hour", hour, DataType.Int32),
                new DataParameter("since", since.ToUnixTimeMilliseconds(), DataType.Int64)),
            default);

    /// <summary>The slots that have an edition, oldest first.</summary>
    public async Task<IReadOnlyList<DateTimeOffset>> SlotsAsync() =>
        [.. (await host.Services.GetRequiredService<Editions>().ListAsync(100, default)).Select(edition => edition.Slot).Order()];

    /// <summary>Waits until exactly these slots have an edition.</summary>
    public async Task HasEditionsAsync(params DateTimeOffset[] slots)
    {
        IReadOnlyList<DateTimeOffset> seen = [];
        await Eventually.TrueAsync(
            async () => (seen = await SlotsAsync()).SequenceEqual(slots),
            () => $"editions of {string.Join(", ", slots)}; there are {string.Join(", ", seen)}");
    }

    /// <summary>Waits until the slot after these is the next that a wake-up is set for: everything before is dealt with.</summary>
    public async Task WaitsForAsync(DateTimeOffset slot, Action? meanwhile = null)
    {
        var wakeUps = host.Services.GetRequiredService<WakeUps>();
        DateTimeOffset? next = null;
        await Eventually.TrueAsync(
            async () =>
            {
                meanwhile?.Invoke();
                return (next = (await wakeUps.ListAsync(default)).GetValueOrDefault("daily")?.Slot) == slot;
            },
            () => $"a wake-up for {slot}; it is set for {next}");
    }

    public Task StopAsync() => host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }
}

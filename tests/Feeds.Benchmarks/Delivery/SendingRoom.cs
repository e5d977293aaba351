using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Feeds.Benchmarks.Pipelining;
using Feeds.Mail;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Feeds.Benchmarks.Delivery;

/// <summary>How a room sends.</summary>
/// <param name="Database">Connection string.</param>
/// <param name="Port">Of the sink.</param>
/// <param name="Connections">1–32.</param>
/// <param name="StartTls">Or none.</param>
/// <param name="DkimKey">File of an RSA key, or null.</param>
internal sealed record Sending(string Database, int Port, int Connections, bool StartTls = false, string? DkimKey = null);

/// <summary>What a run of messages took.</summary>
/// <param name="Rate">Messages a second of the wall clock.</param>
/// <param name="RatePerCore">Messages a second of this process's processor time.</param>
internal sealed record SendingRate(double Rate, double RatePerCore);

/// <summary>The rooms Storage and Mail as the program has them, sending frozen mailings. Freezing is not measured.</summary>
internal sealed class SendingRoom : IAsyncDisposable
{
    private static int mailings;
    private readonly ServiceProvider services;
    private readonly Sending sending;
    private readonly Relay relay;

    private SendingRoom(ServiceProvider services, Sending sending, Relay relay)
    {
        this.relay = relay;
        this.services = services;
        this.sending = sending;
    }

    public static async Task<SendingRoom> OpenAsync(Sending sending)
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Storage:ConnectionString"] = sending.Database,
            ["Mail:Mode"] = "live",
            ["Mail:From"] = "a@journal.example",
            ["Mail:Smtp:Host"] = "127.0.0.1",
            ["Mail:Smtp:Port"] = sending.Port.ToString(CultureInfo.InvariantCulture),
            ["Mail:Smtp:Security"] = sending.StartTls ? "StartTls" : "None",
            ["Mail:Smtp:Connections"] = sending.Connections.ToString(CultureInfo.InvariantCulture),
        };
        if (sending.DkimKey is { } key)
        {
            settings["Mail:Dkim:0:Domain"] = "journal.example";
            settings["Mail:Dkim:0:Selector"] = "s1";
            settings["Mail:Dkim:0:KeyFile"] = key;
        }

        var provider = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning))
            .AddStorage().AddMail(_ => "https://example.org")
            .BuildServiceProvider();
        var only = provider.GetRequiredService<Relays>().All[0];
        ((SmtpCarrier)only.Carrier).Trust = IsSink;
        await provider.GetRequiredService<DatabaseMigrator>().MigrateAsync(default);
        return new SendingRoom(provider, sending, only);
    }

    /// <summary>As the program sends: <see cref="DeliveryLoop"/> over MailKit.</summary>
    public Task<SendingRate> SendAsync(int messages) =>
        MeasureFrozenAsync(messages, (key, _) => services.GetRequiredService<DeliveryLoop>().DeliverAsync(key, _ => { }, default));

    /// <summary>The pipelining client over the same ledger.</summary>
    public Task<SendingRate> SendPipelinedAsync(int messages) =>
        MeasureFrozenAsync(messages, (_, id) => ActivatorUtilities.CreateInstance<PipelinedDelivery>(services).SendAsync(
            new SmtpTarget("127.0.0.1", sending.Port, sending.StartTls, IsSink), sending.Connections, new ClaimScope(id, relay), default));

    /// <summary>The same messages over the same connections, handed out from memory: nothing is claimed and no outcome written.</summary>
    public async Task<SendingRate> SendWithoutLedgerAsync(int messages)
    {
        var key = NextKey();
        var recipients = new ConcurrentQueue<MailRecipient>(Enumerable.Range(1, messages).Select(number => Letter.Recipient(key, number)));
        var content = EncodedContent.Encode(Letter.Content);
        var mailing = Letter.Mailing(key, []);
        return await MeasureAsync(messages, () => Task.WhenAll(Enumerable.Range(0, sending.Connections).Select(_ => Task.Run(async () =>
        {
            while (!recipients.IsEmpty)
            {
                var opening = await relay.Carrier.OpenAsync(default);
                await using var connection = opening.Connection ?? throw new BenchmarkException(opening.Trouble!);
                while (connection.IsUsable && recipients.TryDequeue(out var recipient))
                {
                    using var message = services.GetRequiredService<MessageComposer>().Compose(mailing, content, recipient, leaveBy: null);
                    var outcome = await connection.SendAsync(new OutgoingMail(message, "a@journal.example", recipient.Address, recipient.MessageId, () => Task.FromResult(true)));
                    if (outcome.Kind != OutcomeKind.Accepted)
                    {
                        throw new BenchmarkException($"The sink answers {outcome}.");
                    }
                }
            }
        }))));
    }

    /// <summary>Messages composed and signed a second of processor time, by one thread and without being sent.</summary>
    public double ComposePerCore(int messages)
    {
        var composer = services.GetRequiredService<MessageComposer>();
        var content = EncodedContent.Encode(Letter.Content);
        var mailing = Letter.Mailing("composed", []);
        composer.Compose(mailing, content, Letter.Recipient("composed", 0), leaveBy: null).Dispose();
        var before = ProcessorTime();
        for (var number = 1; number <= messages; number++)
        {
            composer.Compose(mailing, content, Letter.Recipient("composed", number), leaveBy: null).Dispose();
        }

        return messages / (ProcessorTime() - before).TotalSeconds;
    }

    /// <summary>Octets of a message as it goes out.</summary>
    public async Task<long> SizeAsync()
    {
        using var target = new MemoryStream();
        await services.GetRequiredService<MessageComposer>().WriteAsync(Letter.Mailing("size", []), Letter.Content, Letter.Recipient("size", 1), target, default);
        return target.Length;
    }

    public ValueTask DisposeAsync() => services.DisposeAsync();

    private static bool IsSink(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        string.Equals(certificate?.Subject, SmtpSink.CertificateName, StringComparison.Ordinal);

    private static string NextKey() => string.Create(CultureInfo.InvariantCulture, $"m{Interlocked.Increment(ref mailings)}");

    private static TimeSpan ProcessorTime()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }

    private static async Task<SendingRate> MeasureAsync(int messages, Func<Task> send)
    {
        var (start, processor) = (TimeProvider.System.GetTimestamp(), ProcessorTime());
        await send();
        return new SendingRate(messages / TimeProvider.System.GetElapsedTime(start).TotalSeconds, messages / (ProcessorTime() - processor).TotalSeconds);
    }

    private async Task<SendingRate> MeasureFrozenAsync(int messages, Func<string, long, Task> send)
    {
        var database = services.GetRequiredService<Database>();
        var outbox = services.GetRequiredService<Outbox>();
        var key = NextKey();
        var mailing = Letter.Mailing(key, [.. Enumerable.Range(1, messages).Select(number => Letter.Recipient(key, number))]);
        await database.WriteAsync(connection => outbox.AddAsync(connection, mailing, default), default);
        var id = await database.ReadAsync(connection => connection.GetTable<MailingRow>().Where(row => row.Key == key).Select(row => row.Id).SingleAsync());
        var rate = await MeasureAsync(messages, () => send(key, id));
        var counts = (await outbox.CountAsync([key], default))[key];
        return counts.Accepted == messages ? rate : throw new BenchmarkException($"Not all were accepted: {counts}");
    }
}

using System.Globalization;

namespace Feeds.Benchmarks.Delivery;

/// <summary>The rows of <see cref="DeliveryBenchmark"/>.</summary>
internal sealed class DeliveryTable : IAsyncDisposable
{
    private static readonly int[] ConnectionCounts = [1, 4, 16];
    private static readonly TimeSpan SlowAnswer = TimeSpan.FromMilliseconds(200);

    private readonly WorkFolder work;
    private readonly PostgresServer postgres;
    private readonly Peers peers;
    private readonly Sink sink;
    private readonly (string Name, string Connection)[] databases;
    private readonly string dkimKey;
    private readonly long size;
    private readonly int count;
    private readonly int messages;

    private DeliveryTable(WorkFolder work, PostgresServer postgres, Peers peers, Sink sink, (string Name, string Connection)[] databases, string dkimKey, long size, bool quick)
    {
        (this.work, this.postgres, this.peers, this.sink, this.databases, this.dkimKey, this.size) = (work, postgres, peers, sink, databases, dkimKey, size);
        (count, messages) = quick ? (1, 600) : (3, 2_500);
    }

    private string Sqlite => databases[0].Connection;

    public static async Task<DeliveryTable> PrepareAsync(WorkFolder work, BenchmarkOptions options)
    {
        var others = await Peers.PrepareAsync(work);
        var postfix = await Sink.StartPostfixAsync(work);
        var server = await PostgresServer.StartAsync(work);
        (string, string)[] both = [("SQLite", $"Data Source={work["sending.db"]}"), ("PostgreSQL", await server.NewDatabaseAsync())];
        var key = await others.DkimKeyAsync();
        foreach (var (_, connection) in both)
        {
            // What is compiled at its first use is compiled now.
            await using var room = await SendingRoom.OpenAsync(new Sending(connection, postfix.Port, 4, DkimKey: key));
            await room.SendAsync(600);
            await room.SendPipelinedAsync(600);
            await room.SendWithoutLedgerAsync(600);
        }

        await using var plain = await SendingRoom.OpenAsync(new Sending(both[0].Item2, postfix.Port, 1));
        var table = new DeliveryTable(work, server, others, postfix, both, key, await plain.SizeAsync(), options.Quick);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"delivery: {table.messages} messages of {table.size / 1024.0:0} KB a run from a mailing that is frozen already, within this process, each claimed and its outcome written before the next (SQLite with synchronous=FULL, PostgreSQL with fsync); to smtp-sink where no other sink is named; {table.count} pairs; more than 1 means that feeds sends more"));
        return table;
    }

    public Task WholeProcessesAsync() => ProcessRow.RunAsync(work, peers, sink, 5 * messages, count);

    public async Task PlainAsync()
    {
        Console.WriteLine("  a. plain, against smtp-source, which sends one constant message; goal: 1.00 at each number of connections");
        foreach (var (name, connection) in databases)
        {
            foreach (var connections in ConnectionCounts)
            {
                await using var room = await SendingRoom.OpenAsync(new Sending(connection, sink.Port, connections));
                var mailKit = new Pairs("feeds", "smtp-source", "messages/s");
                var pipelined = new Pairs("pipelined", "smtp-source", "messages/s");
                for (var pair = 0; pair < count; pair++)
                {
                    var source = await peers.SmtpSourceAsync(sink.Port, connections, messages, size);
                    mailKit.Add((await room.SendAsync(messages)).Rate, source);
                    pipelined.Add((await room.SendPipelinedAsync(messages)).Rate, source);
                }

                mailKit.Print($"{name}, {connections}");
                pipelined.Print("");
            }
        }
    }

    public async Task LibrariesAsync()
    {
        Console.WriteLine($"  b. plain, SQLite, against nodemailer with a pool (goal: 5.00, Python smtplib with kept connections: 7.00){Lacking}");
        foreach (var connections in ConnectionCounts)
        {
            await using var room = await SendingRoom.OpenAsync(new Sending(Sqlite, sink.Port, connections));
            if (peers.NodemailerLacking is null)
            {
                await CompareAsync(room, "nodemailer", connections, () => peers.NodemailerAsync(sink.Port, connections, messages / 5, null));
            }

            await CompareAsync(room, "smtplib", connections, () => peers.PythonAsync(sink.Port, connections, messages / 5));
        }
    }

    public async Task SignedAsync()
    {
        Console.WriteLine($"  c. with DKIM RSA-2048, SQLite, against nodemailer with DKIM (goal: 5.00) and, by the processor time that this process used, against `openssl speed rsa2048` (goal: 0.80){Lacking}");
        foreach (var connections in ConnectionCounts)
        {
            await using var room = await SendingRoom.OpenAsync(new Sending(Sqlite, sink.Port, connections, DkimKey: dkimKey));
            if (peers.NodemailerLacking is null)
            {
                await CompareAsync(room, "nodemailer", connections, () => peers.NodemailerAsync(sink.Port, connections, messages / 10, dkimKey));
            }

            var sent = new Pairs("sent", "openssl", "a second of one core");
            var signed = new Pairs("composed and signed", "openssl", "a second of one core");
            for (var pair = 0; pair < count; pair++)
            {
                var signs = await peers.OpensslSignsAsync();
                sent.Add((await room.SendAsync(messages)).RatePerCore, signs);
                signed.Add(room.ComposePerCore(messages), signs);
            }

            sent.Print($"{connections}");
            signed.Print("");
        }
    }

    public async Task SecuredAsync()
    {
        await using var ours = await Sink.StartOursAsync(work);
        Console.WriteLine("  d. with STARTTLS over kept connections against plain, SQLite; to a sink of this program's, since smtp-sink has no TLS, which decrypts on the same cores; goal: 0.80");
        foreach (var connections in ConnectionCounts)
        {
            await using var secured = await SendingRoom.OpenAsync(new Sending(Sqlite, ours.Port, connections, StartTls: true));
            await using var plain = await SendingRoom.OpenAsync(new Sending(Sqlite, ours.Port, connections));
            var rates = new Pairs("STARTTLS", "plain", "messages/s");
            await rates.MeasureAsync(count, async () => (await secured.SendAsync(messages)).Rate, async () => (await plain.SendAsync(messages)).Rate);
            rates.Print($"{connections}");
        }
    }

    public async Task LedgerAsync()
    {
        Console.WriteLine("  e. with the ledger against without: the same composer and connections with recipients handed out from memory; the ledger's share of a send is what lacks to 1.00; goal: more than 0.80");
        foreach (var (name, connection) in databases)
        {
            foreach (var connections in ConnectionCounts)
            {
                await using var room = await SendingRoom.OpenAsync(new Sending(connection, sink.Port, connections));
                var rates = new Pairs("with", "without", "messages/s");
                await rates.MeasureAsync(count, async () => (await room.SendAsync(messages)).Rate, async () => (await room.SendWithoutLedgerAsync(messages)).Rate);
                rates.Print($"{name}, {connections}");
            }
        }
    }

    public async Task SlowRelayAsync()
    {
        const int Connections = 16;
        // MailKit waits for MAIL and RCPT (together where PIPELINING is offered), DATA and the dot; the pipelining client for one group.
        Console.WriteLine("  f. a relay 200 ms away (what arrives together is answered together, 200 ms later), 16 connections, SQLite, against what those waits alone allow, with the openings; goal: 0.90");
        foreach (var (pipelining, waits) in new[] { (true, 3), (false, 4) })
        {
            await using var slow = await Sink.StartOursAsync(work, pipelining, delay: SlowAnswer);
            await using var room = await SendingRoom.OpenAsync(new Sending(Sqlite, slow.Port, Connections));
            var each = count > 1 ? 12 : 4;
            await MeasureAsync($"MailKit, {(pipelining ? "PIPELINING" : "without")}", waits, 4, each, async slowMessages => (await room.SendAsync(slowMessages)).Rate);
            if (pipelining)
            {
                // All open at once, and the first envelope has no text to go with.
                await MeasureAsync("pipelined", 1, 3, 3 * each, async slowMessages => (await room.SendPipelinedAsync(slowMessages)).Rate);
            }
        }

        async Task MeasureAsync(string title, int waits, int openingWaits, int each, Func<int, Task<double>> send)
        {
            var theory = Connections * each / (SlowAnswer * ((waits * each) + openingWaits)).TotalSeconds;
            var rates = new Pairs("feeds", "theory", "messages/s");
            for (var pair = 0; pair < count; pair++)
            {
                rates.Add(await send(Connections * each), theory);
            }

            rates.Print(title);
        }
    }

    public async Task ClientsAsync()
    {
        await using var ours = await Sink.StartOursAsync(work);
        await using var chunking = await Sink.StartOursAsync(work, chunking: true);
        Console.WriteLine("  g. the pipelining client against MailKit, both with ledger, STARTTLS and DKIM, to a sink of this program's; at 4 connections 1.50 moves it into the product");
        foreach (var (name, connection) in databases)
        {
            foreach (var connections in ConnectionCounts)
            {
                await CompareAsync(name, new Sending(connection, ours.Port, connections, StartTls: true, DkimKey: dkimKey), "pipelined");
            }

            await CompareAsync(name, new Sending(connection, chunking.Port, 4, StartTls: true, DkimKey: dkimKey), "chunking");
        }

        async Task CompareAsync(string name, Sending sending, string client)
        {
            await using var room = await SendingRoom.OpenAsync(sending);
            var rates = new Pairs(client, "MailKit", "messages/s");
            await rates.MeasureAsync(count, async () => (await room.SendPipelinedAsync(messages)).Rate, async () => (await room.SendAsync(messages)).Rate);
            rates.Print($"{name}, {sending.Connections}");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await sink.DisposeAsync();
        await postgres.DisposeAsync();
    }

    private string Lacking => peers.NodemailerLacking is { } sentence ? $"; {sentence}" : "";

    private async Task CompareAsync(SendingRoom room, string peer, int connections, Func<Task<double>> measurePeer)
    {
        var mailKit = new Pairs("feeds", peer, "messages/s");
        var pipelined = new Pairs("pipelined", peer, "messages/s");
        for (var pair = 0; pair < count; pair++)
        {
            var theirs = await measurePeer();
            mailKit.Add((await room.SendAsync(messages)).Rate, theirs);
            pipelined.Add((await room.SendPipelinedAsync(messages)).Rate, theirs);
        }

        mailKit.Print(string.Create(CultureInfo.InvariantCulture, $"{connections}"));
        pipelined.Print("");
    }
}

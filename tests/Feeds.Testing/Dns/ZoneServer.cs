using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Feeds.Testing.Dns;

/// <summary>A recursive DNS server on this machine, over UDP and TCP, that knows the records it was given and no others (RFC 1035).</summary>
public sealed class ZoneServer : IAsyncDisposable
{
    private const int MostUdpOctets = 4096;
    private const int LongestChain = 16;

    private readonly ConcurrentDictionary<(string Name, RecordType Type), IReadOnlyList<byte[]>> records = new();
    private readonly ConcurrentDictionary<string, bool> broken = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource stop = new();
    private readonly Socket datagrams;
    private readonly TcpListener streams;
    private readonly Task[] serving;

    private ZoneServer()
    {
        (datagrams, streams) = Listen();
        serving = [Task.Run(ServeDatagramsAsync), Task.Run(ServeStreamsAsync)];
    }

    /// <summary>One port for both; a port that is free for one of them may be taken for the other, so it is looked for.</summary>
    private static (Socket Datagrams, TcpListener Streams) Listen()
    {
        for (var attempt = 1; ; attempt++)
        {
            var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            udp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            var tcp = new TcpListener((IPEndPoint)udp.LocalEndPoint!);
            try
            {
                tcp.Start();
                return (udp, tcp);
            }
            catch (SocketException) when (attempt < 50)
            {
                tcp.Dispose();
                udp.Dispose();
            }
        }
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address => (IPEndPoint)datagrams.LocalEndPoint!;

    /// <summary>Whether questions are left unanswered.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Changes an answer's octets before it leaves.</summary>
    public Func<byte[], byte[]> Damage { get; set; } = answer => answer;

    /// <summary>What was asked, e.g. <c>example.org Txt</c>, in order.</summary>
    public ConcurrentQueue<string> Questions { get; } = new();

    /// <summary>Listens at once, with these TXT records.</summary>
    public static ZoneServer Start(params (string Name, string Text)[] texts)
    {
        var server = new ZoneServer();
        foreach (var (name, text) in texts)
        {
            server.Text(name, text);
        }

        return server;
    }

    /// <summary>Adds a TXT record of one text, in strings of 255 octets.</summary>
    public ZoneServer Text(string name, string text) => Add(name, RecordType.Txt, RecordData.Text(text));

    /// <summary>Adds an A, AAAA or, with the address's own name, PTR record.</summary>
    public ZoneServer Host(string name, string address)
    {
        var parsed = IPAddress.Parse(address);
        return Add(name, parsed.AddressFamily == AddressFamily.InterNetwork ? RecordType.A : RecordType.Aaaa, parsed.GetAddressBytes());
    }

    /// <summary>Adds the name of an address of IPv4.</summary>
    public ZoneServer Reverse(string address, string name) =>
        Add($"{string.Join('.', address.Split('.').Reverse())}.in-addr.arpa", RecordType.Ptr, RecordData.Name(name));

    /// <summary>Adds an MX record; "" is the null MX.</summary>
    public ZoneServer Exchanger(string domain, string name) => Add(domain, RecordType.Mx, [0, 10, .. RecordData.Name(name)]);

    /// <summary>Makes a name stand for another.</summary>
    public ZoneServer Alias(string name, string target) => Add(name, RecordType.Cname, RecordData.Name(target));

    /// <summary>Answers questions about a name with SERVFAIL.</summary>
    public ZoneServer Break(string name)
    {
        broken[name] = true;
        return this;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        datagrams.Dispose();
        streams.Dispose();
        await Task.WhenAll(serving);
        stop.Dispose();
    }

    private ZoneServer Add(string name, RecordType type, byte[] data)
    {
        records.AddOrUpdate((name, type), _ => [data], (_, before) => [.. before, data]);
        return this;
    }

    private async Task ServeDatagramsAsync()
    {
        var buffer = new byte[MostUdpOctets];
        try
        {
            while (true)
            {
                var question = await datagrams.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), stop.Token);
                if (Answer(buffer.AsSpan(0, question.ReceivedBytes)) is { } answer)
                {
                    // A client that sees the TC bit asks again over TCP.
                    await datagrams.SendToAsync(answer.Length <= MostUdpOctets ? answer : DnsMessage.Truncate(answer), SocketFlags.None, question.RemoteEndPoint, stop.Token);
                }
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Disposed.
        }
    }

    private async Task ServeStreamsAsync()
    {
        try
        {
            while (true)
            {
                using var client = await streams.AcceptTcpClientAsync(stop.Token);
                await using var stream = client.GetStream();
                var length = new byte[2];
                await stream.ReadExactlyAsync(length, stop.Token);
                var question = new byte[(length[0] << 8) | length[1]];
                await stream.ReadExactlyAsync(question, stop.Token);
                if (Answer(question) is { } answer)
                {
                    await stream.WriteAsync((byte[])[(byte)(answer.Length >> 8), (byte)answer.Length, .. answer], stop.Token);
                }
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or InvalidOperationException or SocketException or IOException)
        {
            // Disposed, or the client went away.
        }
    }

    private byte[]? Answer(ReadOnlySpan<byte> question)
    {
        var (name, type) = DnsMessage.Question(question);
        Questions.Enqueue($"{name} {type}");
        if (IsSilent)
        {
            return null;
        }

        if (broken.ContainsKey(name))
        {
            return DnsMessage.Answer(question, DnsMessage.ServerFailure, []);
        }

        List<(string Name, RecordType Type, byte[] Data)> found = [];
        for (var (at, link) = (name, 0); link < LongestChain; link++)
        {
            if (!records.TryGetValue((at, RecordType.Cname), out var alias))
            {
                found.AddRange((records.GetValueOrDefault((at, type)) ?? []).Select(data => (at, type, data)));
                break;
            }

            found.Add((at, RecordType.Cname, alias[0]));
            at = RecordData.ReadName(alias[0]);
        }

        var exists = found.Count > 0 || records.Keys.Any(key => string.Equals(key.Name, name, StringComparison.Ordinal));
        return Damage(DnsMessage.Answer(question, exists ? 0 : DnsMessage.NoSuchName, found));
    }
}

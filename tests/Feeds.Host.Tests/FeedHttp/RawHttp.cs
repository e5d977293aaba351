using System.Buffers;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Feeds.Host.Tests.FeedHttp;

/// <summary>HTTP/1.1 as bytes on a socket: nothing is added to a request and nothing taken from an answer.</summary>
internal static class RawHttp
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Sends the lines as one request, and reads all that comes until the server closes.</summary>
    public static async Task<RawAnswer> AskAsync(Uri server, string requestLine, params IEnumerable<string> fields)
    {
        var bytes = await ExchangeAsync(server, Request(requestLine, [.. fields, "Connection: close"]));
        return RawAnswer.Read(bytes, out var length) is { } answer && length <= bytes.Length
            // Whatever follows the head is the body, also where there must be none.
            ? answer with { Body = bytes[length..] }
            : throw new InvalidDataException($"Not an answer: {Encoding.Latin1.GetString(bytes)}");
    }

    /// <summary>A request's head as it stands on the wire.</summary>
    public static string Request(string requestLine, IEnumerable<string> fields) =>
        string.Concat(fields.Prepend("Host: localhost").Prepend(requestLine).Select(line => line + "\r\n")) + "\r\n";

    /// <summary>Sends that at once, and reads all that comes until the server closes.</summary>
    public static async Task<byte[]> ExchangeAsync(Uri server, string sent)
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port, patience.Token);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(sent), patience.Token);
        using var received = new MemoryStream();
        await stream.CopyToAsync(received, patience.Token);
        return received.ToArray();
    }
}

/// <param name="Status">The code.</param>
/// <param name="Fields">In the order in which they came.</param>
/// <param name="Body">What follows them.</param>
internal sealed record RawAnswer(int Status, IReadOnlyList<string> Fields, byte[] Body)
{
    /// <summary>Reads an answer's head; its length is where the body begins.</summary>
    public static RawAnswer? Read(ReadOnlySpan<byte> bytes, out int length)
    {
        length = bytes.IndexOf("\r\n\r\n"u8) + 4;
        if (length < 4 || !bytes.StartsWith("HTTP/1.1 "u8))
        {
            return null;
        }

        var lines = Encoding.Latin1.GetString(bytes[..(length - 4)]).Split("\r\n");
        return new RawAnswer(int.Parse(lines[0].AsSpan(9, 3), CultureInfo.InvariantCulture), lines[1..], []);
    }

    /// <summary>The value of a field that comes once, or null where it doesn't come at all.</summary>
    public string? this[string name] =>
        Fields.SingleOrDefault(field => field.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
}

using System.Buffers.Text;
using System.Text;

namespace Feeds.Benchmarks.Delivery;

/// <summary>What an SMTP server answers that takes everything and keeps nothing; it judges by the octets alone.</summary>
internal sealed class SinkProtocol(bool pipelining, bool chunking)
{
    private static readonly byte[] End = "\r\n.\r\n"u8.ToArray();
    private readonly List<byte> line = [];
    private bool withinText;
    private long chunk;
    private int matched;

    /// <summary>Whether the client asked for TLS; nothing after that was looked at.</summary>
    public bool WantsTls { get; private set; }

    /// <summary>Whether the client took its leave.</summary>
    public bool IsOver { get; private set; }

    /// <summary>TLS begins: the client is to say EHLO again.</summary>
    public void Secured() => WantsTls = false;

    /// <summary>Takes what arrived and appends the answers to it.</summary>
    public void Take(ReadOnlySpan<byte> octets, StringBuilder answers)
    {
        while (!octets.IsEmpty && !WantsTls && !IsOver)
        {
            octets = octets[(withinText ? TakeText(octets, answers) : chunk > 0 ? TakeChunk(octets, answers) : TakeLine(octets, answers))..];
        }
    }

    private int TakeText(ReadOnlySpan<byte> octets, StringBuilder answers)
    {
        var taken = 0;
        if (matched == 0 && octets.IndexOf(End) is >= 0 and var found)
        {
            (taken, matched) = (found + End.Length, End.Length);
        }
        else if (matched == 0 && octets.Length > End.Length)
        {
            // The end may begin in the last octets; all before is text.
            taken = octets.Length - End.Length + 1;
        }

        for (; taken < octets.Length && matched < End.Length; taken++)
        {
            matched = octets[taken] == End[matched] ? matched + 1 : octets[taken] == '\r' ? 1 : 0;
        }

        if (matched == End.Length)
        {
            (withinText, matched) = (false, 0);
            answers.Append("250 2.0.0 Ok\r\n");
        }

        return taken;
    }

    private int TakeChunk(ReadOnlySpan<byte> octets, StringBuilder answers)
    {
        var taken = (int)Math.Min(chunk, octets.Length);
        chunk -= taken;
        if (chunk == 0)
        {
            answers.Append("250 2.0.0 Ok\r\n");
        }

        return taken;
    }

    private int TakeLine(ReadOnlySpan<byte> octets, StringBuilder answers)
    {
        var end = octets.IndexOf((byte)'\n');
        line.AddRange(end < 0 ? octets : octets[..end]);
        if (end < 0)
        {
            return octets.Length;
        }

        Answer(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(line), answers);
        line.Clear();
        return end + 1;
    }

    private void Answer(ReadOnlySpan<byte> command, StringBuilder answers)
    {
        switch (command.Length < 4 ? "" : Encoding.ASCII.GetString(command[..4]).ToUpperInvariant())
        {
            case "EHLO":
                answers.Append("250-sink\r\n").Append(pipelining ? "250-PIPELINING\r\n" : "").Append(chunking ? "250-CHUNKING\r\n" : "").Append("250-STARTTLS\r\n250-SMTPUTF8\r\n250 8BITMIME\r\n");
                break;
            case "STAR":
                WantsTls = true;
                answers.Append("220 2.0.0 Go on\r\n");
                break;
            case "DATA":
                // The text may be no more than the dot.
                (withinText, matched) = (true, 2);
                answers.Append("354 Go on\r\n");
                break;
            case "BDAT" when Utf8Parser.TryParse(command[5..], out long octets, out _) && octets > 0:
                chunk = octets;
                break;
            case "QUIT":
                IsOver = true;
                answers.Append("221 2.0.0 Bye\r\n");
                break;
            case "MAIL" or "RCPT" or "RSET" or "NOOP" or "HELO":
                answers.Append("250 2.0.0 Ok\r\n");
                break;
            default:
                answers.Append("500 5.5.2 What?\r\n");
                break;
        }
    }
}

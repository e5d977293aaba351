using System.Globalization;
using System.Text;

namespace Feeds.Benchmarks.Pipelining;

/// <summary>
/// Makes replies of what arrives, byte by byte if need be. It keeps at most 2 KB of a line and refuses more than 100 lines a
/// reply, lines that never end and lines without a code, so a server can neither fill the memory nor be misunderstood.
/// </summary>
internal sealed class ReplyParser
{
    private const int KeptOctets = 2048;
    private const int LongestLine = 64 * 1024;
    private const int MaximumLines = 100;

    private readonly byte[] line = new byte[KeptOctets];
    private readonly List<string> lines = [];
    private int length;
    private int code;

    /// <summary>Whether the beginning of a reply has arrived and its end has not.</summary>
    public bool IsWithinReply => length > 0 || lines.Count > 0;

    /// <summary>Takes octets until a reply is whole.</summary>
    /// <param name="octets">As they arrived.</param>
    /// <param name="consumed">How many were taken; the rest belongs to the next reply.</param>
    /// <returns>Null where the reply has not ended yet.</returns>
    /// <exception cref="SmtpProtocolException">It is none.</exception>
    public SmtpReply? Read(ReadOnlySpan<byte> octets, out int consumed)
    {
        for (consumed = 0; consumed < octets.Length;)
        {
            var octet = octets[consumed++];
            if (octet != '\n')
            {
                Keep(octet);
            }
            else if (EndLine() is { } reply)
            {
                return reply;
            }
        }

        return null;
    }

    private void Keep(byte octet)
    {
        if (length < KeptOctets)
        {
            line[length] = octet;
        }

        if (++length > LongestLine)
        {
            throw new SmtpProtocolException("The server's line doesn't end.");
        }
    }

    private SmtpReply? EndLine()
    {
        var kept = line.AsSpan(0, Math.Min(length, KeptOctets));
        kept = kept.EndsWith("\r"u8) ? kept[..^1] : kept;
        length = 0;
        if (kept.Length < 3
            || !int.TryParse(kept[..3], NumberStyles.None, CultureInfo.InvariantCulture, out var found)
            || found is < 200 or > 599
            || (kept.Length > 3 && kept[3] is not ((byte)' ' or (byte)'-')))
        {
            throw new SmtpProtocolException("The server's line has no reply code.");
        }

        if (lines.Count > 0 && found != code)
        {
            throw new SmtpProtocolException("The server's reply changes its code.");
        }

        code = found;
        // What is no UTF-8 becomes U+FFFD.
        lines.Add(kept.Length > 4 ? Encoding.UTF8.GetString(kept[4..]) : "");
        if (kept.Length == 3 || kept[3] == ' ')
        {
            var reply = new SmtpReply(code, string.Join(' ', lines), [.. lines]);
            lines.Clear();
            return reply;
        }

        return lines.Count < MaximumLines ? null : throw new SmtpProtocolException($"The server's reply has more than {MaximumLines} lines.");
    }
}

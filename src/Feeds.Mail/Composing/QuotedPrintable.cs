using System.Buffers;
using System.Text;

namespace Feeds.Mail;

/// <summary>
/// The quoted-printable encoding of UTF-8 text (RFC 2045 §6.7). Unlike base64 it can be cut anywhere: each piece starts on a
/// line of its own after a soft line break, so that personal values are spliced between pieces encoded once.
/// </summary>
internal static class QuotedPrintable
{
    /// <summary>RFC 2045 §6.7 (5): 76 characters, the soft line break's = included.</summary>
    private const int MaximumLine = 76;

    /// <summary>Ends a line without a line break in the text.</summary>
    public static ReadOnlySpan<byte> SoftBreak => "=\r\n"u8;

    /// <summary>Encodes; line breaks of any kind become CRLF, and no code point is cut by a soft line break.</summary>
    public static byte[] Encode(string text)
    {
        var target = new ArrayBufferWriter<byte>((text.Length * 5 / 4) + 16);
        var column = 0;
        Span<byte> encoded = stackalloc byte[12];
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            if (rest[0] is '\r' or '\n')
            {
                target.Write("\r\n"u8);
                column = 0;
                rest = rest[(rest.StartsWith("\r\n", StringComparison.Ordinal) ? 2 : 1)..];
                continue;
            }

            Rune.DecodeFromUtf16(rest, out var rune, out var consumed);
            rest = rest[consumed..];
            // A blank at a line's end would be lost on the way.
            var endsLine = rest.IsEmpty || rest[0] is '\r' or '\n';
            var length = Encode(rune, endsLine, encoded);
            if (column + length > MaximumLine - 1)
            {
                target.Write(SoftBreak);
                column = 0;
            }

            target.Write(encoded[..length]);
            column += length;
        }

        return target.WrittenSpan.ToArray();
    }

    private static int Encode(Rune rune, bool endsLine, Span<byte> target)
    {
        if (rune.Value is '\t' or (>= ' ' and <= '~' and not '=') && !(endsLine && rune.Value is ' ' or '\t'))
        {
            target[0] = (byte)rune.Value;
            return 1;
        }

        Span<byte> octets = stackalloc byte[4];
        var count = rune.EncodeToUtf8(octets);
        for (var i = 0; i < count; i++)
        {
            target[3 * i] = (byte)'=';
            target[(3 * i) + 1] = (byte)"0123456789ABCDEF"[octets[i] >> 4];
            target[(3 * i) + 2] = (byte)"0123456789ABCDEF"[octets[i] & 15];
        }

        return 3 * count;
    }
}

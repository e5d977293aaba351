namespace Feeds.Syndication;

/// <summary>
/// Plain text in RSS as its profile advises (https://www.rssboard.org/rss-profile#data-types-characterdata): with
/// <c>&amp;#x26;</c> and <c>&amp;#x3C;</c>, which nobody takes for markup. To a parser of XML it is the same text; to the
/// others <c>&amp;lt;b></c> in a title is where bold letters begin. The formatter can't write it so.
/// </summary>
internal static class RssPlainText
{
    /// <summary>The same XML with its plain text so. A description and the content are HTML, and addresses are no text.</summary>
    public static byte[] Of(ReadOnlySpan<byte> xml)
    {
        using var output = new MemoryStream(xml.Length + 64);
        Write(xml, output);
        return output.ToArray();
    }

    private static void Write(ReadOnlySpan<byte> xml, MemoryStream output)
    {
        while (!xml.IsEmpty)
        {
            var end = xml.IndexOf((byte)'>') + 1;
            var next = end == 0 ? -1 : xml[end..].IndexOf((byte)'<');
            if (next < 0)
            {
                output.Write(xml);
                return;
            }

            var tag = xml[..end];
            output.Write(tag);
            WriteText(xml.Slice(end, next), IsPlain(tag), output);
            xml = xml[(end + next)..];
        }
    }

    private static bool IsPlain(ReadOnlySpan<byte> tag) =>
        tag.StartsWith("<title>"u8) || tag.StartsWith("<category"u8) || tag.StartsWith("<dc:creator>"u8) || tag.StartsWith("<copyright>"u8)
        || tag.StartsWith("<itunes:author>"u8) || tag.StartsWith("<itunes:name>"u8) || tag.StartsWith("<itunes:summary>"u8);

    private static void WriteText(ReadOnlySpan<byte> text, bool isPlain, MemoryStream output)
    {
        for (var at = isPlain ? text.IndexOf((byte)'&') : -1; at >= 0; at = text.IndexOf((byte)'&'))
        {
            output.Write(text[..at]);
            text = text[at..];
            var (isAmpersand, isLess) = (text.StartsWith("&amp;"u8), text.StartsWith("&lt;"u8));
            output.Write(isAmpersand ? "&#x26;"u8 : isLess ? "&#x3C;"u8 : "&"u8);
            text = text[(isAmpersand ? 5 : isLess ? 4 : 1)..];
        }

        output.Write(text);
    }
}

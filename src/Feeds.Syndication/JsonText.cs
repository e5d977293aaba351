using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Feeds.Syndication;

/// <summary>
/// Strings in JSON (RFC 8259 §7) that people can read: letters with accents and emoji stay as they are, which every
/// encoder of the framework takes for dangerous.
/// </summary>
internal static class JsonText
{
    // Within a page's script, "<" could end the script, and old engines take U+2028 and U+2029 for ends of lines.
    private static readonly SearchValues<char> Escaped =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(code => (char)code), '"', '\\', '<', '&', '\u007F', '\u2028', '\u2029']);

    /// <summary>A property with the text as it would be read from the feeds in XML: the same characters, the same ends of lines.</summary>
    public static void WriteText(this Utf8JsonWriter writer, string name, string text)
    {
        writer.WritePropertyName(name);
        writer.WriteTextValue(text);
    }

    /// <summary>The same, or nothing where there is no text.</summary>
    public static void WriteUnlessEmpty(this Utf8JsonWriter writer, string name, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            writer.WriteText(name, text);
        }
    }

    /// <summary>An element of an array, as <see cref="WriteText"/> writes it.</summary>
    public static void WriteTextValue(this Utf8JsonWriter writer, string text) =>
        writer.WriteRawValue(Quote(FeedXml.Clean(text)), skipInputValidation: true);

    private static string Quote(string text)
    {
        var rest = text.AsSpan();
        var quoted = new StringBuilder(text.Length + (text.Length / 8) + 2).Append('"');
        for (var next = rest.IndexOfAny(Escaped); next >= 0; next = rest.IndexOfAny(Escaped))
        {
            quoted.Append(rest[..next]);
            var isLineEnd = rest[next] == '\r';
            if (isLineEnd && next + 1 < rest.Length && rest[next + 1] == '\n')
            {
                next++;
            }

            AppendEscaped(quoted, isLineEnd ? '\n' : rest[next]);
            rest = rest[(next + 1)..];
        }

        return quoted.Append(rest).Append('"').ToString();
    }

    private static void AppendEscaped(StringBuilder quoted, char character)
    {
        switch (character)
        {
            case '"' or '\\':
                quoted.Append('\\').Append(character);
                break;
            case '\n':
                quoted.Append(@"\n");
                break;
            case '\t':
                quoted.Append(@"\t");
                break;
            default:
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
                break;
        }
    }
}

using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Feeds.Articles.Files;

/// <summary>A key of front matter with the line it stands on; a single value is a list of one.</summary>
internal sealed record YamlField(int Line, bool IsList, bool IsPlain, IReadOnlyList<Placed> Values);

/// <summary>
/// Reads the keys of a YAML mapping. It follows the parser's events instead of building a tree, so nothing in a file can
/// make it recurse or multiply aliases.
/// </summary>
internal static class YamlFields
{
    /// <summary>The fields by key, or null and why.</summary>
    /// <param name="yaml">The front matter with the line <c>---</c> that begins it, so that its lines are those of the file.</param>
    /// <param name="refusal">Why there are none.</param>
    public static IReadOnlyDictionary<string, YamlField>? Read(string yaml, out Refusal? refusal)
    {
        using var text = new StringReader(yaml);
        var parser = new Parser(text);
        try
        {
            return Read(parser, out refusal);
        }
        catch (YamlException broken)
        {
            refusal = new Refusal(Line(broken.Start), $"The front matter is not valid YAML: {Sentence(broken.Message)} Put values that hold : # or quotes between double quotes.");
            return null;
        }
        catch (ArgumentException)
        {
            // The parser's way to say that of two numbers of characters the second one completes no pair (\uD83D\u0041).
            refusal = new Refusal(parser.Current is { } before ? Line(before.End) : 1, "A value is not valid YAML: it names half of a character by its number, such as \\uD83D. Write the character itself.");
            return null;
        }
    }

    private static Dictionary<string, YamlField>? Read(Parser parser, out Refusal? refusal)
    {
        var fields = new Dictionary<string, YamlField>(StringComparer.Ordinal);
        refusal = null;
        parser.Consume<StreamStart>();
        parser.Consume<DocumentStart>();
        if (!parser.TryConsume<MappingStart>(out _))
        {
            refusal = new Refusal(Line(parser.Current!.Start), "The front matter is no list of “key: value” lines. Write title: and date: at least.");
            return null;
        }

        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var at = Line(parser.Current!.Start);
            if (!parser.TryConsume<Scalar>(out var key))
            {
                refusal = new Refusal(at, "A key of the front matter is not plain text. Write “key: value”.");
                return null;
            }

            if (!fields.TryAdd(key.Value, ReadValue(parser, at)))
            {
                refusal = new Refusal(at, $"{key.Value} is written twice. Keep one of them.");
                return null;
            }
        }

        return fields;
    }

    private static YamlField ReadValue(Parser parser, int line)
    {
        if (parser.TryConsume<Scalar>(out var single))
        {
            return new YamlField(line, IsList: false, IsPlain: true, Values(single));
        }

        if (!parser.TryConsume<SequenceStart>(out _))
        {
            parser.SkipThisAndNestedEvents();
            return new YamlField(line, IsList: false, IsPlain: false, []);
        }

        var values = new List<Placed>();
        var isPlain = true;
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            if (parser.TryConsume<Scalar>(out var item))
            {
                values.AddRange(Values(item));
            }
            else
            {
                parser.SkipThisAndNestedEvents();
                isPlain = false;
            }
        }

        return new YamlField(line, IsList: true, isPlain, values);
    }

    private static Placed[] Values(Scalar scalar) =>
        scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "~" or "null" or "Null" or "NULL" ? [] : [new Placed(scalar.Value, Line(scalar.Start))];

    private static int Line(Mark mark) => (int)Math.Max(mark.Line, 1);

    private static string Sentence(string message) =>
        message.Length > 0 ? string.Create(CultureInfo.InvariantCulture, $"{char.ToUpperInvariant(message[0])}{message.AsSpan(1).TrimEnd('.')}.") : "";
}

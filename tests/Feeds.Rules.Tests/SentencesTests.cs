using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Feeds.Rules.Tests;

/// <summary>Pages are written in English; every other language is one file of sentences, and lacks none.</summary>
public sealed partial class SentencesTests
{
    public static TheoryData<string> Languages => new(Directory.GetFiles(Path.Combine(Checkout.Root, "src", "Feeds.Host", "Resources"), "*.resx").Select(file => Path.GetFileNameWithoutExtension(file)));

    [Theory]
    [MemberData(nameof(Languages))]
    public void Every_sentence_of_the_pages_is_in_the_language_and_no_other(string language)
    {
        var translated = XDocument.Load(Path.Combine(Checkout.Root, "src", "Feeds.Host", "Resources", $"{language}.resx"))
            .Descendants("data").ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value, StringComparer.OrdinalIgnoreCase);
        var sources = Checkout.Sources("src").Where(file => file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".cshtml", StringComparison.Ordinal)).Select(File.ReadAllText).ToList();
        var asked = sources.SelectMany(Asked).ToHashSet(StringComparer.OrdinalIgnoreCase);
        // Some sentences come from other rooms, and some are the names of states.
        var all = string.Join('\n', sources);

        Assert.DoesNotContain(asked, sentence => !translated.ContainsKey(sentence));
        Assert.DoesNotContain(translated.Keys, sentence => !all.Contains(sentence.Replace("\"", "\\\"", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(translated, pair => !Places(pair.Key).SetEquals(Places(pair.Value)));
    }

    [Fact]
    public void No_French_mark_begins_a_line_by_itself() => Assert.DoesNotContain(
        XDocument.Load(Path.Combine(Checkout.Root, "src", "Feeds.Host", "Resources", "fr.resx")).Descendants("value"), value => BreakableMark().IsMatch(value.Value));

    // What stands between the brackets of Site[…], however many sentences there are to choose from.
    private static IEnumerable<string> Asked(string source)
    {
        foreach (Match call in Call().Matches(source))
        {
            var depth = 1;
            var end = call.Index + call.Length;
            for (; depth > 0; end++)
            {
                if (Text().Match(source, end) is { Success: true } text && text.Index == end)
                {
                    end += text.Length - 1;
                    continue;
                }

                depth += source[end] switch { '[' => 1, ']' => -1, _ => 0 };
            }

            // Values come after the sentence; in a choice, what is compared with stands before an arrow.
            var inside = source[(call.Index + call.Length)..(end - 1)];
            var isChoice = inside.Contains("=>", StringComparison.Ordinal) || inside.Contains(" ? ", StringComparison.Ordinal);
            foreach (Match text in Text().Matches(inside))
            {
                var before = inside[..text.Index].TrimEnd();
                if (isChoice ? before.EndsWith("=>", StringComparison.Ordinal) || before.EndsWith('?') || before.EndsWith(':') : before.Length == 0)
                {
                    yield return text.Groups["text"].Value.Replace("\\\"", "\"", StringComparison.Ordinal);
                }
            }
        }
    }

    private static HashSet<string> Places(string sentence) => [.. Place().Matches(sentence).Select(match => match.Value)];

    [GeneratedRegex(@"\b[Ss]ite\[", RegexOptions.None, 2000)]
    private static partial Regex Call();

    [GeneratedRegex("\"(?<text>(?:[^\"\\\\\n]|\\\\.)*)\"", RegexOptions.ExplicitCapture, 2000)]
    private static partial Regex Text();

    // A digit before it is a schedule's expression.
    [GeneratedRegex(@"[\p{L}}”’)] [?!;:»]|« ", RegexOptions.None, 2000)]
    private static partial Regex BreakableMark();

    [GeneratedRegex(@"\{[0-9]\}", RegexOptions.None, 2000)]
    private static partial Regex Place();
}

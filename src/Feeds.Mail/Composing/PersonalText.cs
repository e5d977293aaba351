using System.Text.RegularExpressions;

namespace Feeds.Mail;

/// <summary>A text with places for personal values: <c>Literals[0] value(Names[0]) Literals[1] …</c></summary>
internal sealed partial record PersonalText(IReadOnlyList<string> Literals, IReadOnlyList<string> Slots)
{
    /// <summary>How a placeholder begins; the domain can never exist (RFC 2606).</summary>
    public const string Prefix = "https://personal.invalid/";

    public static PersonalText Parse(string text)
    {
        var literals = new List<string>();
        var slots = new List<string>();
        var from = 0;
        foreach (Match found in Placeholder().Matches(text))
        {
            literals.Add(text[from..found.Index]);
            slots.Add(found.Groups["name"].Value);
            from = found.Index + found.Length;
        }

        literals.Add(text[from..]);
        return new PersonalText(literals, slots);
    }

    /// <summary>The names that a text asks for.</summary>
    public static IReadOnlyList<string> Names(string text) => [.. Parse(text).Slots.Distinct(StringComparer.Ordinal)];

    [GeneratedRegex(@"https://personal\.invalid/(?<name>[A-Za-z0-9_-]+)/", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Placeholder();
}

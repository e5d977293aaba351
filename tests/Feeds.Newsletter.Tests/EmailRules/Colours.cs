using System.Globalization;
using System.Text.RegularExpressions;
using AngleSharp.Dom;

namespace Feeds.Newsletter.Tests.EmailRules;

/// <summary>Contrast by WCAG 2.2, from inline styles and the classes of the dark block.</summary>
internal static partial class Colours
{
    /// <summary>By class and property, what the dark block says.</summary>
    public static IReadOnlyDictionary<string, string> DarkRules(string styleSheet)
    {
        var rules = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Match rule in Rule().Matches(styleSheet))
        {
            foreach (Match declaration in Declaration().Matches(rule.Groups["body"].Value))
            {
                rules[$"{rule.Groups["name"].Value} {declaration.Groups["property"].Value}"] = declaration.Groups["value"].Value;
            }
        }

        return rules;
    }

    public static double Contrast(IElement element, IReadOnlyDictionary<string, string>? dark)
    {
        var text = Luminance(Find(element, "color", dark));
        var ground = Luminance(Find(element, "background-color", dark));
        return (Math.Max(text, ground) + 0.05) / (Math.Min(text, ground) + 0.05);
    }

    private static string Find(IElement element, string property, IReadOnlyDictionary<string, string>? dark)
    {
        foreach (var one in element.Ancestors().OfType<IElement>().Prepend(element))
        {
            if (dark is not null && one.ClassList.Select(name => dark.GetValueOrDefault($"{name} {property}")).FirstOrDefault(value => value is not null) is { } adapted)
            {
                return adapted;
            }

            if (Declaration().Matches(one.GetAttribute("style") ?? "").FirstOrDefault(found => found.Groups["property"].Value.Equals(property, StringComparison.Ordinal)) is { } inline)
            {
                return inline.Groups["value"].Value;
            }
        }

        // What nobody says is the mail program's own affair; it can't be measured, so it fails.
        return "#808080";
    }

    private static double Luminance(string colour)
    {
        double Channel(int at)
        {
            var value = int.Parse(colour.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
            return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
        }

        return (0.2126 * Channel(1)) + (0.7152 * Channel(3)) + (0.0722 * Channel(5));
    }

    [GeneratedRegex(@"\.(?<name>[a-z]+) \{(?<body>[^}]*)\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Rule();

    [GeneratedRegex("(?<![a-z-])(?<property>color|background-color):\\s*(?<value>#[0-9a-f]{6})", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Declaration();
}

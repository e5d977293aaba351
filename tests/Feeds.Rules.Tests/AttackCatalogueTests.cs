using System.Globalization;
using System.Text.RegularExpressions;

namespace Feeds.Rules.Tests;

/// <summary>What strangers try, and what comes of it. Each has a test, marked with its number, or stands below with the reason why not.</summary>
public sealed partial class AttackCatalogueTests
{
    private static readonly string[] Attacks =
    [
        "SQL in a filter, an order or a search",
        "A column of one's own to order by",
        "Markup in what a stranger is called",
        "Script in imported HTML, Markdown or SVG",
        "Markup that browsers read otherwise than we do",
        "Links that run script",
        "Markup in what a mail server says",
        "Markup and control characters in a feed's title",
        "Razor in an article or a subject",
        "An editor saves Razor",
        "A template reads the environment or the configuration",
        "An inner address as a source, or as where to call",
        "A redirection inwards",
        "A name that resolves anew to an address of ours",
        "Another scheme or port",
        "A proxy or a picture as the source",
        "An XML entity that fetches",
        "A few entities or aliases that grow to thousands of millions",
        "A compressed body that grows, or never ends",
        "Nesting without end",
        "A pattern that takes for ever",
        "An archive that writes outside its folder",
        "A slug that leaves its folder",
        "A form posted without our token, or by another site",
        "Another's preference token",
        "Knowing nothing but an address",
        "Joining a private list",
        "A scanner opens the links of a mail",
        "One click that ends it",
        "A link's target changed",
        "Another Host header",
        "A forged X-Forwarded-For",
        "Line breaks and the like in an address",
        "A text that ends the message",
        "Formulas in an exported table",
        "Is this address known here?",
        "A flood of sign-ups",
        "Guessed passwords",
        "A role does what it may not",
        "Secrets in a dump, a log or a backup",
    ];

    /// <summary>Numbers that no test is marked with, as there is nothing to attack in this way.</summary>
    private static readonly Dictionary<int, string> Lacking = new()
    {
        [10] = "there are no editors, and no page saves templates",
        [11] = "nobody but whoever runs the program writes templates",
        [16] = "no picture and no sound is fetched from where an article says it is, and no stranger names a proxy",
        [17] = "nobody's XML is read but our own",
        [22] = "no archive is read",
    };

    [Fact]
    public void Each_attack_has_a_test_or_a_reason_why_not_and_no_test_names_another()
    {
        var tested = Checkout.Sources("tests")
            .Where(file => !file.EndsWith($"{nameof(AttackCatalogueTests)}.cs", StringComparison.Ordinal))
            .SelectMany(file => Marked().Matches(File.ReadAllText(file)).Select(mark => int.Parse(mark.Groups["number"].Value, CultureInfo.InvariantCulture)))
            .ToHashSet();
        var all = Enumerable.Range(1, Attacks.Length).ToList();

        Assert.Equal(40, Attacks.Length);
        Assert.Empty(all.Where(number => !tested.Contains(number) && !Lacking.ContainsKey(number)).Select(number => $"{number}. {Attacks[number - 1]}"));
        Assert.DoesNotContain(Lacking.Keys, tested.Contains);
        Assert.Empty(tested.Concat(Lacking.Keys).Except(all));
    }

    [GeneratedRegex(@"\bAttack\((?<number>[0-9]+)\)", RegexOptions.ExplicitCapture, 2000)]
    private static partial Regex Marked();
}

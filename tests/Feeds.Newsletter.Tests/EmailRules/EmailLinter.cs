namespace Feeds.Newsletter.Tests.EmailRules;

/// <summary>Checks a mail's bytes, offline, against the rules that every mail of this program keeps.</summary>
internal static class EmailLinter
{
    private static readonly (string Name, Func<MailBytes, IEnumerable<(Grade Grade, string What)>> Check)[] Rules =
    [
        ("M1", MessageRules.TwoParts), ("M2", MessageRules.Headers), ("M3", MessageRules.Subject), ("M4", MessageRules.ListHeaders), ("M5", MessageRules.Leftovers),
        ("H1", HtmlRules.Size), ("H2", HtmlRules.Frame), ("H3", HtmlRules.Tables), ("H4", HtmlRules.Images), ("H5", HtmlRules.WithoutImages),
        ("H6", HtmlRules.WithoutStyle), ("H7", HtmlRules.Forbidden), ("H8", HtmlRules.Headings),
        ("H9", ReadingRules.Links), ("H10", ReadingRules.Contrast), ("H11", ReadingRules.Dark), ("H12", ReadingRules.Preheader), ("H13", ReadingRules.Conditionals),
        ("H14", ReadingRules.Footer), ("H15", ReadingRules.Campaign), ("H16", ReadingRules.Once),
        ("T1", TextRules.Same), ("T2", TextRules.Wrapped),
    ];

    public static IReadOnlyList<Finding> Check(byte[] mail, Expectation expectation)
    {
        var bytes = new MailBytes(mail, expectation);
        return [.. Rules.SelectMany(rule => rule.Check(bytes).Select(found => new Finding(rule.Name, found.Grade, found.What)))];
    }
}

namespace Feeds.Newsletter.Content;

/// <summary>
/// The subject of an edition and the line that a mailbox shows beside it. Subjects stay within 50 characters: mail
/// programs cut them, and a large provider has refused folded subjects with accents.
/// </summary>
internal static class SubjectLine
{
    private const int Longest = 50;
    private const int ShortestPreheader = 40;
    private const int LongestPreheader = 100;

    /// <summary>The newest title, and how many more there are.</summary>
    public static string Of(IReadOnlyList<string> titles, int count, Phrases words)
    {
        var more = count > 1 ? " " + words.AndMore(count - 1) : "";
        return PlainText.Cut(titles[0], Longest - more.Length) + more;
    }

    /// <summary>The other titles, or the summary of the only article; 40–100 characters.</summary>
    public static string Preheader(IReadOnlyList<string> titles, string summary, string publication, Phrases words)
    {
        var line = titles.Count > 1 ? words.Also + string.Join(" · ", titles.Skip(1)) : summary;
        if (line.Length < ShortestPreheader)
        {
            line = $"{line} {words.FromThePublication(publication)}".TrimStart();
        }

        return Fit(line);
    }

    /// <summary>Cuts a line to the preheader's length.</summary>
    public static string Fit(string line) => PlainText.Cut(line, LongestPreheader);
}

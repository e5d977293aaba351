using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Feeds.Syndication.Tests;

/// <summary>Every byte of feeds, so that whoever changes one sees which, and decides whether readers should.</summary>
public sealed partial class GoldenTests
{
    private const string Accept = "FEEDS_ACCEPT_GOLDEN";

    public static TheoryData<string> Names => [.. GoldenPublication.Documents.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_feed_is_what_its_golden_file_says(string name)
    {
        var bytes = GoldenPublication.Documents[name];
        var file = System.IO.Path.Combine(Folder(), name);
        if (Environment.GetEnvironmentVariable(Accept) is "1")
        {
            await File.WriteAllBytesAsync(file, bytes);
        }

        var golden = File.Exists(file) ? await File.ReadAllTextAsync(file) : "";

        var difference = Difference(name, golden, Encoding.UTF8.GetString(bytes));

        Assert.True(difference is null, difference);
    }

    [Fact]
    public void No_golden_file_is_left_of_a_feed_that_is_written_no_more() =>
        Assert.Equal(
            GoldenPublication.Documents.Keys.Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(Folder()).Select(file => System.IO.Path.GetFileName(file)!).Order(StringComparer.Ordinal),
            StringComparer.Ordinal);

    [Fact]
    public void A_difference_is_told_by_its_first_line_with_what_to_do()
    {
        var told = Difference("feed.rss", "<rss><channel><title>A</title></channel></rss>", "<rss><channel><title>B</title></channel></rss>")!;

        Assert.StartsWith("feed.rss differs from its golden file first at line 3:\n  was  <title>A</title>\n  is   <title>B</title>\n", told, StringComparison.Ordinal);
        Assert.Contains("FEEDS_ACCEPT_GOLDEN=1", told, StringComparison.Ordinal);
        Assert.Contains("  is   (its end)", Difference("feed.json", "{\"a\":1,\"b\":2}", "{\"a\":1,"), StringComparison.Ordinal);
        Assert.Null(Difference("feed.rss", "<rss/>", "<rss/>"));
    }

    /// <summary>The first line that differs, where a line is a tag; null where none does.</summary>
    private static string? Difference(string name, string golden, string actual)
    {
        var (was, now) = (Lines(golden), Lines(actual));
        var line = 0;
        while (line < was.Length && line < now.Length && string.Equals(was[line], now[line], StringComparison.Ordinal))
        {
            line++;
        }

        return line == was.Length && line == now.Length
            ? null
            : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"""
                {name} differs from its golden file first at line {line + 1}:
                  was  {(line < was.Length ? was[line] : "(its end)")}
                  is   {(line < now.Length ? now[line] : "(its end)")}
                Lines are counted as if each tag or member began one. If readers shall get it so from now on, run
                  {Accept}=1 dotnet test tests/Feeds.Syndication.Tests --filter Golden
                look at the difference that version control shows, and raise FeedSettings.FormatVersion if it was not raised
                since the last release: caches must learn that every feed changed.
                """);
    }

    private static string[] Lines(string text) => Boundary().Replace(text, "\n").Split('\n');

    private static string Folder([CallerFilePath] string file = "") => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(file)!, "Golden");

    // Before a tag that follows another one, and before a member of JSON.
    [GeneratedRegex("(?<=>)(?=<)|(?<=[{,\\[])(?=[\"{])", RegexOptions.None, 1000)]
    private static partial Regex Boundary();
}

using System.Diagnostics;
using System.Text.Json;

namespace Feeds.Syndication.Tests;

/// <summary>Feeds as programs see them that are not ours: libxml2 and Python's feedparser, both from Debian.</summary>
public sealed class OtherReadersTests
{
    private const string Xmllint = "/usr/bin/xmllint";
    private const string Python = "/usr/bin/python3";

    // Titles, ids and categories of each entry, and whether the parser had to guess anything.
    private const string ReadFeed = """
        import feedparser, json, sys
        feed = feedparser.parse(open(sys.argv[1], 'rb').read(), response_headers={'content-type': sys.argv[2]})
        print(json.dumps([feed.bozo, feed.version, feed.feed.title] + [
            [e.title, e.id, e.link, e.updated_parsed[:6] if 'updated_parsed' in e else None, e.published_parsed[:6], e.content[0].value,
             [t.get('label') or t.term for t in e.tags]] for e in feed.entries]))
        """;

    [SkippableTheory]
    [InlineData("rss", true)]
    [InlineData("atom", true)]
    [InlineData("rss", false)]
    [InlineData("atom", false)]
    public async Task Libxml2_finds_every_feed_well_formed(string format, bool hasArticles)
    {
        Lacking.SkipOrFail(File.Exists(Xmllint) ? null : "xmllint (Debian: apt-get install libxml2-utils)");
        using var folder = new TestFolder();
        var file = await WriteAsync(folder, format, hasArticles);

        var (exitCode, _, errors) = await RunAsync(Xmllint, "--noout", file);

        Assert.Equal("", errors);
        Assert.Equal(0, exitCode);
    }

    [SkippableFact]
    public async Task Libxml2_finds_the_list_of_feeds_well_formed()
    {
        Lacking.SkipOrFail(File.Exists(Xmllint) ? null : "xmllint (Debian: apt-get install libxml2-utils)");
        using var folder = new TestFolder();
        await File.WriteAllBytesAsync(folder["list"], FeedList.Write(SampleArticles.Publication, [SampleArticles.Courts, SampleArticles.Search]).ToArray());

        var (exitCode, _, errors) = await RunAsync(Xmllint, "--noout", folder["list"]);

        Assert.Equal("", errors);
        Assert.Equal(0, exitCode);
    }

    [SkippableTheory]
    [InlineData("rss", "rss20")]
    [InlineData("atom", "atom10")]
    public async Task Feedparser_reads_the_same_titles_ids_and_categories_without_guessing(string format, string version)
    {
        await SkipWithoutFeedparserAsync();
        using var folder = new TestFolder();
        var file = await WriteAsync(folder, format, hasArticles: true);

        var (exitCode, output, errors) = await RunAsync(Python, "-c", ReadFeed, file, FeedWriterTests.Format(format).ContentType());

        Assert.True(exitCode == 0, errors);
        using var json = JsonDocument.Parse(output);
        var feed = json.RootElement;
        Assert.False(feed[0].ValueKind == JsonValueKind.True || (feed[0].ValueKind == JsonValueKind.Number && feed[0].GetInt32() != 0), output);
        Assert.Equal(version, feed[1].GetString());
        Assert.Equal(SampleArticles.Publication.Title, feed[2].GetString());
        Assert.Equal(SampleArticles.All.Count, feed.GetArrayLength() - 3);
        for (var i = 0; i < SampleArticles.All.Count; i++)
        {
            var article = SampleArticles.All[i];
            var entry = feed[i + 3];
            Assert.Equal(article.Title, entry[0].GetString());
            Assert.Equal(article.Identity, entry[1].GetString());
            Assert.Equal(article.Link.AbsoluteUri, entry[2].GetString());
            Assert.Equal(article.Published.UtcDateTime, Instant(entry[4]));
            Assert.Contains("<p>", entry[5].GetString(), StringComparison.Ordinal);
            Assert.Equal(article.Categories.Select(category => category.Name), entry[6].EnumerateArray().Select(name => name.GetString()!), StringComparer.Ordinal);
        }
    }

    private static DateTime Instant(JsonElement parts) =>
        new(parts[0].GetInt32(), parts[1].GetInt32(), parts[2].GetInt32(), parts[3].GetInt32(), parts[4].GetInt32(), parts[5].GetInt32(), DateTimeKind.Utc);

    private static async Task SkipWithoutFeedparserAsync()
    {
        var isThere = File.Exists(Python) && (await RunAsync(Python, "-c", "import feedparser")).ExitCode == 0;
        Lacking.SkipOrFail(isThere ? null : "feedparser (Debian: apt-get install python3-feedparser)");
    }

    private static async Task<string> WriteAsync(TestFolder folder, string format, bool hasArticles)
    {
        var bytes = SampleArticles.Write(FeedWriterTests.Format(format), hasArticles ? null : SampleArticles.Courts, hasArticles ? SampleArticles.All : [], SampleArticles.Withdrawn);
        await File.WriteAllBytesAsync(folder["feed"], bytes);
        return folder["feed"];
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await errors);
    }
}

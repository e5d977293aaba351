using System.Text.Json;

namespace Feeds.Syndication.Tests;

/// <summary>Feeds as programs see them that are not ours: libxml2 and Python's feedparser, both from Debian.</summary>
public sealed class OtherReadersTests
{
    // Titles, ids and categories of each entry, and whether the parser had to guess anything.
    private const string ReadFeed = """
        import feedparser, json, sys
        feed = feedparser.parse(open(sys.argv[1], 'rb').read(), response_headers={'content-type': sys.argv[2]})
        print(json.dumps([feed.bozo, feed.version, feed.feed.title] + [
            [e.title, e.id, e.link, e.updated_parsed[:6] if 'updated_parsed' in e else None, e.published_parsed[:6], e.content[0].value,
             [t.get('label') or t.term for t in e.tags]] for e in feed.entries]))
        """;

    // Whether it had to guess, rights, logo, the first entry's enclosure; how many entries there are, and how many of them have an id and a date.
    private const string ReadEpisode = """
        import feedparser, json, sys
        feed = feedparser.parse(open(sys.argv[1], 'rb').read(), response_headers={'content-type': sys.argv[2]})
        first = feed.entries[0]
        logo = feed.feed.get('logo') or feed.feed.image.href
        print(json.dumps([bool(feed.bozo), feed.feed.rights, logo, first.enclosures[0].type if first.enclosures else '',
             len(feed.entries), len([e for e in feed.entries if e.id and e.published_parsed])]))
        """;

    [SkippableTheory]
    [InlineData("rss", true)]
    [InlineData("atom", true)]
    [InlineData("rss", false)]
    [InlineData("atom", false)]
    public async Task Libxml2_finds_every_feed_well_formed(string format, bool hasArticles)
    {
        using var folder = new TestFolder();
        var file = await WriteAsync(folder, format, hasArticles);

        var (exitCode, _, errors) = await OtherProgram.XmllintAsync("--noout", file);

        Assert.Equal("", errors);
        Assert.Equal(0, exitCode);
    }

    [SkippableFact]
    public async Task Libxml2_finds_the_list_of_feeds_well_formed()
    {
        using var folder = new TestFolder();
        await File.WriteAllBytesAsync(folder["list"], FeedList.Write(SampleArticles.Publication, [SampleArticles.Courts, SampleArticles.Search]).ToArray());

        var (exitCode, _, errors) = await OtherProgram.XmllintAsync("--noout", folder["list"]);

        Assert.Equal("", errors);
        Assert.Equal(0, exitCode);
    }

    [SkippableTheory]
    [InlineData("rss", "rss20")]
    [InlineData("atom", "atom10")]
    public async Task Feedparser_reads_the_same_titles_ids_and_categories_without_guessing(string format, string version)
    {
        using var folder = new TestFolder();
        var file = await WriteAsync(folder, format, hasArticles: true);

        var output = await OtherProgram.PythonAsync("feedparser", ReadFeed, file, FeedWriterTests.Format(format).ContentType());

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

    [SkippableTheory]
    [InlineData("feed.rss", "audio/mpeg")]
    [InlineData("feed.atom", "audio/mpeg")]
    [InlineData("summaries.rss", "audio/mpeg")]
    [InlineData("archive.atom", "")]
    [InlineData("archive.rss", "")]
    public async Task Feedparser_reads_everything_that_feeds_can_say_without_guessing(string name, string enclosure)
    {
        using var folder = new TestFolder();
        await File.WriteAllBytesAsync(folder["feed"], GoldenPublication.Documents[name]);
        var contentType = name.EndsWith(".rss", StringComparison.Ordinal) ? FeedFormat.Rss.ContentType() : FeedFormat.Atom.ContentType();

        var output = await OtherProgram.PythonAsync("feedparser", ReadEpisode, folder["feed"], contentType);

        using var json = JsonDocument.Parse(output);
        Assert.False(json.RootElement[0].ValueKind == JsonValueKind.True, output);
        Assert.Equal(GoldenPublication.Options.Rights, json.RootElement[1].GetString());
        Assert.Equal(GoldenPublication.Options.Logo, json.RootElement[2].GetString());
        Assert.Equal(enclosure, json.RootElement[3].GetString());
        Assert.Equal(json.RootElement[4].GetInt32(), json.RootElement[5].GetInt32());
    }

    private static DateTime Instant(JsonElement parts) =>
        new(parts[0].GetInt32(), parts[1].GetInt32(), parts[2].GetInt32(), parts[3].GetInt32(), parts[4].GetInt32(), parts[5].GetInt32(), DateTimeKind.Utc);

    private static async Task<string> WriteAsync(TestFolder folder, string format, bool hasArticles)
    {
        var bytes = SampleArticles.Write(FeedWriterTests.Format(format), hasArticles ? null : SampleArticles.Courts, hasArticles ? SampleArticles.All : [], SampleArticles.Withdrawn);
        await File.WriteAllBytesAsync(folder["feed"], bytes);
        return folder["feed"];
    }
}

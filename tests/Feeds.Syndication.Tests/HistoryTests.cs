using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Feeds.Storage;

namespace Feeds.Syndication.Tests;

/// <summary>What feeds keep of older articles (RFC 5005), and how one walks there.</summary>
public sealed class HistoryTests
{
    private static readonly XNamespace Atom = FeedXml.Atom;
    private static readonly XNamespace History = FeedXml.History;

    [DatabaseTheory, EachDatabase]
    public async Task A_walk_by_prev_archive_or_next_url_meets_each_article_once(DatabaseProvider provider)
    {
        await using var stand = await Newsstand.OpenAsync(provider);
        await FillAsync(stand, 1, 70);

        foreach (var path in (string[])["feed.atom", "feed.rss", "feed.json"])
        {
            Assert.Equal(Enumerable.Range(1, 70), (await WalkAsync(stand, path)).Order());
            Assert.Equal(Enumerable.Range(1, 35).Select(half => half * 2), (await WalkAsync(stand, $"categories/les-prix/{path}")).Order());
        }
    }

    [DatabaseTheory, EachDatabase]
    public async Task Articles_that_come_while_somebody_walks_are_neither_met_twice_nor_push_others_away(DatabaseProvider provider)
    {
        await using var stand = await Newsstand.OpenAsync(provider);
        await FillAsync(stand, 1, 64);

        foreach (var path in (string[])["feed.atom", "feed.json"])
        {
            var expected = Enumerable.Range(1, stand.Numbered).ToList();
            var met = await WalkAsync(stand, path, async () =>
            {
                await FillAsync(stand, stand.Numbered + 1, stand.Numbered + 7);
                await stand.Library.RefreshAsync(default);
            });

            Assert.Equal(expected, met.Order());
        }
    }

    [Fact]
    public async Task Ten_thousand_articles_are_each_met_once_while_others_come()
    {
        const int Articles = 10_000;
        await using var stand = await Newsstand.OpenAsync(DatabaseProvider.Sqlite);
        await FillAsync(stand, 1, Articles);
        foreach (var file in Directory.GetFiles(stand.Articles.Path))
        {
            // What is imported stays; without their files the next import has less to look at.
            File.Delete(file);
        }

        var latest = Articles;
        var steps = 0;
        foreach (var path in (string[])["feed.atom", "feed.json"])
        {
            var before = latest;
            var met = await WalkAsync(stand, path, async () =>
            {
                if (steps++ % 100 == 0)
                {
                    await FillAsync(stand, latest + 1, latest += 20);
                    await stand.Library.RefreshAsync(default);
                }
            });

            Assert.Equal(Enumerable.Range(1, before), met.Order());
        }

        Assert.True(latest > Articles + 200, $"{latest - Articles} came while somebody walked");
    }

    [DatabaseTheory, EachDatabase]
    public async Task An_archive_says_that_it_is_one_and_of_which_feed(DatabaseProvider provider)
    {
        await using var stand = await Newsstand.OpenAsync(provider);
        await FillAsync(stand, 1, 70);

        var live = FeedWriterTests.Parse((await stand.FindAsync("categories/les-prix/feed.atom")).Body.ToArray()).Root!;
        var archive = FeedWriterTests.Parse((await stand.FindAsync("categories/les-prix/archive/1/feed.atom")).Body.ToArray()).Root!;
        var channel = FeedWriterTests.Parse((await stand.FindAsync("categories/les-prix/archive/1/feed.rss")).Body.ToArray()).Root!.Element("channel")!;

        Assert.Empty(live.Elements(History + "archive"));
        Assert.Single(archive.Elements(History + "archive"));
        Assert.Single(channel.Elements(History + "archive"));
        Assert.Equal(live.Element(Atom + "id")!.Value, archive.Element(Atom + "id")!.Value);
        Assert.Equal("https://journal.example/lire/categories/les-prix/archive/1/feed.atom", Link(live, "prev-archive"));
        Assert.Equal("https://journal.example/lire/categories/les-prix/archive/1/feed.atom", Link(archive, "self"));
        Assert.Equal("https://journal.example/lire/categories/les-prix/feed.atom", Link(archive, "current"));
        Assert.Equal("https://journal.example/lire/categories/les-prix/feed.rss", Link(channel, "current"));
        Assert.Null(Link(archive, "prev-archive"));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Only_complete_archives_have_an_address_and_only_one(DatabaseProvider provider)
    {
        await using var stand = await Newsstand.OpenAsync(provider);
        await FillAsync(stand, 1, 40);

        Assert.NotNull(await stand.Library.FindAsync("archive/2/feed.json", default));
        foreach (var path in (string[])
            ["archive/3/feed.json", "archive/0/feed.json", "archive/01/feed.json", "archive/-1/feed.json", "archive/+1/feed.json", "archive/1/feed.xml", "archive//feed.json", "archive/1/1/feed.json",
            "archive/1/archive/1/feed.json", "categories/les-prix/archive/2/feed.json", "categories/nothing/archive/1/feed.json", "archive/99999999999999999999/feed.json", "archive/1/", "archive/1"])
        {
            Assert.True(await stand.Library.FindAsync(path, default) is null, path);
        }
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_withdrawn_article_leaves_its_archive_with_another_tag_and_a_later_time(DatabaseProvider provider)
    {
        await using var stand = await Newsstand.OpenAsync(provider);
        await FillAsync(stand, 1, 40);
        var before = await stand.FindAsync("archive/1/feed.atom");
        var other = await stand.FindAsync("archive/2/feed.atom");
        stand.Write(3, "Les Délais", more: "status: removed\n");
        await stand.ImportAsync();
        await stand.Library.RefreshAsync(default);

        var after = await stand.FindAsync("archive/1/feed.atom");

        Assert.Equal(Enumerable.Range(1, 16).Where(number => number != 3).Reverse(), await NumbersAsync(stand, "archive/1/feed.atom"));
        Assert.False(string.Equals(before.ETag, after.ETag, StringComparison.Ordinal));
        Assert.True(before.LastModified < after.LastModified);
        var same = await stand.FindAsync("archive/2/feed.atom");
        Assert.Equal((other.ETag, other.LastModified), (same.ETag, same.LastModified));
    }

    private static async Task FillAsync(Newsstand stand, int from, int upTo)
    {
        for (var number = from; number <= upTo; number++)
        {
            stand.Write(number, number % 2 == 0 ? "Les Prix" : "Les Délais");
        }

        await stand.ImportAsync();
    }

    private static async Task<IReadOnlyList<int>> WalkAsync(Newsstand stand, string path, Func<Task>? between = null)
    {
        List<int> met = [];
        for (string? next = path; next is not null;)
        {
            var document = await stand.FindAsync(next);
            met.AddRange(Numbers(document));
            next = Next(document)?["https://journal.example/lire/".Length..];
            if (between is not null)
            {
                await between();
            }
        }

        return met;
    }

    private static async Task<IReadOnlyList<int>> NumbersAsync(Newsstand stand, string path) => [.. Numbers(await stand.FindAsync(path))];

    private static IEnumerable<int> Numbers(FeedDocument document)
    {
        var links = document.Path.EndsWith(".json", StringComparison.Ordinal)
            ? JsonDocument.Parse(document.Body).RootElement.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("url").GetString()!)
            : FeedWriterTests.Parse(document.Body.ToArray()).Descendants().Where(element => element.Name.LocalName is "entry" or "item")
                .Select(entry => entry.Element("link")?.Value ?? entry.Elements(Atom + "link").First().Attribute("href")!.Value);
        return links.Select(link => int.Parse(link.Split('-')[^1], CultureInfo.InvariantCulture));
    }

    private static string? Next(FeedDocument document)
    {
        if (document.Path.EndsWith(".json", StringComparison.Ordinal))
        {
            return JsonDocument.Parse(document.Body).RootElement.TryGetProperty("next_url", out var next) ? next.GetString() : null;
        }

        var root = FeedWriterTests.Parse(document.Body.ToArray()).Root!;
        return Link(root.Element("channel") ?? root, "prev-archive");
    }

    private static string? Link(XElement feed, string relation) =>
        feed.Elements(Atom + "link").SingleOrDefault(link => string.Equals(link.Attribute("rel")!.Value, relation, StringComparison.Ordinal))?.Attribute("href")!.Value;
}

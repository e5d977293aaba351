using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Feeds.Articles;
using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Syndication.Tests;

/// <summary>What feeds say of withdrawn articles (RFC 6721).</summary>
public sealed class TombstoneTests
{
    private static readonly XNamespace Atom = FeedXml.Atom;
    private static readonly XNamespace Tombstones = "http://purl.org/atompub/tombstones/1.0";

    [DatabaseTheory, EachDatabase]
    public async Task A_withdrawn_article_is_a_tombstone_in_each_atom_feed_that_carried_it_and_gone_from_rss(DatabaseProvider provider)
    {
        await using var stand = await Newsstand.OpenAsync(provider);
        stand.Write(1, "Les Prix");
        stand.Write(2, "Les Prix, Les Délais");
        await stand.ImportAsync();
        var before = await stand.FindAsync("categories/les-delais/feed.atom");
        var identity = (await stand.Store.FindAsync("article-2", default))!.Identity;
        stand.Clock.Advance(TimeSpan.FromMinutes(90));

        await WithdrawAsync(stand, 2, "Les Prix, Les Délais", "reason: \"Les chiffres <2025> étaient faux & 🚚 ]]>.\"");

        foreach (var path in (string[])["feed.atom", "categories/les-prix/feed.atom", "categories/les-delais/feed.atom"])
        {
            var feed = await ReadAsync(stand, path);
            var deleted = Assert.Single(feed.Elements(Tombstones + "deleted-entry"));
            Assert.Equal(identity, deleted.Attribute("ref")!.Value);
            Assert.Equal("2026-03-10T13:30:00Z", deleted.Attribute("when")!.Value);
            Assert.Equal("Les chiffres <2025> étaient faux & 🚚 ]]>.", deleted.Element(Tombstones + "comment")!.Value);
            Assert.Equal("2026-03-10T13:30:00Z", feed.Element(Atom + "updated")!.Value);
            Assert.DoesNotContain(identity, feed.Elements(Atom + "entry").Select(entry => entry.Element(Atom + "id")!.Value), StringComparer.Ordinal);
        }

        var after = await stand.FindAsync("categories/les-delais/feed.atom");
        Assert.Equal(before.LastModified.AddMinutes(90), after.LastModified);
        Assert.NotEqual(before.ETag, after.ETag, StringComparer.Ordinal);
        Assert.DoesNotContain(identity, Encoding.UTF8.GetString((await stand.FindAsync("feed.rss")).Body.Span), StringComparison.Ordinal);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_withdrawal_touches_no_feed_that_did_not_carry_the_article(DatabaseProvider provider)
    {
        await using var stand = await Newsstand.OpenAsync(provider);
        stand.Write(1, "Les Prix");
        stand.Write(2, "Les Délais");
        await stand.ImportAsync();
        var untouched = await stand.FindAsync("categories/les-prix/feed.atom");

        await WithdrawAsync(stand, 2, "Les Délais");

        Assert.Same(untouched, await stand.FindAsync("categories/les-prix/feed.atom"));
        Assert.DoesNotContain(Tombstones.NamespaceName, Encoding.UTF8.GetString(untouched.Body.Span), StringComparison.Ordinal);
        var deleted = Assert.Single((await ReadAsync(stand, "categories/les-delais/feed.atom")).Elements(Tombstones + "deleted-entry"));
        Assert.Empty(deleted.Elements());
    }

    [DatabaseTheory, EachDatabase]
    public async Task An_article_that_is_put_back_has_its_old_identity_and_no_tombstone(DatabaseProvider provider)
    {
        await using var stand = await Newsstand.OpenAsync(provider);
        stand.Write(1, "Les Prix");
        await stand.ImportAsync();
        var before = await stand.FindAsync("feed.atom");
        await WithdrawAsync(stand, 1, "Les Prix");
        var meanwhile = await stand.FindAsync("feed.atom");

        stand.Write(1, "Les Prix", more: "minor: true\n");
        await stand.ImportAsync();
        await stand.Library.RefreshAsync(default);

        // To the last byte what it was, at a later time.
        var after = await stand.FindAsync("feed.atom");
        Assert.Equal(before.ETag, after.ETag);
        Assert.NotEqual(before.ETag, meanwhile.ETag, StringComparer.Ordinal);
        Assert.True(before.LastModified < meanwhile.LastModified && meanwhile.LastModified < after.LastModified);
    }

    [DatabaseTheory, EachDatabase]
    public async Task The_clock_of_a_process_alone_ends_no_tombstone(DatabaseProvider provider)
    {
        await using var stand = await Newsstand.OpenAsync(provider);
        stand.Write(1, "Les Prix");
        await stand.ImportAsync();
        await WithdrawAsync(stand, 1, "Les Prix", "reason: Faux.");
        var here = await stand.FindAsync("categories/les-prix/feed.atom");

        // A year later, and nothing has taken a step yet.
        await using var neighbour = stand.Neighbour();
        var there = await neighbour.GetRequiredService<FeedLibrary>().FindAsync(here.Path, default);

        Assert.Equal((here.ETag, here.GzipETag, here.LastModified), (there!.ETag, there.GzipETag, there.LastModified));
    }

    [Fact]
    public async Task A_feed_tells_of_the_fifty_newest_withdrawals()
    {
        await using var stand = await Newsstand.OpenAsync(DatabaseProvider.Sqlite);
        for (var number = 1; number <= 60; number++)
        {
            stand.Write(number, "Les Prix");
        }

        await stand.ImportAsync();
        for (var number = 1; number <= 60; number++)
        {
            stand.Write(number, "Les Prix", more: string.Create(CultureInfo.InvariantCulture, $"status: removed\nreason: n° {number}\n"));
        }

        await stand.ImportAsync();
        await stand.Library.RefreshAsync(default);

        var told = (await ReadAsync(stand, "categories/les-prix/feed.atom")).Elements(Tombstones + "deleted-entry");
        Assert.Equal(Enumerable.Range(11, 50).Reverse().Select(number => $"n° {number}"), told.Select(one => one.Value), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("fr", null)]
    [InlineData("FR", null)]
    [InlineData("en", "en")]
    public void A_reason_in_another_language_than_the_feed_says_so(string language, string? named)
    {
        var withdrawal = new Withdrawal("tag:journal.example,2026:essai", DateTimeOffset.UnixEpoch, "Wrong\u0000\uFFFE.", language);

        var feed = FeedWriterTests.Parse(SampleArticles.Write(FeedFormat.Atom, null, [], [withdrawal])).Root!;

        var comment = feed.Element(Tombstones + "deleted-entry")!.Element(Tombstones + "comment")!;
        Assert.Equal(("Wrong.", named), (comment.Value, comment.Attribute(XNamespace.Xml + "lang")?.Value));
    }

    private static async Task WithdrawAsync(Newsstand stand, int number, string categories, string reason = "")
    {
        stand.Write(number, categories, more: $"status: removed\n{reason}\n");
        await stand.ImportAsync();
        await stand.Library.RefreshAsync(default);
    }

    private static async Task<XElement> ReadAsync(Newsstand stand, string path) =>
        FeedWriterTests.Parse((await stand.FindAsync(path)).Body.ToArray()).Root!;
}

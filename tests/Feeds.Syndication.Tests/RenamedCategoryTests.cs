using System.Text;
using System.Xml.Linq;
using Feeds.Articles;
using Feeds.Storage;

namespace Feeds.Syndication.Tests;

/// <summary>The feeds of a category that got another name.</summary>
public sealed class RenamedCategoryTests
{
    private static readonly XNamespace Atom = FeedXml.Atom;

    [DatabaseTheory, EachDatabase]
    public async Task Every_old_address_leads_to_the_new_one_and_ids_stay(DatabaseProvider provider)
    {
        await using var stand = await FilledAsync(provider);
        var before = await ReadAsync(stand, "categories/les-prix/feed.atom");
        await RenameAsync(stand, "Les Prix", "Tarifs & coûts");

        foreach (var file in (string[])["feed.rss", "feed.atom", "feed.json", "archive/1/feed.atom", "archive/1/feed.rss", "archive/1/feed.json"])
        {
            Assert.Null(await stand.Library.FindAsync($"categories/les-prix/{file}", default));
            Assert.Equal(new FeedAnswer.Moved($"categories/tarifs-couts/{file}"), await stand.Library.AnswerAsync($"categories/les-prix/{file}", "", default));
            Assert.NotNull(await stand.Library.FindAsync($"categories/tarifs-couts/{file}", default));
        }

        var after = await ReadAsync(stand, "categories/tarifs-couts/feed.atom");
        var archive = await ReadAsync(stand, "categories/tarifs-couts/archive/1/feed.atom");
        Assert.Equal("https://journal.example/lire/categories/les-prix/feed.atom", after.Element(Atom + "id")!.Value);
        Assert.Equal(after.Element(Atom + "id")!.Value, archive.Element(Atom + "id")!.Value);
        Assert.StartsWith("Tarifs & coûts – ", after.Element(Atom + "title")!.Value, StringComparison.Ordinal);
        Assert.Equal(Entries(before, "id"), Entries(after, "id"), StringComparer.Ordinal);
        Assert.Equal(Entries(before, "updated"), Entries(after, "updated"), StringComparer.Ordinal);
        Assert.Equal(new FeedAnswer.Unknown(), await stand.Library.AnswerAsync("categories/never/feed.atom", "", default));
    }

    [DatabaseTheory, EachDatabase]
    public async Task After_two_renamings_each_old_address_leads_to_the_last_one_and_back_again(DatabaseProvider provider)
    {
        await using var stand = await FilledAsync(provider);
        await RenameAsync(stand, "Les Prix", "Tarifs");
        await RenameAsync(stand, "Tarifs", "Coûts");

        foreach (var old in (string[])["les-prix", "tarifs"])
        {
            Assert.Equal(new FeedAnswer.Moved("categories/couts/feed.atom"), await stand.Library.AnswerAsync($"categories/{old}/feed.atom", "", default));
        }

        await RenameAsync(stand, "Coûts", "Les Prix");
        Assert.Equal(new FeedAnswer.Moved("categories/les-prix/feed.atom"), await stand.Library.AnswerAsync("categories/couts/feed.atom", "", default));
        Assert.NotNull(await stand.Library.FindAsync("categories/les-prix/feed.atom", default));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Feeds_that_show_the_name_are_newer_and_others_stay_as_they_are(DatabaseProvider provider)
    {
        await using var stand = await FilledAsync(provider);
        stand.Write(90, "Ailleurs");
        await stand.ImportAsync();
        await stand.Library.RefreshAsync(default);
        string[] showing = ["feed.json", "archive/1/feed.rss", "categories/les-delais/feed.atom"];
        var before = await DocumentsAsync(stand, [.. showing, "categories/ailleurs/feed.atom"]);

        var changed = await RenameAsync(stand, "Les Prix", "Tarifs");

        var after = await DocumentsAsync(stand, [.. showing, "categories/ailleurs/feed.atom"]);
        foreach (var path in showing)
        {
            Assert.False(string.Equals(before[path].ETag, after[path].ETag, StringComparison.Ordinal), path);
            Assert.True(before[path].LastModified < after[path].LastModified, path);
            Assert.DoesNotContain("Les Prix", Encoding.UTF8.GetString(after[path].Body.Span), StringComparison.Ordinal);
            Assert.Contains("Tarifs", Encoding.UTF8.GetString(after[path].Body.Span), StringComparison.Ordinal);
        }

        Assert.Same(before["categories/ailleurs/feed.atom"], after["categories/ailleurs/feed.atom"]);
        Assert.Equal(
            [.. ((string[])["les-delais", "les-prix", "tarifs"]).SelectMany(slug => (string[])[$"categories/{slug}/feed.atom", $"categories/{slug}/feed.json", $"categories/{slug}/feed.rss"]), "feed.atom", "feed.json", "feed.rss", "feeds.opml"],
            changed);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_combination_that_says_an_old_slug_leads_to_the_one_with_the_new_and_keeps_its_id(DatabaseProvider provider)
    {
        await using var stand = await FilledAsync(provider);
        var before = Assert.IsType<FeedAnswer.Found>(await stand.Library.AnswerAsync("feed.atom", "categories=les-delais,les-prix", default));
        await RenameAsync(stand, "Les Prix", "Coûts");

        Assert.Equal(new FeedAnswer.Moved("feed.atom?categories=couts,les-delais"), await stand.Library.AnswerAsync("feed.atom", "categories=les-delais,les-prix", default));
        Assert.Equal(new FeedAnswer.Moved("categories/couts/feed.rss"), await stand.Library.AnswerAsync("feed.rss", "categories=couts,les-prix", default));
        Assert.Equal(new FeedAnswer.Moved("categories/couts/feed.rss"), await stand.Library.AnswerAsync("feed.rss", "categories=les-prix", default));
        Assert.Equal(new FeedAnswer.Unknown(), await stand.Library.AnswerAsync("feed.rss", "categories=les-prix,never", default));
        var after = Assert.IsType<FeedAnswer.Found>(await stand.Library.AnswerAsync("feed.atom", "categories=couts,les-delais", default));
        Assert.Equal(Id(before.Document), Id(after.Document));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_process_that_starts_after_the_renaming_writes_the_same_bytes(DatabaseProvider provider)
    {
        await using var stand = await FilledAsync(provider);
        await RenameAsync(stand, "Les Prix", "Tarifs");
        await using var neighbour = stand.Neighbour();
        var library = (FeedLibrary)neighbour.GetService(typeof(FeedLibrary))!;

        foreach (var document in await stand.Library.AllAsync(default))
        {
            var same = (await library.FindAsync(document.Path, default))!;
            Assert.Equal((document.ETag, document.LastModified), (same.ETag, same.LastModified));
        }

        Assert.Equal(new FeedAnswer.Moved("categories/tarifs/feed.json"), await library.AnswerAsync("categories/les-prix/feed.json", "", default));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_miss_asks_the_database_for_nothing(DatabaseProvider provider)
    {
        await using var stand = await FilledAsync(provider);
        await RenameAsync(stand, "Les Prix", "Tarifs");
        await stand.RenameAsync("category", "category_away");

        Assert.Equal(new FeedAnswer.Moved("categories/tarifs/feed.json"), await stand.Library.AnswerAsync("categories/les-prix/feed.json", "", default));
        Assert.Equal(new FeedAnswer.Unknown(), await stand.Library.AnswerAsync("categories/nothing/feed.json", "", default));
        await stand.RenameAsync("category_away", "category");
    }

    [DatabaseTheory, EachDatabase]
    public async Task The_list_of_feeds_has_the_new_name_and_address(DatabaseProvider provider)
    {
        await using var stand = await FilledAsync(provider);
        await RenameAsync(stand, "Les Prix", "Tarifs");

        var list = Encoding.UTF8.GetString((await stand.FindAsync("feeds.opml")).Body.Span);

        Assert.Contains("categories/tarifs/feed.atom", list, StringComparison.Ordinal);
        Assert.DoesNotContain("les-prix", list, StringComparison.Ordinal);
    }

    private static async Task<Newsstand> FilledAsync(DatabaseProvider provider)
    {
        var stand = await Newsstand.OpenAsync(provider);
        for (var number = 1; number <= 36; number++)
        {
            stand.Write(number, number % 5 == 0 ? "Les Prix, Les Délais" : "Les Prix");
        }

        await stand.ImportAsync();
        await stand.Library.RefreshAsync(default);
        return stand;
    }

    private static async Task<IReadOnlyList<string>> RenameAsync(Newsstand stand, string name, string newName)
    {
        Assert.Null((await stand.Renaming.RenameAsync(name, newName, default)).Refusal);
        return await stand.Library.RefreshAsync(default);
    }

    private static async Task<XElement> ReadAsync(Newsstand stand, string path) => FeedWriterTests.Parse((await stand.FindAsync(path)).Body.ToArray()).Root!;

    private static async Task<Dictionary<string, FeedDocument>> DocumentsAsync(Newsstand stand, IEnumerable<string> paths)
    {
        var documents = new Dictionary<string, FeedDocument>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            documents.Add(path, await stand.FindAsync(path));
        }

        return documents;
    }

    private static string Id(FeedDocument document) => FeedWriterTests.Parse(document.Body.ToArray()).Root!.Element(Atom + "id")!.Value;

    private static IEnumerable<string> Entries(XElement feed, string element) => feed.Elements(Atom + "entry").Select(entry => entry.Element(Atom + element)!.Value);
}

using System.Text.Json;
using Feeds.Storage;
using Feeds.Syndication.Publishing;

namespace Feeds.Syndication.Tests;

public sealed class FeedFolderTests
{
    /// <summary>Three feeds in three formats and the list of them, each with two codings.</summary>
    private const int Files = 30;

    [DatabaseTheory, EachDatabase]
    public async Task Every_feed_becomes_a_file_with_the_bytes_time_and_codings_that_are_served(DatabaseProvider provider)
    {
        await using var stand = await OpenAsync(provider);
        using var target = new TestFolder();

        var report = await stand.Folder.WriteAsync(target["public"], default);

        Assert.Equal(new FeedFolderReport(Files, 0, 0), report);
        var tree = PublishedFiles.In(target["public"]);
        Assert.Equal(Files + 1, tree.Count);
        foreach (var document in await stand.Library.AllAsync(default))
        {
            Assert.Equal(PublishedFiles.Of(document.Body, document.LastModified), tree[document.Path]);
            Assert.Equal(PublishedFiles.Of(document.Gzip, document.LastModified), tree[document.Path + ".gz"]);
            Assert.Equal(PublishedFiles.Of(document.Brotli, document.LastModified), tree[document.Path + ".br"]);
        }
    }

    [Fact]
    public async Task The_manifest_names_every_live_document_with_the_entity_tags_that_serve_sends()
    {
        await using var stand = await OpenAsync(DatabaseProvider.Sqlite);
        using var target = new TestFolder();
        await stand.Folder.WriteAsync(target.Path, default);

        using var manifest = JsonDocument.Parse(await File.ReadAllBytesAsync(target[FolderManifest.Name]));

        var documents = (await stand.Library.AllAsync(default)).OrderBy(document => document.Path, StringComparer.Ordinal).ToList();
        Assert.Equal(
            documents.Select(document => (document.Path, document.ETag, document.GzipETag, document.BrotliETag, document.ContentType, document.LastModified)),
            manifest.RootElement.GetProperty("files").EnumerateArray().Select(file => (Text(file, "path"), Text(file, "etag"), Text(file, "gzipEtag"), Text(file, "brotliEtag"), Text(file, "contentType"), file.GetProperty("lastModified").GetDateTimeOffset())));

        static string Text(JsonElement file, string name) => file.GetProperty(name).GetString()!;
    }

    [Fact]
    public async Task Publishing_twice_leaves_every_file_as_it_was()
    {
        await using var stand = await OpenAsync(DatabaseProvider.Sqlite);
        using var target = new TestFolder();
        await stand.Folder.WriteAsync(target.Path, default);
        var before = PublishedFiles.In(target.Path);

        var report = await stand.Folder.WriteAsync(target.Path, default);

        Assert.Equal(new FeedFolderReport(0, Files, 0), report);
        Assert.Equal(before, PublishedFiles.In(target.Path));
    }

    [Theory]
    [InlineData("categories/les-prix/feed.rss")]
    [InlineData("feed.atom.gz")]
    [InlineData("feeds.opml.br")]
    [InlineData(FolderManifest.Name)]
    public async Task A_file_that_somebody_wrote_over_or_took_away_is_mended(string path)
    {
        await using var stand = await OpenAsync(DatabaseProvider.Sqlite);
        using var target = new TestFolder();
        await stand.Folder.WriteAsync(target.Path, default);
        var before = PublishedFiles.In(target.Path);

        target.Write(path, "half of i");
        await stand.Folder.WriteAsync(target.Path, default);
        Assert.Equal(before, PublishedFiles.In(target.Path));

        File.Delete(target[path]);
        await stand.Folder.WriteAsync(target.Path, default);
        Assert.Equal(before, PublishedFiles.In(target.Path));
    }

    [Fact]
    public async Task Feeds_that_are_no_more_are_removed_and_nothing_else_is()
    {
        await using var stand = await OpenAsync(DatabaseProvider.Sqlite);
        using var target = new TestFolder();
        target.Write("categories/gone/feed.rss", "old");
        target.Write("categories/gone/feed.rss.gz", "old");
        target.Write("categories/gone/feed.json", "old");
        target.Write("categories/gone/archive/7/feed.atom", "old");
        target.Write("categories/kept/feed.rss", "old");
        target.Write("categories/kept/index.html", "somebody's page");
        target.Write("categories/notes.txt", "somebody's notes");
        target.Write("archive/2025/notes.txt", "somebody's notes");
        target.Write("other/feed.rss", "somebody else's feed");

        var report = await stand.Folder.WriteAsync(target.Path, default);

        Assert.Equal(new FeedFolderReport(Files, 0, 5), report);
        Assert.False(Directory.Exists(target["categories/gone"]));
        Assert.Equal(
            ["archive/2025/notes.txt", "categories/kept/index.html", "categories/notes.txt", "other/feed.rss"],
            PublishedFiles.In(target.Path).Where(file => file.Value.StartsWith("somebody", StringComparison.Ordinal)).Select(file => file.Key),
            StringComparer.Ordinal);
        Assert.Equal(Files + 5, PublishedFiles.In(target.Path).Count);
    }

    [Theory]
    [InlineData("taken")]
    [InlineData("taken/below")]
    public async Task A_folder_that_cannot_be_written_is_named_with_its_mend(string folder)
    {
        await using var stand = await OpenAsync(DatabaseProvider.Sqlite);
        using var target = new TestFolder();
        target.Write("taken", "a file where the folder should be");

        var refused = await Assert.ThrowsAsync<FeedFolderException>(() => stand.Folder.WriteAsync(target[folder], default));

        Assert.Contains(target[folder], refused.Message, StringComparison.Ordinal);
        Assert.Contains("name another folder", refused.Message, StringComparison.Ordinal);
        Assert.Equal("a file where the folder should be", await File.ReadAllTextAsync(target["taken"]));
    }

    private static async Task<Newsstand> OpenAsync(DatabaseProvider provider)
    {
        var stand = await Newsstand.OpenAsync(provider);
        stand.Write(1, "Les Prix");
        stand.Write(2, "Les Délais");
        await stand.ImportAsync();
        return stand;
    }
}

using Feeds.Storage;

namespace Feeds.Syndication.Tests;

public sealed class FeedFolderTests
{
    [DatabaseTheory, EachDatabase]
    public async Task Every_feed_becomes_a_file_with_the_bytes_that_are_served(DatabaseProvider provider)
    {
        await using var stand = await OpenAsync(provider);
        using var target = new TestFolder();

        var report = await stand.Folder.WriteAsync(target["public"], default);

        Assert.Equal(new FeedFolderReport(10, 0, 0), report);
        Assert.Equal(10, Files(target).Count);
        foreach (var document in await stand.Library.AllAsync(default))
        {
            Assert.Equal(document.Body.ToArray(), await File.ReadAllBytesAsync(target[$"public/{document.Path}"]));
        }
    }

    [Fact]
    public async Task Publishing_twice_leaves_every_file_as_it_was()
    {
        await using var stand = await OpenAsync(DatabaseProvider.Sqlite);
        using var target = new TestFolder();
        await stand.Folder.WriteAsync(target.Path, default);
        var before = Files(target);
        File.SetLastWriteTimeUtc(target["feed.rss"], DateTime.UnixEpoch);

        var report = await stand.Folder.WriteAsync(target.Path, default);

        Assert.Equal(new FeedFolderReport(0, 10, 0), report);
        Assert.Equal(before, Files(target));
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(target["feed.rss"]));
    }

    [Fact]
    public async Task A_damaged_file_is_mended_and_what_a_killed_run_left_is_cleared_away()
    {
        await using var stand = await OpenAsync(DatabaseProvider.Sqlite);
        using var target = new TestFolder();
        await stand.Folder.WriteAsync(target.Path, default);
        var before = Files(target);
        target.Write("categories/les-prix/feed.rss", "half of i");
        target.Write("categories/les-prix/feed.rss.unfinished", "half of i");

        var report = await stand.Folder.WriteAsync(target.Path, default);

        Assert.Equal(new FeedFolderReport(1, 9, 0), report);
        Assert.Equal(before, Files(target));
    }

    [Fact]
    public async Task Feeds_that_are_no_more_are_removed_and_nothing_else_is()
    {
        await using var stand = await OpenAsync(DatabaseProvider.Sqlite);
        using var target = new TestFolder();
        target.Write("categories/gone/feed.rss", "old");
        target.Write("categories/gone/feed.atom", "old");
        target.Write("categories/gone/feed.json", "old");
        target.Write("categories/kept/feed.rss", "old");
        target.Write("categories/kept/index.html", "somebody's page");
        target.Write("categories/notes.txt", "somebody's notes");
        target.Write("other/feed.rss", "somebody else's feed");

        var report = await stand.Folder.WriteAsync(target.Path, default);

        Assert.Equal(new FeedFolderReport(10, 0, 4), report);
        Assert.False(Directory.Exists(target["categories/gone"]));
        Assert.Equal(
            ["categories/kept/index.html", "categories/notes.txt", "other/feed.rss"],
            Files(target).Keys.Except((await stand.Library.AllAsync(default)).Select(document => document.Path), StringComparer.Ordinal).Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
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

    private static SortedDictionary<string, string> Files(TestFolder folder)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories))
        {
            files.Add(Path.GetRelativePath(folder.Path, path).Replace('\\', '/'), File.ReadAllText(path));
        }

        return files;
    }
}

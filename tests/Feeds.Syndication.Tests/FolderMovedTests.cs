using System.Text;
using System.Text.Json;
using Feeds.Storage;
using Feeds.Syndication.Publishing;

namespace Feeds.Syndication.Tests;

/// <summary>What a static host is told of feeds that moved or ended.</summary>
public sealed class FolderMovedTests
{
    private const string New = "https://journal.example/lire/categories/tarifs/";

    [DatabaseTheory, EachDatabase]
    public async Task Old_folders_lead_to_the_new_one_and_ended_ones_are_gone(DatabaseProvider provider)
    {
        await using var stand = await OpenAsync(provider);
        using var target = new TestFolder();
        await stand.Folder.WriteAsync(target.Path, default);
        Assert.False(File.Exists(target[MovedMap.Name]));

        await RenameAsync(stand, "Les Prix", "Coûts");
        await RenameAsync(stand, "Coûts", "Tarifs");
        stand.Write(2, "Les Prix");
        await stand.ImportAsync();
        await stand.Folder.WriteAsync(target.Path, default);

        Assert.Equal(
            $"""
            "/lire/categories/couts/" "{New}" ;
            "/lire/categories/les-delais/" "410" ;
            "/lire/categories/les-prix/" "{New}" ;

            """,
            await File.ReadAllTextAsync(target[MovedMap.Name]));
        using var manifest = JsonDocument.Parse(await File.ReadAllBytesAsync(target[FolderManifest.Name]));
        Assert.Equal("""[{"from":"categories/couts/","to":"categories/tarifs/"},{"from":"categories/les-prix/","to":"categories/tarifs/"}]""", Compact(manifest, "moved"));
        Assert.Equal("""["categories/les-delais/"]""", Compact(manifest, "ended"));
        Assert.False(Directory.Exists(target["categories/les-prix"]));
    }

    [Fact]
    public async Task The_map_is_written_when_something_moved_only_and_goes_with_the_last_that_did()
    {
        await using var stand = await OpenAsync(DatabaseProvider.Sqlite);
        using var target = new TestFolder();
        await RenameAsync(stand, "Les Prix", "Tarifs");
        await stand.Folder.WriteAsync(target.Path, default);
        File.SetLastWriteTimeUtc(target[MovedMap.Name], DateTime.UnixEpoch);

        stand.Write(3, "Tarifs");
        await stand.ImportAsync();
        await stand.Folder.WriteAsync(target.Path, default);
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(target[MovedMap.Name]));

        await RenameAsync(stand, "Tarifs", "Les Prix");
        await stand.Folder.WriteAsync(target.Path, default);
        Assert.Equal("\"/lire/categories/tarifs/\" \"https://journal.example/lire/categories/les-prix/\" ;\n", await File.ReadAllTextAsync(target[MovedMap.Name]));

        // Another publication, in which nothing ever moved.
        await using var other = await OpenAsync(DatabaseProvider.Sqlite);
        await other.Folder.WriteAsync(target.Path, default);
        Assert.False(File.Exists(target[MovedMap.Name]));
    }

    [Fact]
    public async Task Two_processes_write_the_same_map_and_one_that_was_lost_comes_back()
    {
        await using var stand = await OpenAsync(DatabaseProvider.Sqlite);
        await RenameAsync(stand, "Les Prix", "Tarifs");
        using var one = new TestFolder();
        using var other = new TestFolder();
        await stand.Folder.WriteAsync(one.Path, default);
        await using var neighbour = stand.Neighbour();
        await ((FeedFolder)neighbour.GetService(typeof(FeedFolder))!).WriteAsync(other.Path, default);
        Assert.Equal(await File.ReadAllBytesAsync(one[MovedMap.Name]), await File.ReadAllBytesAsync(other[MovedMap.Name]));

        File.Delete(one[MovedMap.Name]);
        await stand.Folder.WriteAsync(one.Path, default);
        Assert.Equal(await File.ReadAllBytesAsync(other[MovedMap.Name]), await File.ReadAllBytesAsync(one[MovedMap.Name]));
    }

    [Fact]
    public async Task Addresses_of_the_map_are_answered_so_by_serve_too()
    {
        await using var stand = await OpenAsync(DatabaseProvider.Sqlite);
        await RenameAsync(stand, "Les Prix", "Tarifs");
        stand.Write(2, "Les Prix");
        await stand.ImportAsync();
        using var target = new TestFolder();
        await stand.Folder.WriteAsync(target.Path, default);
        var manifest = FolderManifest.Read(target.Path)!;

        Assert.NotEmpty(manifest.Moved);
        Assert.NotEmpty(manifest.Ended);
        foreach (var moved in manifest.Moved)
        {
            Assert.Equal(new FeedAnswer.Moved(moved.To + "feed.rss"), await stand.Library.AnswerAsync(moved.From + "feed.rss", "", default));
        }

        foreach (var folder in manifest.Ended)
        {
            Assert.Equal(new FeedAnswer.Ended(), await stand.Library.AnswerAsync(folder + "feed.rss", "", default));
        }
    }

    private static async Task<Newsstand> OpenAsync(DatabaseProvider provider)
    {
        var stand = await Newsstand.OpenAsync(provider);
        stand.Write(1, "Les Prix");
        stand.Write(2, "Les Délais");
        await stand.ImportAsync();
        return stand;
    }

    private static async Task RenameAsync(Newsstand stand, string from, string to) =>
        Assert.Null((await stand.Renaming.RenameAsync(from, to, default)).Refusal);

    private static string Compact(JsonDocument manifest, string property) =>
        Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(manifest.RootElement.GetProperty(property)));
}

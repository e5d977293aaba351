using Feeds.Host.Startup;
using Feeds.Storage;

namespace Feeds.Host.Tests;

public sealed class PublishTests
{
    [SkippableFact]
    public async Task Publishing_twice_and_from_both_databases_gives_the_same_bytes_that_serve_sends()
    {
        using var folder = new TestFolder();
        await using var sqlite = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var postgres = await TestDatabase.CreateAsync(DatabaseProvider.PostgreSql);
        await PublishAsync(folder, sqlite, "one");
        var unchanged = await ProgramProcess.RunAsync(folder.Path, "publish", "one", "--Storage:ConnectionString", sqlite.ConnectionString);
        await PublishAsync(folder, sqlite, "two");
        await PublishAsync(folder, postgres, "three");

        var files = Tree(folder["one"]);
        // The publication with its first archive and nine categories, in three formats, and the list of them.
        Assert.Equal(34, files.Keys.Count(IsFeed));
        // Beside all but the archive lies the same in gzip and in Brotli.
        Assert.Equal(34 + (31 * 2), files.Count);
        Assert.StartsWith("0 written", unchanged.Output, StringComparison.Ordinal);
        Assert.Equal(files, Tree(folder["two"]));
        Assert.Equal(files, Tree(folder["three"]));

        await using var site = await RunningSite.StartAsync(folder, sqlite, "--Publication:BaseUrl=http://localhost:5000");
        foreach (var (file, bytes) in files)
        {
            var path = Path.GetExtension(file) is ".gz" or ".br" ? Path.ChangeExtension(file, null) : file;
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("Accept-Encoding", Path.GetExtension(file) switch { ".gz" => "gzip", ".br" => "br", _ => "identity" });
            using var answer = await site.Client.SendAsync(request);
            Assert.Equal(bytes, Convert.ToHexString(await answer.Content.ReadAsByteArrayAsync()));
            Assert.False(answer.Headers.Contains("Set-Cookie"), path);
            Assert.False(answer.Headers.Contains("Content-Security-Policy"), path);
        }
    }

    private static bool IsFeed(string path) => Path.GetFileName(path) is "feed.rss" or "feed.atom" or "feed.json" or "feeds.opml";

    private static async Task PublishAsync(TestFolder folder, TestDatabase database, string target)
    {
        var imported = await ProgramProcess.RunAsync(folder.Path, "import", ProgramFolders.Sample, "--Storage:ConnectionString", database.ConnectionString);
        Assert.True(imported.ExitCode == 0, imported.Errors);
        var published = await ProgramProcess.RunAsync(folder.Path, "publish", target, "--Storage:ConnectionString", database.ConnectionString);
        Assert.True(published.ExitCode == 0, published.Errors);
    }

    /// <summary>What readers get; the manifest also names the store.</summary>
    private static Dictionary<string, string> Tree(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith("feeds.manifest.json", StringComparison.Ordinal))
            .ToDictionary(file => Path.GetRelativePath(folder, file), file => Convert.ToHexString(File.ReadAllBytes(file)), StringComparer.Ordinal);
}

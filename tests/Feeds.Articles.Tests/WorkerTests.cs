using Feeds.Articles.Worker;
using Feeds.Storage;
using LinqToDB.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Feeds.Articles.Tests;

public sealed class WorkerTests
{
    private const int Refused = 1003;
    private const int FolderGone = 1004;
    private const int FolderBack = 1005;
    private const int TickFailed = 1007;

    [DatabaseTheory, EachDatabase]
    public async Task A_saved_file_is_in_the_store_as_soon_as_the_system_says_so(DatabaseProvider provider)
    {
        using var folder = new TestFolder();
        await using var newsroom = await Newsroom.OpenAsync(provider, ("Articles:Folder", folder.Path));
        var watch = newsroom.Get<FolderWatch>();
        folder.Write("before.md", Text("Before"));
        await watch.TickAsync(default);
        Assert.NotNull(await newsroom.Store.FindAsync("before", default));

        folder.Write("below/after.md", Text("After"));
        await StepUntilAsync(newsroom, async () => await newsroom.Store.FindAsync("after", default) is not null);

        // As editors save: beside it, then in its place.
        folder.Write("before.md.tmp", Text("Mended"));
        File.Move(folder["before.md.tmp"], folder["before.md"], overwrite: true);
        await StepUntilAsync(newsroom, async () => (await newsroom.Store.FindAsync("before", default))!.Title is "Mended");
    }

    [Fact]
    public async Task A_folder_that_is_swapped_behind_its_name_is_found_out()
    {
        using var folder = new TestFolder();
        folder.Write("one/a.md", Text("One"));
        folder.Write("two/a.md", Text("Two, longer"));
        Directory.CreateSymbolicLink(folder["current"], folder["one"]);
        await using var newsroom = await Newsroom.OpenAsync(DatabaseProvider.Sqlite, ("Articles:Folder", folder["current"]));
        var watch = newsroom.Get<FolderWatch>();
        await watch.TickAsync(default);

        File.Delete(folder["current"]);
        Directory.CreateSymbolicLink(folder["current"], folder["two"]);
        await watch.TickAsync(default);
        Assert.Equal("One", (await newsroom.Store.FindAsync("a", default))!.Title);
        newsroom.Clock.Advance(TimeSpan.FromMinutes(1));
        await watch.TickAsync(default);

        Assert.Equal("Two, longer", (await newsroom.Store.FindAsync("a", default))!.Title);
        folder.Write("two/b.md", Text("B"));
        await StepUntilAsync(newsroom, async () => await newsroom.Store.FindAsync("b", default) is not null);
    }

    [Fact]
    public async Task A_folder_that_vanishes_is_said_once_and_nothing_is_lost()
    {
        using var folder = new TestFolder();
        folder.Write("in/a.md", Text("A"));
        await using var newsroom = await Newsroom.OpenAsync(DatabaseProvider.Sqlite, ("Articles:Folder", folder["in"]));
        var watch = newsroom.Get<FolderWatch>();
        await watch.TickAsync(default);

        Directory.Move(folder["in"], folder["away"]);
        for (var step = 0; step < 5; step++)
        {
            newsroom.Clock.Advance(TimeSpan.FromMinutes(1));
            await watch.TickAsync(default);
        }

        Assert.Contains(folder["in"], Assert.Single(newsroom.Book.Of(FolderGone)), StringComparison.Ordinal);
        Assert.NotNull(await newsroom.Store.FindAsync("a", default));
        folder.Write("away/b.md", Text("B"));
        Directory.Move(folder["away"], folder["in"]);
        await watch.TickAsync(default);

        Assert.Single(newsroom.Book.Of(FolderBack));
        Assert.NotNull(await newsroom.Store.FindAsync("b", default));
    }

    [Fact]
    public async Task A_refusal_is_said_once_and_again_when_it_is_another()
    {
        using var folder = new TestFolder();
        await using var newsroom = await Newsroom.OpenAsync(DatabaseProvider.Sqlite, ("Articles:Folder", folder.Path));
        var watch = newsroom.Get<FolderWatch>();
        folder.Write("a.md", Text("A"));
        folder.Write("b.md", "---\ntitle: B\ndate: 2026-03-01\nslug: a\n---\n");
        folder.Write("c.md", "nothing");
        folder.Write("d.md", "---\ntitle: D\ndate: 2026-03-01\nimage: missing.png\n---\n");

        for (var step = 0; step < 3; step++)
        {
            await watch.TickAsync(default);
            newsroom.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(3, newsroom.Book.Of(Refused).Count);

        // What the refusals spoke of is mended: b by a file that goes, d by a picture that comes.
        File.Delete(folder["a.md"]);
        await File.WriteAllBytesAsync(folder["missing.png"], PictureTests.Png);
        await watch.TickAsync(default);

        Assert.Equal("B", (await newsroom.Store.FindAsync("a", default))!.Title);
        Assert.NotNull((await newsroom.Store.FindAsync("d", default))!.Image);
        Assert.Equal(3, newsroom.Book.Of(Refused).Count);
    }

    [Fact]
    public async Task A_step_that_fails_is_said_and_the_next_one_goes_on()
    {
        await using var newsroom = await Newsroom.OpenAsync(DatabaseProvider.Sqlite);
        newsroom.Write("soon.md", "Soon", "2026-03-10T12:01:00Z");
        await newsroom.ImportAsync();
        var database = newsroom.Get<Database>();
        await SayAsync(database, "ALTER TABLE publication RENAME TO hidden");
        newsroom.Clock.Advance(TimeSpan.FromMinutes(2));

        var loop = newsroom.Get<PublisherLoop>();
        await loop.StartAsync(default);
        await StepUntilAsync(newsroom, () => Task.FromResult(newsroom.Book.Of(TickFailed).Count == 1));
        await SayAsync(database, "ALTER TABLE hidden RENAME TO publication");
        await StepUntilAsync(newsroom, async () => await newsroom.Store.FindAsync("soon", default) is not null);
        await loop.StopAsync(default);

        Assert.Single(newsroom.Book.Of(TickFailed));
    }

    [Fact]
    public async Task Without_a_folder_there_is_nothing_to_watch()
    {
        await using var newsroom = await Newsroom.OpenAsync(DatabaseProvider.Sqlite);

        await newsroom.Get<FolderWatch>().TickAsync(default);

        Assert.Equal(2, newsroom.Get<IEnumerable<IHostedService>>().Count());
        Assert.Equal(0, (await newsroom.Store.StateAsync(default)).Change);
    }

    [Theory]
    [InlineData("Publication:BaseUrl", "blog.example")]
    [InlineData("Publication:BaseUrl", "ftp://blog.example")]
    [InlineData("Publication:BaseUrl", "https://blog.example/?a=b")]
    [InlineData("Publication:Title", "   ")]
    [InlineData("Publication:Language", "klingon!")]
    [InlineData("Publication:Language", "")]
    [InlineData("Publication:TimeZone", "Europe/Atlantis")]
    [InlineData("Publication:TimeZone", "Romance Standard Time")]
    [InlineData("Articles:Folder", "/no/such/folder")]
    public async Task A_wrong_setting_stops_the_start_by_its_key(string key, string value)
    {
        await using var newsroom = await Newsroom.OpenAsync(DatabaseProvider.Sqlite, (key, value));

        var refused = Assert.Throws<OptionsValidationException>(newsroom.Get<IStartupValidator>().Validate);

        var sentence = Assert.Single(refused.Failures);
        Assert.StartsWith(key, sentence, StringComparison.Ordinal);
        Assert.Contains("write ", sentence, StringComparison.Ordinal);
    }

    private static string Text(string title) => $"---\ntitle: {title}\ndate: 2026-03-01\n---\n";

    private static async Task SayAsync(Database database, string sql) =>
        await database.WriteAsync(connection => connection.ExecuteAsync(sql), default);

    /// <summary>
    /// Moves the room's clock on in small steps, by less than the five seconds after which a folder is looked through
    /// unasked, and waits in real time for what the system has to say.
    /// </summary>
    private static async Task StepUntilAsync(Newsroom newsroom, Func<Task<bool>> isReached)
    {
        for (var step = 0; step < 100; step++)
        {
            await newsroom.Get<FolderWatch>().TickAsync(default);
            if (await isReached())
            {
                return;
            }

            newsroom.Clock.Advance(TimeSpan.FromMilliseconds(45));
            await Task.Delay(TimeSpan.FromMilliseconds(step < 20 ? 20 : 200), TimeProvider.System);
        }

        Assert.Fail("It was not reached in good time.");
    }
}

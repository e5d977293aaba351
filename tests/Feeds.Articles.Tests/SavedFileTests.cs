using Feeds.Articles.Worker;
using Feeds.Storage;

namespace Feeds.Articles.Tests;

/// <summary>What becomes of single files while their folder is watched; within five seconds of the clock, after which it would be looked through anyway.</summary>
public sealed class SavedFileTests
{
    private const int Refused = 1003;

    [Fact]
    public async Task A_file_that_is_still_being_written_does_not_show_half_of_itself()
    {
        await using var desk = await Desk.OpenAsync();
        desk.Write("a.md", "Old text.\n");
        desk.Write("new.md", "Beginning of");
        await desk.UntilAsync("a", "<p>Old text.</p>");
        desk.Write("a.md", "Beginning of the new te");
        await desk.WitnessAsync("one");

        Assert.Equal("<p>Old text.</p>", await desk.HtmlAsync("a"));
        desk.Write("a.md", "Beginning of the new text, and its end.\n");
        await desk.UntilAsync("a", "<p>Beginning of the new text, and its end.</p>");

        // An editor that ends no line: what has not changed for a while is done.
        desk.Write("a.md", "No line ends here");
        await desk.UntilAsync("a", "<p>No line ends here</p>");
        await desk.UntilAsync("new", "<p>Beginning of</p>");
    }

    [Fact]
    public async Task A_file_that_its_editor_emptied_first_keeps_its_article_and_its_slug()
    {
        await using var desk = await Desk.OpenAsync();
        desk.Write("a.md", "A\n");
        desk.Write("later.md", "B\n", date: "2026-03-02", slug: "a");
        await desk.UntilAsync("a", "<p>A</p>");
        await desk.UntilRefusedAsync(1);

        await File.WriteAllTextAsync(desk.Folder["a.md"], "");
        await desk.WitnessAsync("one");
        var meanwhile = await desk.HtmlAsync("a");
        desk.Write("a.md", "A, and more.\n");
        await desk.UntilAsync("a", "<p>A, and more.</p>");

        Assert.Equal("<p>A</p>", meanwhile);
        Assert.Single(desk.Newsroom.Book.Of(Refused));
    }

    [Fact]
    public async Task A_file_gets_the_slug_of_one_that_goes_and_loses_it_to_an_older_one()
    {
        await using var desk = await Desk.OpenAsync();
        desk.Write("first.md", "First\n", date: "2026-02-01", slug: "same");
        desk.Write("second.md", "Second\n", date: "2026-02-02", slug: "same");
        await desk.UntilAsync("same", "<p>First</p>");
        await desk.UntilRefusedAsync(1);
        Assert.StartsWith("second.md", desk.Newsroom.Book.Of(Refused)[0], StringComparison.Ordinal);

        File.Delete(desk.Folder["first.md"]);
        await desk.UntilAsync("same", "<p>Second</p>");
        desk.Write("zero.md", "Zero\n", date: "2026-01-01", slug: "same");
        await desk.UntilAsync("same", "<p>Zero</p>");

        Assert.StartsWith("second.md", desk.Newsroom.Book.Of(Refused)[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_renamed_file_is_the_same_article_under_its_new_name()
    {
        await using var desk = await Desk.OpenAsync();
        desk.Write("old-name.md", "Text\n");
        await desk.UntilAsync("old-name", "<p>Text</p>");

        desk.Folder.Write("new-name.md.tmp", "---\ntitle: T\ndate: 2026-03-01\nformerly: old-name\n---\nText\n");
        File.Delete(desk.Folder["old-name.md"]);
        File.Move(desk.Folder["new-name.md.tmp"], desk.Folder["new-name.md"]);
        await desk.UntilAsync("new-name", "<p>Text</p>");

        Assert.Equal("new-name", await desk.Newsroom.Store.FindRenamedAsync("old-name", default));
        Assert.Equal(1, (await desk.Newsroom.Store.StateAsync(default)).Sequence);
    }

    [Fact]
    public async Task A_folder_that_comes_brings_its_articles_and_one_that_goes_frees_their_slugs()
    {
        await using var desk = await Desk.OpenAsync();
        using var outside = new TestFolder();
        outside.Write("deep/below/a.md", "---\ntitle: A\ndate: 2026-01-01\n---\nfrom the folder\n");

        Directory.Move(outside["deep"], desk.Folder["deep"]);
        await desk.UntilAsync("a", "<p>from the folder</p>");
        desk.Write("other.md", "another\n", slug: "a");
        await desk.WitnessAsync("one");
        Assert.Equal("<p>from the folder</p>", await desk.HtmlAsync("a"));
        Directory.Move(desk.Folder["deep"], outside["deep"]);

        await desk.UntilAsync("a", "<p>another</p>");
    }

    [Fact]
    public async Task A_picture_that_comes_after_its_article_mends_it()
    {
        await using var desk = await Desk.OpenAsync();
        desk.Folder.Write("a.md", "---\ntitle: A\ndate: 2026-01-01\nimage: p.png\n---\ntext\n");
        await desk.WitnessAsync("one");
        Assert.Null(await desk.Newsroom.Store.FindAsync("a", default));

        await File.WriteAllBytesAsync(desk.Folder["p.png"], PictureTests.Png);
        await desk.UntilAsync("a", "<p>text</p>");

        Assert.NotNull((await desk.Newsroom.Store.FindAsync("a", default))!.Image);
    }

    /// <summary>A newsroom whose folder is watched and known.</summary>
    private sealed class Desk(Newsroom newsroom, TestFolder folder) : IAsyncDisposable
    {
        public Newsroom Newsroom => newsroom;

        public TestFolder Folder => folder;

        public static async Task<Desk> OpenAsync()
        {
            var folder = new TestFolder();
            var newsroom = await Newsroom.OpenAsync(DatabaseProvider.Sqlite, ("Articles:Folder", folder.Path));
            await newsroom.Get<FolderWatch>().TickAsync(default);
            return new Desk(newsroom, folder);
        }

        public void Write(string name, string body, string date = "2026-03-01", string? slug = null) =>
            folder.Write(name, $"---\ntitle: T\ndate: {date}\n{(slug is null ? "" : $"slug: {slug}\n")}---\n{body}");

        public async Task<string?> HtmlAsync(string slug) => (await newsroom.Store.FindAsync(slug, default))?.Html;

        /// <summary>Takes steps until the article reads so.</summary>
        public Task UntilAsync(string slug, string html) =>
            StepUntilAsync(async () => string.Equals(await HtmlAsync(slug), html, StringComparison.Ordinal), () => $"{slug} reads {html}");

        /// <summary>Takes steps until so many refusals were said.</summary>
        public Task UntilRefusedAsync(int count) =>
            StepUntilAsync(() => Task.FromResult(newsroom.Book.Of(Refused).Count == count), () => $"{count} files are refused");

        /// <summary>Writes a file that is done at once: when it is in the store, the system has told of all before it.</summary>
        public async Task WitnessAsync(string slug)
        {
            Write($"{slug}.md", "Witness.\n");
            await UntilAsync(slug, "<p>Witness.</p>");
        }

        public async ValueTask DisposeAsync()
        {
            await newsroom.DisposeAsync();
            folder.Dispose();
        }

        private Task StepUntilAsync(Func<Task<bool>> isReached, Func<string> what) =>
            Eventually.TrueAsync(
                async () =>
                {
                    newsroom.Clock.Advance(TimeSpan.FromMilliseconds(5));
                    await newsroom.Get<FolderWatch>().TickAsync(default);
                    return await isReached();
                },
                what,
                within: TimeSpan.FromSeconds(15));
    }
}

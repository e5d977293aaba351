using System.Globalization;
using Feeds.Storage;

namespace Feeds.Articles.Tests;

/// <summary>What an import need not do again, and when it has to all the same.</summary>
public sealed class UnchangedFilesTests
{
    private static readonly DateTime LongAgo = new(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc);

    [DatabaseTheory, EachDatabase]
    public async Task A_file_left_alone_since_its_import_is_not_read_again(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        var file = Write(newsroom, "a.md", "one", LongAgo, "formerly: [b, c]", "slug: a");
        Assert.Equal(1, (await newsroom.ImportAsync()).Added);

        // Only who does not read it overlooks this.
        Write(newsroom, "a.md", "two", LongAgo, "formerly: [b, c]", "slug: a");
        var unread = await newsroom.ImportAsync();
        File.SetLastWriteTimeUtc(file, LongAgo.AddTicks(10_000));
        var read = await newsroom.ImportAsync();

        Assert.Equal((0, 0, 1), (unread.Added, unread.Changed, unread.Unchanged));
        Assert.Equal((0, 1, 0), (read.Added, read.Changed, read.Unchanged));
        Assert.Equal("<p>two</p>", (await newsroom.Store.FindAsync("a", default))!.Html);
        Assert.Equal("a", await newsroom.Store.FindRenamedAsync("c", default));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_file_just_written_is_read_again_however_alike_it_looks(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        var now = Newsroom.Noon.UtcDateTime;
        Write(newsroom, "a.md", "one", now);
        await newsroom.ImportAsync();

        Write(newsroom, "a.md", "two", now);

        Assert.Equal(1, (await newsroom.ImportAsync()).Changed);
    }

    [DatabaseTheory, EachDatabase]
    public async Task What_another_folder_made_of_an_article_is_put_back(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        using var other = new TestFolder();
        Write(newsroom, "a.md", "ours", LongAgo);
        other.Write("a.md", "---\ntitle: A\ndate: 2026-03-01\n---\ntheirs\n");
        File.SetLastWriteTimeUtc(other["a.md"], LongAgo);
        await newsroom.ImportAsync();

        var theirs = await newsroom.Get<FolderImport>().ImportAsync(other.Path, default);
        var ours = await newsroom.ImportAsync();
        var again = await newsroom.ImportAsync();

        Assert.Equal((1, 1, 0), (theirs.Changed, ours.Changed, again.Changed));
        Assert.Equal("<p>ours</p>", (await newsroom.Store.FindAsync("a", default))!.Html);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Another_time_zone_makes_another_article_of_the_same_file(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        Write(newsroom, "a.md", "text", LongAgo);
        await newsroom.ImportAsync();
        var before = (await newsroom.Store.FindAsync("a", default))!.Published;
        await using var elsewhere = newsroom.Neighbour(("Publication:TimeZone", "Europe/Lisbon"));

        var report = await ((FolderImport)elsewhere.GetService(typeof(FolderImport))!).ImportAsync(newsroom.Folder.Path, default);

        Assert.Equal(1, report.Changed);
        Assert.Equal(before.AddHours(1), (await newsroom.Store.FindAsync("a", default))!.Published);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_picture_that_changed_is_found_out_though_the_text_did_not(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        await File.WriteAllBytesAsync(newsroom.Folder["p.png"], PictureTests.Png);
        File.SetLastWriteTimeUtc(newsroom.Folder["p.png"], LongAgo);
        Write(newsroom, "a.md", "![x](p.png) ![y](lacking.png)", LongAgo);
        await newsroom.ImportAsync();
        var before = (await newsroom.Store.FindAsync("a", default))!.Html;
        Assert.Equal(1, (await newsroom.ImportAsync()).Unchanged);

        await File.WriteAllBytesAsync(newsroom.Folder["p.png"], [.. PictureTests.Png, 1]);
        var changed = await newsroom.ImportAsync();
        await File.WriteAllBytesAsync(newsroom.Folder["lacking.png"], PictureTests.Png);
        var found = await newsroom.ImportAsync();

        Assert.Equal((1, 1), (changed.Changed, found.Changed));
        Assert.NotEqual(before, (await newsroom.Store.FindAsync("a", default))!.Html, StringComparer.Ordinal);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Two_who_import_the_same_folder_at_once_do_not_hinder_each_other(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        await using var neighbour = newsroom.Neighbour();
        for (var number = 0; number < 300; number++)
        {
            Write(newsroom, string.Create(CultureInfo.InvariantCulture, $"{number}.md"), "text", LongAgo);
        }

        var imports = Enumerable.Range(0, 6).Select(index => Task.Run(() => (index % 2 == 0 ? newsroom.Get<FolderImport>() : (FolderImport)neighbour.GetService(typeof(FolderImport))!).ImportAsync(newsroom.Folder.Path, default)));
        var reports = await Task.WhenAll(imports);

        Assert.Equal(300, reports.Sum(report => report.Added));
        Assert.Equal(300, (await newsroom.ImportAsync()).Unchanged);
    }

    [DatabaseTheory, EachDatabase]
    public async Task An_import_that_is_stopped_keeps_whole_batches_and_the_next_goes_on(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        const int Count = 1_600;
        for (var number = 0; number < Count; number++)
        {
            Write(newsroom, string.Create(CultureInfo.InvariantCulture, $"{number:0000}.md"), "text", LongAgo);
        }

        using var stop = new CancellationTokenSource();
        var committed = newsroom.Get<ChangeSignal>().Next;
        var import = newsroom.Get<FolderImport>().ImportAsync(newsroom.Folder.Path, stop.Token);
        await committed;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => import);
        var kept = (await newsroom.Store.StateAsync(default)).Sequence;

        var report = await newsroom.ImportAsync();

        Assert.Equal(0, kept % 500);
        Assert.InRange(kept, 500, Count - 1);
        Assert.Equal((Count - kept, kept), (report.Added, report.Unchanged));
        var slugs = (await newsroom.Store.PublishedAsync(0, Count, default)).Select(article => article.Slug);
        Assert.Equal(Enumerable.Range(0, Count).Select(number => number.ToString("0000", CultureInfo.InvariantCulture)), slugs, StringComparer.Ordinal);
    }

    private static string Write(Newsroom newsroom, string name, string body, DateTime written, params string[] lines)
    {
        var file = newsroom.Write(name, "A", "2026-03-01", body, lines);
        File.SetLastWriteTimeUtc(file, written);
        return file;
    }
}

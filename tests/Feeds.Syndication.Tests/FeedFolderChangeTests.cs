using System.Globalization;
using Feeds.Storage;
using FsCheck.Xunit;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Syndication.Tests;

/// <summary>A published folder while the publication changes, and when a run is stopped.</summary>
public sealed class FeedFolderChangeTests
{
    private static readonly string[] Categories = ["Les Prix", "Les Délais", "Les Retours", "L’été"];

    /// <summary>Numbers choose what happens: a new article, an edit, a withdrawal, other categories, a renaming; some of them at once.</summary>
    [Property(MaxTest = 10)]
    public async Task What_was_published_step_by_step_is_what_a_new_folder_gets(byte[] happenings)
    {
        await using var stand = await OpenAsync(DatabaseProvider.Sqlite, articles: 36);
        using var grown = new TestFolder();
        using var fresh = new TestFolder();
        await stand.Folder.WriteAsync(grown.Path, default);

        foreach (var happening in happenings.Take(12))
        {
            await HappenAsync(stand, happening);
            if (happening % 3 > 0)
            {
                await stand.Folder.WriteAsync(grown.Path, default);
            }
        }

        await stand.Folder.WriteAsync(grown.Path, default);
        await stand.Folder.WriteAsync(fresh.Path, default);
        Assert.Equal(PublishedFiles.In(fresh.Path), PublishedFiles.In(grown.Path));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_changed_article_touches_the_files_of_its_own_feeds_only(DatabaseProvider provider)
    {
        await using var stand = await OpenAsync(provider, articles: 70);
        using var target = new TestFolder();
        await stand.Folder.WriteAsync(target.Path, default);
        var before = PublishedFiles.In(target.Path);

        stand.Clock.Advance(TimeSpan.FromMinutes(1));
        stand.Write(2, Categories[2], "Un autre texte.");
        await stand.ImportAsync();
        var report = await stand.Folder.WriteAsync(target.Path, default);

        // It is in no live feed any more, and in one archive of all and one of its category.
        var changed = PublishedFiles.In(target.Path).Except(before).Select(file => file.Key).ToList();
        Assert.Equal(["archive/1/feed.atom", "archive/1/feed.json", "archive/1/feed.rss", "categories/les-retours/archive/1/feed.atom", "categories/les-retours/archive/1/feed.json", "categories/les-retours/archive/1/feed.rss"], changed.Where(path => path.Contains("archive/", StringComparison.Ordinal)), StringComparer.Ordinal);
        Assert.DoesNotContain(changed, path => path.Contains("les-prix", StringComparison.Ordinal));
        Assert.Equal(changed.Count - 1, report.Written);
    }

    [Fact]
    public async Task The_files_and_archives_of_a_category_that_ended_go()
    {
        await using var stand = await OpenAsync(DatabaseProvider.Sqlite, articles: 70);
        using var target = new TestFolder();
        await stand.Folder.WriteAsync(target.Path, default);
        Assert.True(File.Exists(target["categories/les-retours/archive/1/feed.rss"]));

        for (var number = 1; number <= 70; number++)
        {
            stand.Write(number, Categories[0]);
        }

        await stand.ImportAsync();
        await stand.Folder.WriteAsync(target.Path, default);

        Assert.Equal([target["categories/les-prix"]], Directory.GetDirectories(target["categories"]));
    }

    [Fact]
    public async Task A_run_that_is_stopped_anywhere_leaves_the_old_tree_or_what_the_next_run_ends()
    {
        await using var stand = await OpenAsync(DatabaseProvider.Sqlite, articles: 20);
        using var old = new TestFolder();
        await stand.Folder.WriteAsync(old.Path, default);
        stand.Clock.Advance(TimeSpan.FromMinutes(1));
        stand.Write(21, "\"L’été\", Les Prix");
        stand.Write(4, Categories[0]);
        await stand.ImportAsync();
        using var wanted = new TestFolder();
        await stand.Folder.WriteAsync(wanted.Path, default);
        var (before, after) = (PublishedFiles.In(old.Path), PublishedFiles.In(wanted.Path));

        var steps = await StepsAsync(stand, old, int.MaxValue);
        var decided = steps.IndexOf("name journal");
        Assert.True(decided > 10 && steps.Count > decided + 10, string.Join(", ", steps));
        for (var stop = 0; stop < steps.Count; stop++)
        {
            using var target = Copy(old);
            await StepsAsync(stand, target, stop, keep: true);
            var stopped = Published(target);
            if (stop <= decided)
            {
                Assert.Equal(before, stopped);
            }

            // Never half a file, nor one that is neither here nor there.
            Assert.All(stopped, file => Assert.True(before.Contains(file) || after.Contains(file), file.Key));
            Assert.Empty(before.Keys.Intersect(after.Keys, StringComparer.Ordinal).Except(stopped.Keys, StringComparer.Ordinal));

            await stand.Folder.WriteAsync(target.Path, default);
            Assert.Equal(after, PublishedFiles.In(target.Path));
        }
    }

    [Fact]
    public async Task A_second_run_into_the_same_folder_is_refused_while_the_first_goes_on()
    {
        await using var stand = await OpenAsync(DatabaseProvider.Sqlite, articles: 2);
        using var target = new TestFolder();
        FeedFolderException? refused = null;
        await using var neighbour = stand.Neighbour();
        stand.Folder.Step = step => refused ??= step.Equals("write journal", StringComparison.Ordinal)
            ? Assert.ThrowsAsync<FeedFolderException>(() => neighbour.GetRequiredService<FeedFolder>().WriteAsync(target.Path, default)).GetAwaiter().GetResult()
            : null;

        await stand.Folder.WriteAsync(target.Path, default);

        Assert.StartsWith($"Another run publishes to {target.Path} just now.", refused!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(PublishedFiles.In(target.Path).Keys, path => path.StartsWith(".feeds", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_folder_of_another_store_is_compared_as_a_whole()
    {
        await using var one = await OpenAsync(DatabaseProvider.Sqlite, articles: 20);
        await using var other = await OpenAsync(DatabaseProvider.Sqlite, articles: 24);
        using var target = new TestFolder();
        using var fresh = new TestFolder();
        await other.Folder.WriteAsync(target.Path, default);

        await one.Folder.WriteAsync(target.Path, default);
        await one.Folder.WriteAsync(fresh.Path, default);

        Assert.Equal(PublishedFiles.In(fresh.Path), PublishedFiles.In(target.Path));
    }

    [Theory, Attack(23)]
    [InlineData("categories")]
    [InlineData("categories/les-prix")]
    [InlineData("archive")]
    public async Task A_link_that_leads_out_of_the_folder_is_named_and_nothing_is_written_behind_it(string link)
    {
        await using var stand = await OpenAsync(DatabaseProvider.Sqlite, articles: 20);
        using var target = new TestFolder();
        using var outside = new TestFolder();
        Directory.CreateDirectory(Path.GetDirectoryName(target[link])!);
        Directory.CreateSymbolicLink(target[link], outside.Path);

        var refused = await Assert.ThrowsAsync<FeedFolderException>(() => stand.Folder.WriteAsync(target.Path, default));

        Assert.Contains(target[link], refused.Message, StringComparison.Ordinal);
        Assert.Empty(PublishedFiles.In(outside.Path));
    }

    private static async Task<Newsstand> OpenAsync(DatabaseProvider provider, int articles)
    {
        var stand = await Newsstand.OpenAsync(provider);
        for (var number = 1; number <= articles; number++)
        {
            stand.Write(number, Categories[number % 3]);
        }

        await stand.ImportAsync();
        return stand;
    }

    private static async Task HappenAsync(Newsstand stand, byte happening)
    {
        stand.Clock.Advance(TimeSpan.FromMinutes(1));
        var some = 1 + (happening * 7 % stand.Numbered);
        var text = string.Create(CultureInfo.InvariantCulture, $"Texte n° {happening} de {stand.Clock.GetUtcNow():t}.");
        switch (happening % 5)
        {
            case 0:
                stand.Write(stand.Numbered + 1, $"{Categories[happening % 4]}, {Categories[happening % 3]}", text);
                break;
            case 1:
                stand.Write(some, Categories[some % 3], text);
                break;
            case 2:
                stand.Write(some, Categories[some % 3], text, "status: removed\n");
                break;
            case 3:
                stand.Write(some, Categories[happening % 4], text);
                break;
            default:
                var categories = await stand.Store.CategoriesAsync(default);
                await stand.Renaming.RenameAsync(categories[happening % categories.Count].Category.Name, string.Create(CultureInfo.InvariantCulture, $"Rubrique {happening}"), default);
                break;
        }

        await stand.ImportAsync();
    }

    /// <summary>The steps of a run that is stopped before the one of that number, as by a signal that leaves no time.</summary>
    private static async Task<List<string>> StepsAsync(Newsstand stand, TestFolder folder, int stop, bool keep = false)
    {
        using var copy = keep ? null : Copy(folder);
        var steps = new List<string>();
        stand.Folder.Step = step =>
        {
            lock (steps)
            {
                if (steps.Count >= stop)
                {
                    throw new StoppedException();
                }

                steps.Add(step);
            }
        };
        try
        {
            await stand.Folder.WriteAsync((copy ?? folder).Path, default);
        }
        catch (Exception stopped) when (stopped is StoppedException || stopped.GetBaseException() is StoppedException)
        {
            // That is what was asked for.
        }
        finally
        {
            stand.Folder.Step = _ => { };
        }

        return steps;
    }

    private static SortedDictionary<string, string> Published(TestFolder folder)
    {
        var files = PublishedFiles.In(folder.Path);
        foreach (var path in files.Keys.Where(path => path.StartsWith(".feeds-", StringComparison.Ordinal)).ToList())
        {
            files.Remove(path);
        }

        return files;
    }

    private static TestFolder Copy(TestFolder folder)
    {
        var copy = new TestFolder();
        foreach (var path in PublishedFiles.In(folder.Path).Keys)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(copy[path])!);
            File.Copy(folder[path], copy[path]);
        }

        return copy;
    }

    private sealed class StoppedException : Exception;
}

using Feeds.Articles;
using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Feeds.Syndication.Tests;

public sealed class SyndicationWorkerTests
{
    [Fact]
    public async Task A_store_that_cannot_be_read_is_told_once_and_so_is_its_return()
    {
        var log = new Notebook();
        await using var stand = await Newsstand.OpenAsync(DatabaseProvider.Sqlite);
        var worker = new SyndicationWorker(stand.Library, stand.Signal, log);
        stand.Write(1, "Les Prix");
        await stand.ImportAsync();
        await worker.TickAsync(default);
        var before = await stand.FindAsync("feed.rss");

        await stand.RenameAsync("publication", "elsewhere");
        await worker.TickAsync(default);
        await worker.TickAsync(default);
        var meanwhile = await stand.FindAsync("feed.rss");
        await stand.RenameAsync("elsewhere", "publication");
        await worker.TickAsync(default);
        await worker.TickAsync(default);

        Assert.Same(before, meanwhile);
        Assert.Equal([2001, 2002, 2003], log.Events);
        worker.Dispose();
    }

    [Fact]
    public async Task While_serving_a_change_comes_into_the_feeds_at_once()
    {
        await using var stand = await Newsstand.OpenAsync(DatabaseProvider.Sqlite);
        using var worker = new SyndicationWorker(stand.Library, stand.Signal, new Notebook());
        await worker.StartAsync(default);
        var empty = await stand.FindAsync("feed.rss");
        stand.Write(1, "Les Prix");
        await stand.ImportAsync();

        // The clock stands still: no look that comes by itself.
        await Eventually.TrueAsync(async () => !ReferenceEquals(empty, await stand.FindAsync("feed.rss")), () => "the article is in the feed");

        await worker.StopAsync(default);
    }

    [Fact]
    public async Task What_another_process_changed_comes_into_the_feeds_by_itself()
    {
        await using var stand = await Newsstand.OpenAsync(DatabaseProvider.Sqlite);
        await using var neighbour = stand.Neighbour();
        using var worker = new SyndicationWorker(stand.Library, stand.Signal, new Notebook());
        await worker.StartAsync(default);
        var empty = await stand.FindAsync("feed.rss");
        stand.Write(1, "Les Prix");
        await neighbour.GetRequiredService<FolderImport>().ImportAsync(stand.Articles.Path, default);

        await Eventually.TrueAsync(
            async () =>
            {
                stand.Clock.Advance(TimeSpan.FromMilliseconds(500));
                return !ReferenceEquals(empty, await stand.FindAsync("feed.rss"));
            },
            () => "the article is in the feed");

        await worker.StopAsync(default);
    }

    private sealed class Notebook : ILogger<SyndicationWorker>
    {
        public List<int> Events { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Events.Add(eventId.Id);
    }
}

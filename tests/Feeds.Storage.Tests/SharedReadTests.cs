using System.Threading.Channels;
using Xunit;

namespace Feeds.Storage.Tests;

public sealed class SharedReadTests
{
    private static readonly CancellationToken Never = CancellationToken.None;

    [Fact]
    public async Task Who_asks_while_a_read_runs_gets_the_next_one()
    {
        var store = new Store();
        var first = store.Shared.ReadAsync(Never);
        await store.BeganAsync(1);
        var second = store.Shared.ReadAsync(Never);
        store.Finish("before the question");
        Assert.Equal("before the question", await first);
        await store.BeganAsync(2);
        store.Finish("after it");
        Assert.Equal("after it", await second);
    }

    [Fact]
    public async Task However_many_ask_meanwhile_share_one_read()
    {
        var store = new Store();
        var first = store.Shared.ReadAsync(Never);
        await store.BeganAsync(1);
        var others = Enumerable.Range(0, 1_000).Select(_ => store.Shared.ReadAsync(Never)).ToList();
        store.Finish("one");
        await store.BeganAsync(2);
        store.Finish("for all");
        Assert.Equal("one", await first);
        Assert.All(await Task.WhenAll(others), text => Assert.Equal("for all", text));
        Assert.Equal(2, store.Count);
    }

    [Fact]
    public async Task A_read_that_fails_fails_for_its_askers_alone()
    {
        var store = new Store();
        var first = store.Shared.ReadAsync(Never);
        await store.BeganAsync(1);
        var second = store.Shared.ReadAsync(Never);
        store.Fail(new StorageException("The disk is away."));
        await store.BeganAsync(2);
        store.Finish("back");
        await Assert.ThrowsAsync<StorageException>(() => first);
        Assert.Equal("back", await second);
    }

    [Fact]
    public async Task Who_gives_up_takes_nobodys_answer_away()
    {
        var store = new Store();
        using var gone = new CancellationTokenSource();
        var first = store.Shared.ReadAsync(gone.Token);
        var beside = store.Shared.ReadAsync(Never);
        await store.BeganAsync(1);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        store.Finish("read");
        Assert.Equal("read", await beside);
    }

    /// <summary>Reads when it is told to.</summary>
    private sealed class Store
    {
        private readonly Channel<int> began = Channel.CreateUnbounded<int>();
        private TaskCompletionSource<string> current = new();

        public Store() => Shared = new SharedRead<string>(ReadAsync);

        public SharedRead<string> Shared { get; }

        public int Count { get; private set; }

        public async Task BeganAsync(int count) => Assert.Equal(count, await began.Reader.ReadAsync());

        public void Finish(string text) => current.SetResult(text);

        public void Fail(Exception reason) => current.SetException(reason);

        private Task<string> ReadAsync()
        {
            Count++;
            current = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            began.Writer.TryWrite(Count);
            return current.Task;
        }
    }
}

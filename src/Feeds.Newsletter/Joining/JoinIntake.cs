using System.Threading.Channels;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using Microsoft.Extensions.Options;

namespace Feeds.Newsletter.Joining;

/// <summary>A request whose words were checked.</summary>
/// <param name="Email">As it is to be stored.</param>
/// <param name="Wish">What is asked for, as it is to be stored.</param>
/// <param name="Keys">What it counts under.</param>
/// <param name="Worth">What it shows for itself.</param>
internal sealed record JoinEntry(string Email, string Wish, JoinKeys Keys, JoinWorth Worth);

/// <summary>
/// Where requests are taken down: whatever has gathered while the last transaction ran goes into the next one, so that a
/// thousand a second cost a few transactions. What is stored and how long it takes doesn't depend on who is known here;
/// what steps later finds that out, later and on its own time.
/// </summary>
internal sealed class JoinIntake(Database database, IOptions<NewsletterOptions> options, JoinSignal signal, TimeProvider clock)
{
    private const int MostQueued = 4_096;
    private const int MostAtOnce = 500;
    private readonly Channel<Gathered> queue = Channel.CreateBounded<Gathered>(MostQueued);
    private int draining;

    private JoinOptions Limits => options.Value.Join;

    /// <returns>Whether it was taken, durably; false where there is no room now, for anybody.</returns>
    public async Task<bool> TakeAsync(JoinEntry entry)
    {
        var gathered = new Gathered(entry);
        if (!queue.Writer.TryWrite(gathered))
        {
            return false;
        }

        if (Interlocked.Exchange(ref draining, 1) == 0)
        {
            _ = Task.Run(DrainAsync);
        }

        return await gathered.Answer.Task;
    }

    private async Task DrainAsync()
    {
        do
        {
            while (Gather() is { Count: > 0 } batch)
            {
                await AnswerAsync(batch);
            }

            Volatile.Write(ref draining, 0);
            // Who came between the last look and that line found somebody at work.
        }
        while (queue.Reader.TryPeek(out _) && Interlocked.Exchange(ref draining, 1) == 0);
    }

    private List<Gathered> Gather()
    {
        var batch = new List<Gathered>();
        while (batch.Count < MostAtOnce && queue.Reader.TryRead(out var gathered))
        {
            batch.Add(gathered);
        }

        return batch;
    }

    private async Task AnswerAsync(List<Gathered> batch)
    {
        try
        {
            var entries = batch.ConvertAll(gathered => gathered.Entry);
            var taken = await database.WriteAsync(transaction => StoreAsync(transaction, entries), CancellationToken.None);
            if (taken.Contains(Taken.Due))
            {
                signal.Raise();
            }

            for (var i = 0; i < batch.Count; i++)
            {
                batch[i].Answer.SetResult(taken[i] != Taken.Not);
            }
        }
        catch (Exception failed)
        {
            batch.ForEach(gathered => gathered.Answer.TrySetException(failed));
        }
    }

    private async Task<Taken[]> StoreAsync(DataConnection transaction, List<JoinEntry> entries)
    {
        var now = clock.GetUtcNow();
        var book = await BudgetBook.OpenAsync(transaction, database, Limits, entries.Select(entry => entry.Keys), now, CancellationToken.None);
        var addresses = entries.Select(entry => entry.Keys.Address).Distinct(StringComparer.Ordinal).ToList();
        var rows = await transaction.GetTable<JoinRequestRow>().Where(row => addresses.Contains(row.AddressKey)).ToDictionaryAsync(row => row.AddressKey, StringComparer.Ordinal, CancellationToken.None);
        var queueLengths = new WaitingRoom(transaction, Limits);
        var taken = new Taken[entries.Count];
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            var mayMail = book.HasRoom(entry.Keys, entry.Worth);
            // Asked before it is known whether the address is in the book: a full house is full for everybody.
            if (!mayMail && !await queueLengths.HasRoomAsync(entry))
            {
                continue;
            }

            taken[i] = Taken.Kept;
            if (rows.TryGetValue(entry.Keys.Address, out var waiting))
            {
                taken[i] = await BetterAsync(transaction, waiting, entry, mayMail, book, now) ? Taken.Due : Taken.Kept;
            }
            else if (!book.HasMailed(entry.Keys))
            {
                var row = rows[entry.Keys.Address] = New(entry, now, mayMail);
                await transaction.InsertAsync(row);
                taken[i] = mayMail ? Taken.Due : Taken.Kept;
                Count(row, entry, book, queueLengths);
            }
        }

        await book.CloseAsync(transaction, CancellationToken.None);
        return taken;
    }

    /// <summary>A request that waits gives way to one that shows as much or more: nobody can keep a person's own one waiting by asking first.</summary>
    /// <returns>Whether it became due by that.</returns>
    private static async Task<bool> BetterAsync(DataConnection transaction, JoinRequestRow waiting, JoinEntry entry, bool mayMail, BudgetBook book, DateTimeOffset now)
    {
        if (waiting.DueAt is not null || waiting.Worth > entry.Worth)
        {
            return false;
        }

        (waiting.Email, waiting.Wish, waiting.Worth, waiting.NetworkKey) = (entry.Email, entry.Wish, entry.Worth, entry.Keys.Network);
        if (mayMail)
        {
            waiting.DueAt = now;
            book.Draw(entry.Keys);
        }

        await transaction.UpdateAsync(waiting);
        return mayMail;
    }

    private static JoinRequestRow New(JoinEntry entry, DateTimeOffset now, bool mayMail) => new()
    {
        AddressKey = entry.Keys.Address,
        Email = entry.Email,
        Wish = entry.Wish,
        Worth = entry.Worth,
        NetworkKey = entry.Keys.Network,
        DomainKey = entry.Keys.Domain,
        AskedAt = now,
        DueAt = mayMail ? now : null,
    };

    private static void Count(JoinRequestRow row, JoinEntry entry, BudgetBook book, WaitingRoom queueLengths)
    {
        if (row.DueAt is null)
        {
            queueLengths.Add(entry);
        }
        else
        {
            book.Draw(entry.Keys);
        }
    }

    private enum Taken
    {
        /// <summary>There was no room.</summary>
        Not,

        /// <summary>Nothing can be mailed at once.</summary>
        Kept,

        /// <summary>There is a mail to write.</summary>
        Due,
    }

    private sealed record Gathered(JoinEntry Entry)
    {
        public TaskCompletionSource<bool> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

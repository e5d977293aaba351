using System.Data.Common;
using System.Text.Json;
using Feeds.Mail;
using Feeds.Newsletter.Subscribing;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Feeds.Newsletter.Joining;

/// <summary>
/// Works through what <see cref="JoinIntake"/> took down, on its own time: writes the mails that are due, one transaction
/// each, lets in who waited as the budgets refill, reminds once who doesn't answer, and forgets who never does. Several
/// processes may do it at once.
/// </summary>
internal sealed class JoinDesk(
    Database database, Requests requests, Unanswered unanswered, Welcomes welcomes, Outbox outbox, IOptions<NewsletterOptions> options, TimeProvider clock, ILogger<JoinDesk> log)
{
    /// <summary>How long a request waits for room before it is forgotten.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(24);

    /// <summary>How often the budgets are looked at for those who wait, and the calendar for those who don't answer.</summary>
    public static readonly TimeSpan Round = TimeSpan.FromSeconds(30);

    // A mail that can't be written must not hold up the others.
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(5);
    private static readonly string DueRow =
        "SELECT * FROM join_request WHERE due_at <= @now ORDER BY due_at, asked_at LIMIT 1";

    private DateTimeOffset nextRound = DateTimeOffset.MinValue;

    /// <summary>One step: all that is due by now.</summary>
    public async Task StepAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (now >= nextRound || nextRound > now + Round)
        {
            await database.WriteAsync(transaction => LetInAsync(transaction, now, cancellationToken), cancellationToken);
            await unanswered.StepAsync(now, cancellationToken);
            nextRound = now + Round;
        }

        // A look each second must not take the turn of somebody who writes.
        if (await database.ReadAsync(connection => connection.GetTable<JoinRequestRow>().AnyAsync(row => row.DueAt <= now, cancellationToken)))
        {
            while (await WriteNextAsync(now, cancellationToken))
            {
            }

            outbox.Announce();
        }

        await welcomes.StepAsync(now, cancellationToken);
    }

    /// <summary>Who shows more comes before who asked earlier.</summary>
    private async Task LetInAsync(DataConnection transaction, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await BudgetBook.ForgetAsync(transaction, now, cancellationToken);
        var before = now - Patience;
        await transaction.GetTable<JoinRequestRow>().Where(row => row.AskedAt <= before).DeleteAsync(cancellationToken);
        if (!await transaction.GetTable<JoinRequestRow>().AnyAsync(row => row.DueAt == null, cancellationToken))
        {
            return;
        }

        var waiting = (await transaction.GetTable<JoinRequestRow>().Where(row => row.DueAt == null)
                .Select(row => new { row.AddressKey, row.DomainKey, row.NetworkKey, row.Worth, row.AskedAt }).ToListAsync(cancellationToken))
            .OrderByDescending(row => row.Worth).ThenBy(row => row.AskedAt)
            .Select(row => (Keys: new JoinKeys(row.AddressKey, row.DomainKey, row.NetworkKey), row.Worth)).ToList();
        var book = await BudgetBook.OpenAsync(transaction, database, options.Value.Join, waiting.Select(one => one.Keys), now, cancellationToken);
        foreach (var (keys, worth) in waiting)
        {
            if (book.HasRoom(keys, worth) && await transaction.GetTable<JoinRequestRow>()
                    .Where(row => row.AddressKey == keys.Address && row.DueAt == null).Set(row => row.DueAt, now).UpdateAsync(cancellationToken) == 1)
            {
                book.Draw(keys);
            }
        }

        await book.CloseAsync(transaction, cancellationToken);
    }

    private async Task<bool> WriteNextAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var key = await requests.KeyAsync(cancellationToken);
        string? taken = null;
        try
        {
            return await database.WriteAsync(
                async transaction =>
                {
                    taken = null;
                    if (await FindDueAsync(transaction, now, cancellationToken) is not { } row)
                    {
                        return false;
                    }

                    taken = row.AddressKey;
                    await requests.MailAsync(transaction, row.Email, JsonSerializer.Deserialize<JoinWish>(row.Wish)!, key, now, cancellationToken);
                    await transaction.DeleteAsync(row, token: cancellationToken);
                    return true;
                },
                cancellationToken);
        }
        catch (Exception failed) when (taken is not null && failed is not (OperationCanceledException or DbException))
        {
            Log.ConfirmationFailed(log, failed);
            var later = now + Again;
            await database.WriteAsync(
                transaction => transaction.GetTable<JoinRequestRow>().Where(row => row.AddressKey == taken).Set(row => row.DueAt, later).UpdateAsync(cancellationToken), cancellationToken);
            return true;
        }
    }

    // Another process's is passed over; on SQLite there is one writer.
    private async Task<JoinRequestRow?> FindDueAsync(DataConnection transaction, DateTimeOffset now, CancellationToken cancellationToken) =>
        (await transaction.QueryToListAsync<JoinRequestRow>(
            database.Provider == DatabaseProvider.PostgreSql ? DueRow + " FOR UPDATE SKIP LOCKED" : DueRow,
            cancellationToken,
            new DataParameter("now", now.ToUnixTimeMilliseconds(), DataType.Int64))).SingleOrDefault();
}

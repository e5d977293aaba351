using System.Globalization;
using System.Runtime.CompilerServices;
using Feeds.Mail;
using Feeds.Newsletter.Content;
using Feeds.Newsletter.Subscribing;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Newsletter.Making;

/// <summary>Subscribers of a cadence with the same choice, told up to the same article, at the same time.</summary>
/// <param name="ChoiceId">The choice's row.</param>
/// <param name="Choice">What it says.</param>
/// <param name="Position">Told up to here.</param>
/// <param name="Time">When they get it.</param>
internal sealed record AudienceGroup(long ChoiceId, Choice Choice, long Position, SendTime Time)
{
    // A choice's row says all of the choice.
    public bool Equals(AudienceGroup? other) => other is not null && ChoiceId == other.ChoiceId && Position == other.Position && Time == other.Time;

    public override int GetHashCode() => HashCode.Combine(ChoiceId, Position, Time);
}

/// <summary>Who is to get an edition: the confirmed subscribers of a cadence, at some of its times, who aren't pausing.</summary>
/// <param name="Cadence">Its name.</param>
/// <param name="Newsletter">The cadence's.</param>
/// <param name="Slot">Of the edition.</param>
/// <param name="Times">Null for all.</param>
internal sealed record Invited(string Cadence, string Newsletter, DateTimeOffset Slot, IReadOnlyCollection<SendTime>? Times);

/// <summary>The audience of an edition, with what its mail to them needs; a page at a time, since there may be a million.</summary>
internal sealed class Audience(PersonalAddresses addresses, SenderIdentity sender)
{
    private const int PageSize = 5_000;
    private const int MostPairs = 500;

    /// <summary>The groups that there are.</summary>
    public static async Task<IReadOnlyList<AudienceGroup>> GroupsAsync(DataConnection connection, Invited invited, CancellationToken cancellationToken)
    {
        var rows = await Subscriptions(connection, invited)
            .GroupBy(row => new { row.ChoiceId, row.Position, row.SendZone, row.SendHour })
            .Select(group => group.Key).ToListAsync(cancellationToken);
        var ids = rows.Select(row => row.ChoiceId).Distinct().ToList();
        var choices = new Dictionary<long, Choice>();
        foreach (var page in ids.Chunk(MostPairs))
        {
            foreach (var row in await connection.GetTable<ChoiceRow>().Where(row => page.Contains(row.Id)).ToListAsync(cancellationToken))
            {
                choices.Add(row.Id, Choice.Read(row.Text));
            }
        }

        return
        [
            .. rows.Select(row => new AudienceGroup(row.ChoiceId, choices[row.ChoiceId], row.Position, new SendTime(row.SendZone, row.SendHour)))
                .Where(group => invited.Times is null || invited.Times.Contains(group.Time))
                .OrderBy(group => group.Time.Zone, StringComparer.Ordinal).ThenBy(group => group.Time.Hour).ThenBy(group => group.ChoiceId).ThenBy(group => group.Position),
        ];
    }

    /// <summary>Reads those of the groups.</summary>
    /// <param name="transaction">The caller's; between two pages it may write over it.</param>
    /// <param name="invited">Who.</param>
    /// <param name="cohorts">What each group gets.</param>
    /// <param name="key">Of <see cref="LinkTokens"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AudienceChangedException">Somebody's group has no result.</exception>
    public async IAsyncEnumerable<RecipientPage> ReadAsync(
        DataConnection transaction, Invited invited, Cohorts cohorts, byte[] key, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var time in Times(cohorts))
        {
            var results = cohorts.Groups.Where(group => group.Key.Time == time).ToDictionary(group => (group.Key.ChoiceId, group.Key.Position), group => group.Value);
            var last = long.MinValue;
            for (var more = true; more;)
            {
                var after = last;
                var page = await (
                    from row in Subscriptions(transaction, invited)
                    join subscriber in transaction.GetTable<SubscriberRow>() on row.SubscriberId equals subscriber.Id
                    where row.SendZone == time.Zone && row.SendHour == time.Hour && row.SubscriberId > after
                    orderby row.SubscriberId
                    select new { row.SubscriberId, row.ChoiceId, row.Position, subscriber.Email, subscriber.LinkGeneration }).Take(PageSize).ToListAsync(cancellationToken);
                // Signing their links is most of the work, and needs nothing but a processor.
                var recipients = page.AsParallel().AsOrdered().Select(person => Recipient(key, invited, person.SubscriberId, person.Email, person.LinkGeneration)).ToList();
                var parts = page.Zip(recipients).GroupBy(
                    pair => results.TryGetValue((pair.First.ChoiceId, pair.First.Position), out var result) ? result.Part : throw new AudienceChangedException(),
                    pair => pair.Second);
                foreach (var part in parts)
                {
                    // Who has nothing new gets nothing.
                    if (part.Key is { } number)
                    {
                        yield return new RecipientPage(number, [.. part]);
                    }
                }

                more = page.Count == PageSize;
                last = more ? page[^1].SubscriberId : last;
            }
        }
    }

    /// <summary>Notes up to where each of them is told; whoever came since the groups were read keeps their place.</summary>
    public static async Task MoveAsync(DataConnection transaction, Invited invited, Cohorts cohorts, CancellationToken cancellationToken)
    {
        // The furthest first, or who is moved to where others were would go on with them.
        foreach (var moved in cohorts.Groups.Where(group => group.Value.Position != group.Key.Position)
            .GroupBy(group => (group.Key.Time, group.Value.Position), group => group.Key).OrderByDescending(group => group.Key.Position))
        {
            foreach (var page in moved.Chunk(MostPairs))
            {
                var pairs = string.Join(", ", page.Select(group => string.Create(CultureInfo.InvariantCulture, $"({group.ChoiceId}, {group.Position})")));
                await UpdateAsync(transaction, invited, moved.Key.Time, moved.Key.Position, pairs, cancellationToken);
            }
        }
    }

    private static Task<int> UpdateAsync(DataConnection transaction, Invited invited, SendTime time, long position, string pairs, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync(
            $"""
            UPDATE subscription SET position = @position
            WHERE cadence = @cadence AND state = @confirmed AND send_zone = @zone AND send_hour = @hour
                AND (paused_until IS NULL OR paused_until <= @slot) AND (choice_id, position) IN (VALUES {pairs})
            """,
            cancellationToken,
            new DataParameter("position", position, DataType.Int64),
            new DataParameter("cadence", invited.Cadence, DataType.NVarChar),
            new DataParameter("confirmed", (int)SubscriptionState.Confirmed, DataType.Int32),
            new DataParameter("zone", time.Zone, DataType.NVarChar),
            new DataParameter("hour", time.Hour, DataType.Int32),
            new DataParameter("slot", invited.Slot.ToUnixTimeMilliseconds(), DataType.Int64));

    private static IEnumerable<SendTime> Times(Cohorts cohorts) => cohorts.Groups.Keys.Select(group => group.Time).Distinct();

    private static IQueryable<SubscriptionRow> Subscriptions(DataConnection connection, Invited invited) =>
        connection.GetTable<SubscriptionRow>().Where(row =>
            row.Cadence == invited.Cadence && row.State == SubscriptionState.Confirmed && (row.PausedUntil == null || row.PausedUntil <= invited.Slot));

    /// <summary>A subscriber with all that a mail needs of them.</summary>
    public MailRecipient Recipient(byte[] key, Invited invited, long subscriberId, string email, int generation)
    {
        var leave = addresses.Unsubscribe(key, subscriberId, invited.Newsletter);
        return new MailRecipient(
            Answers.RecipientKey(subscriberId, invited.Newsletter),
            email,
            $"{LinkTokens.MessageName(key, invited.Cadence, invited.Slot, subscriberId)}@{sender.Domain}",
            leave,
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [MailWriter.Unsubscribe] = leave,
                [MailWriter.Preferences] = addresses.Preferences(key, subscriberId, generation),
            });
    }
}

/// <summary>Somebody chose otherwise after the edition was rendered: what is stored of it has to go, and it is to be made anew.</summary>
internal sealed class AudienceChangedException : Exception;

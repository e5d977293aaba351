using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Feeds.Newsletter.Subscribing;

namespace Feeds.Newsletter;

/// <summary>Which subscribers; what is null doesn't matter.</summary>
/// <param name="Email">Whose address is that one, however its letters are written.</param>
/// <param name="Newsletter">Who has or had a subscription to that newsletter, in that state where there is one.</param>
/// <param name="State">Who has a subscription in that state.</param>
public sealed record SubscriberQuery(string? Email = null, string? Newsletter = null, SubscriptionState? State = null);

/// <summary>Some subscribers.</summary>
/// <param name="Subscribers">By number.</param>
/// <param name="Next">The place where the next page begins; null where this is the last.</param>
public sealed record SubscriberPage(IReadOnlyList<SubscriberEntry> Subscribers, long? Next);

/// <summary>A subscriber as an operator's program sees them.</summary>
/// <param name="Id">Their number: never another's, even after they are erased.</param>
/// <param name="Email">The address as they wrote it.</param>
/// <param name="CreatedAt">When it was first typed, UTC.</param>
/// <param name="Subscriptions">By newsletter.</param>
public sealed record SubscriberEntry(long Id, string Email, DateTimeOffset CreatedAt, IReadOnlyList<SubscriptionEntry> Subscriptions)
{
    /// <summary>The same for the same content, 32 hexadecimal digits.</summary>
    public string Version => SubscriptionEntry.Hash([Email, .. Subscriptions.Select(one => one.Version)]);
}

/// <summary>A subscription as an operator's program sees it.</summary>
/// <param name="Newsletter">Its name.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Settings">What is in force; categories by their slugs of today.</param>
/// <param name="PausedUntil">Nothing with an earlier slot is sent, UTC; it may be over. Null where it was never paused, or goes on.</param>
/// <param name="AskedAt">When it was last asked for, UTC.</param>
/// <param name="ConfirmedAt">When it was confirmed, UTC.</param>
/// <param name="LeftAt">When it ended, UTC.</param>
public sealed record SubscriptionEntry(
    string Newsletter,
    SubscriptionState State,
    SubscriptionSettings Settings,
    DateTimeOffset? PausedUntil,
    DateTimeOffset AskedAt,
    DateTimeOffset? ConfirmedAt,
    DateTimeOffset? LeftAt)
{
    /// <summary>The same for the same content, 32 hexadecimal digits.</summary>
    public string Version => Hash(
    [
        Newsletter, State.ToString(), Settings.Cadence, Settings.Time.ToString(), Settings.Language, $"{Settings.FullText} {Settings.PlainText}",
        string.Join('\n', Settings.Categories), string.Join('\n', Settings.WithoutAuthors), Written(PausedUntil), Written(AskedAt), Written(ConfirmedAt), Written(LeftAt),
    ]);

    /// <summary>What is in force, as it is stored.</summary>
    internal AskedFor? Stored { get; init; }

    internal static SubscriptionEntry Of(SubscriptionRow row, Choice choice, IReadOnlyDictionary<string, string> slugs)
    {
        var time = new SendTime(row.SendZone, row.SendHour);
        var settings = new SubscriptionSettings
        {
            Cadence = row.Cadence,
            Categories = [.. choice.Categories.Select(slug => slugs.GetValueOrDefault(slug, slug)).Order(StringComparer.Ordinal)],
            WithoutAuthors = choice.WithoutAuthors,
            Time = time,
            Language = choice.Language,
            FullText = choice.FullText,
            PlainText = choice.PlainText,
        };
        return new SubscriptionEntry(row.Newsletter, row.State, settings, row.PausedUntil, row.AskedAt, row.ConfirmedAt, row.LeftAt) { Stored = new AskedFor(row.Cadence, time, choice) };
    }

    // A length before each part: what one holds can't be taken for the end of it.
    internal static string Hash(IEnumerable<string> parts) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Concat(parts.Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Length}:{part}"))))))[..32];

    private static string Written(DateTimeOffset? instant) => instant is { } known ? known.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture) : "";
}

/// <summary>What became of a change.</summary>
public enum SubscriberOutcome
{
    /// <summary>It is in force, or was already.</summary>
    Done,

    /// <summary>There is no such subscriber, or they have no such subscription.</summary>
    Unknown,

    /// <summary>The subscription isn't confirmed, or has ended: nobody is subscribed by a change.</summary>
    NotSubscribed,

    /// <summary>Somebody else changed it since it was read.</summary>
    ChangedSince,

    /// <summary>It can't be had.</summary>
    Refused,

    /// <summary>The person was erased, and nobody brings them back but they themselves.</summary>
    Erased,
}

/// <summary>The answer to a change.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Reason">An English sentence with the mend; null where it is done.</param>
/// <param name="Subscriber">As they are now.</param>
public sealed record SubscriberAnswer(SubscriberOutcome Outcome, string? Reason = null, SubscriberEntry? Subscriber = null)
{
    internal static SubscriberAnswer Nobody { get; } = new(SubscriberOutcome.Unknown, "There is no such subscriber, or they have no such subscription.");
}

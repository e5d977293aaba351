using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Feeds.Newsletter.Webhooks;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using LinqToDB.Mapping;

namespace Feeds.Newsletter.Subscribing;

/// <summary>What a person or somebody in their name did.</summary>
internal enum ConsentKind
{
    Asked = 0,
    Confirmed = 1,
    Changed = 2,
    Left = 3,
    Returned = 4,
    Imported = 5,
    Vouched = 6,
    AddressChanged = 7,
    Complained = 8,

    /// <summary>Said that they still want it, having been asked.</summary>
    Kept = 9,

    /// <summary>Was forgotten: whose number this was is not known any more.</summary>
    Erased = 10,

    /// <summary>Said why they left.</summary>
    Reason = 11,
}

/// <summary>Who agreed to what, when and how: rows are added, never changed. A person is a number, so that the record outlives the address.</summary>
[Table("consent")]
internal sealed class ConsentRow
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    [Column("id"), PrimaryKey, Identity]
    public long Id { get; set; }

    [Column("subscriber_id")]
    public long SubscriberId { get; set; }

    [Column("newsletter")]
    public string Newsletter { get; set; } = "";

    [Column("at")]
    public DateTimeOffset At { get; set; }

    [Column("kind")]
    public ConsentKind Kind { get; set; }

    /// <summary>Where it was done: a page's path, a command, a mail, the source that an import named.</summary>
    [Column("source")]
    public string Source { get; set; } = "";

    /// <summary>What it was about: the text that was agreed to, the choice that was made.</summary>
    [Column("detail")]
    public string Detail { get; set; } = "";

    /// <summary>A detail of what was chosen and the very text that was agreed to: words change, and proof must not.</summary>
    public static string Write(string asked, string text) => JsonSerializer.Serialize(new { asked, text }, Json);

    /// <summary>Takes addresses out of what is kept of somebody who is forgotten; nothing else is ever changed.</summary>
    public static async Task BlankAsync(DataConnection transaction, long subscriberId, string address, CancellationToken cancellationToken)
    {
        bool Tells(ConsentRow row, string text) => row.Kind == ConsentKind.AddressChanged ? text.Contains('@', StringComparison.Ordinal) : text.Contains(address, StringComparison.OrdinalIgnoreCase);
        foreach (var row in await transaction.GetTable<ConsentRow>().Where(row => row.SubscriberId == subscriberId).ToListAsync(cancellationToken))
        {
            if (Tells(row, row.Detail) || Tells(row, row.Source))
            {
                (row.Detail, row.Source) = (Tells(row, row.Detail) ? "" : row.Detail, Tells(row, row.Source) ? "" : row.Source);
                await transaction.UpdateAsync(row, token: cancellationToken);
            }
        }
    }

    /// <summary>Writes a row, and what the webhooks are to be told of it.</summary>
    /// <param name="transaction">To write in.</param>
    /// <param name="subscriberId">Whose.</param>
    /// <param name="newsletter">Which; empty where it is about all of them.</param>
    /// <param name="at">When.</param>
    /// <param name="kind">What.</param>
    /// <param name="source">See <see cref="Source"/>.</param>
    /// <param name="detail">See <see cref="Detail"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="isTold">False for what a file brings in: whoever has the file knows.</param>
    public static async Task AddAsync(
        DataConnection transaction, long subscriberId, string newsletter, DateTimeOffset at, ConsentKind kind, string source, string detail, CancellationToken cancellationToken, bool isTold = true)
    {
        await transaction.InsertAsync(
            new ConsentRow { SubscriberId = subscriberId, Newsletter = newsletter, At = at, Kind = kind, Source = source, Detail = detail }, token: cancellationToken);
        if (isTold && WebhookEvents.Of(kind, source) is var (what, by))
        {
            await WebhookEvents.AddAsync(transaction, what, subscriberId, newsletter, at, by, cancellationToken);
        }

        // Anybody can type an address, and who leaves doesn't ask to be kept.
        if (kind is not (ConsentKind.Asked or ConsentKind.Left or ConsentKind.Complained or ConsentKind.Erased or ConsentKind.Reason))
        {
            await transaction.GetTable<SubscriberRow>().Where(row => row.Id == subscriberId)
                .Set(row => row.LastSeenAt, at)
                .Set(row => row.AskedAgainAt, (DateTimeOffset?)null)
                .UpdateAsync(cancellationToken);
        }
    }
}

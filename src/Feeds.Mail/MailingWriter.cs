using System.Text.Json;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Data;

namespace Feeds.Mail;

/// <summary>Writes one mailing within a transaction, its recipients page by page: it holds no more than some thousands.</summary>
internal sealed class MailingWriter(
    DataConnection transaction, DatabaseProvider provider, Mailing mailing, RelayRoutes routes, Pseudonyms pseudonyms, DateTimeOffset now)
{
    private const int AtOnce = 5_000;

    // As JSON: a statement with the values of as many rows in it takes longer to write and to read than the rows to store.
    private static readonly string InFile =
        $"""
        INSERT INTO delivery (
            mailing_id, content_id, lane_id, recipient_key, address, message_id, unsubscribe_url, personal, state, suppressed_as, next_attempt_at, finished_at, attempts, claims, doubts)
        SELECT @mailing, r.content, r.lane, r.key, r.address, r.message, r.unsubscribe, r.personal,
            CASE WHEN r.suppressed THEN 'suppressed' ELSE 'pending' END, CASE WHEN r.suppressed THEN 'listed' END,
            CASE WHEN r.suppressed THEN NULL ELSE @now END, CASE WHEN r.suppressed THEN @now END, 0, 0, 0
        FROM {JsonRows.From(DatabaseProvider.Sqlite, AtOnce, ("content", "bigint"), ("lane", "bigint"), ("key", "text"), ("address", "text"), ("message", "text"), ("unsubscribe", "text"), ("personal", "text"), ("suppressed", "boolean"))} AS r
        """;

    // Several pages may belong to one cohort, so the placeholders of a content are looked for once.
    private readonly MailingRules.Part[] rules = MailingRules.Check(mailing);
    private readonly long?[] contents = new long?[mailing.Parts.Count];
    private long? mailingId;
    private LanesOfMailing? lanes;
    private HashSet<string>? erased;

    // A page may be a few people of hundreds of cohorts: a statement for each of these would take longer than the rows.
    private readonly List<DeliveryRow> waiting = [];
    private byte[] key = [];

    /// <summary>For each part its content's number; null where <see cref="ContentAsync"/> was never asked for it.</summary>
    public IReadOnlyList<long?> Contents => contents;

    /// <summary>How many recipients are stored; all once <see cref="EndAsync"/> is through.</summary>
    public int Stored { get; private set; }

    /// <summary>The number of a part's content, stored when it is first asked for.</summary>
    public async Task<long> ContentAsync(int part, CancellationToken cancellationToken)
    {
        var content = mailing.Parts[part].Content;
        return contents[part] ??= await transaction.InsertWithInt64IdentityAsync(
            ContentRow.Of(await MailingAsync(cancellationToken), content),
            token: cancellationToken);
    }

    /// <summary>The mailing's number, stored when it is first asked for.</summary>
    public async Task<long> MailingAsync(CancellationToken cancellationToken) =>
        mailingId ??= await transaction.InsertWithInt64IdentityAsync(
            new MailingRow
            {
                Key = mailing.Key,
                Date = mailing.Date,
                Language = mailing.Language,
                FromName = mailing.FromName,
                AnswersForm = mailing.AnswersForm,
                ListName = mailing.ListId?.Name,
                ListIdentifier = mailing.ListId?.Identifier,
                Uncertain = mailing.Uncertain,
            },
            token: cancellationToken);

    /// <summary>Adds some of a part's recipients, which are stored by <see cref="EndAsync"/> at the latest.</summary>
    public async Task AddAsync(int part, IReadOnlyList<MailRecipient> recipients, CancellationToken cancellationToken)
    {
        rules[part].Check(recipients);
        var id = await MailingAsync(cancellationToken);
        var contentId = await ContentAsync(part, cancellationToken);
        lanes ??= new LanesOfMailing(transaction, routes, mailing.ListId is null ? null : id, mailing.ListId?.Identifier);
        erased ??= await ErasedAsync(cancellationToken);
        foreach (var recipient in recipients)
        {
            waiting.Add(erased.Count > 0 && Pseudonyms.Of(key, recipient.Address) is var pseudonym && erased.Contains(pseudonym)
                ? Suppressed(id, contentId, pseudonym, recipient)
                : Row(id, contentId, await lanes.TakeAsync(recipient), recipient));
        }

        if (waiting.Count >= AtOnce)
        {
            await StoreAsync(cancellationToken);
        }
    }

    /// <summary>Stores what is not stored yet, and how many they are.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        await StoreAsync(cancellationToken);
        if (mailingId is { } id)
        {
            await transaction.GetTable<MailingRow>().Where(row => row.Id == id).Set(row => row.Audience, Stored).UpdateAsync(cancellationToken);
        }
    }

    private async Task StoreAsync(CancellationToken cancellationToken)
    {
        if (waiting.Count > 0)
        {
            if (provider == DatabaseProvider.PostgreSql)
            {
                // COPY, which takes half the time of INSERT.
                await transaction.BulkCopyAsync(new BulkCopyOptions { BulkCopyType = BulkCopyType.ProviderSpecific }, waiting, cancellationToken);
            }
            else
            {
                await transaction.ExecuteAsync(
                    InFile,
                    cancellationToken,
                    new DataParameter("mailing", mailingId, DataType.Int64),
                    new DataParameter("now", now.ToUnixTimeMilliseconds(), DataType.Int64),
                    new DataParameter("rows", JsonSerializer.Serialize(waiting.Select(Cells)), DataType.Text));
            }

            Stored += waiting.Count;
            waiting.Clear();
        }
    }

    private static object Cells(DeliveryRow row) => new
    {
        content = row.ContentId,
        lane = row.LaneId,
        key = row.RecipientKey,
        address = row.Address,
        message = row.MessageId,
        unsubscribe = row.UnsubscribeUrl,
        personal = row.Personal,
        suppressed = row.State == DeliveryState.Suppressed,
    };

    // A claim compares addresses, and a hash is none: who was erased is known here, before the address is stored again.
    private async Task<HashSet<string>> ErasedAsync(CancellationToken cancellationToken)
    {
        var listed = await Pseudonyms.ListedAsync(transaction, mailing.ListId is not null, cancellationToken);
        key = listed.Count > 0 ? await pseudonyms.KeyAsync(cancellationToken) : [];
        return listed;
    }

    private DeliveryRow Suppressed(long id, long contentId, string pseudonym, MailRecipient recipient) => new()
    {
        MailingId = id,
        ContentId = contentId,
        RecipientKey = recipient.Key,
        Address = pseudonym,
        MessageId = recipient.MessageId,
        State = DeliveryState.Suppressed,
        SuppressedAs = SuppressionReason.Listed,
        FinishedAt = now,
    };

    private DeliveryRow Row(long id, long contentId, long laneId, MailRecipient recipient) => new()
    {
        MailingId = id,
        ContentId = contentId,
        LaneId = laneId,
        RecipientKey = recipient.Key,
        Address = recipient.Address,
        MessageId = recipient.MessageId,
        UnsubscribeUrl = recipient.UnsubscribeUrl,
        Personal = PersonalColumn.Write(recipient),
        State = DeliveryState.Pending,
        NextAttemptAt = now,
    };
}

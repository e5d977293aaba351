using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Feeds.Mail;
using Feeds.Newsletter.Subscribing;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Newsletter;

/// <summary>Reads and writes what is kept of a subscriber.</summary>
public sealed class Held
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    private static readonly JsonSerializerOptions OnOneLine = new(Json) { WriteIndented = false };

    private readonly Database database;
    private readonly RecipientRecords recipients;

    internal Held(Database database, RecipientRecords recipients) => (this.database, this.recipients) = (database, recipients);

    /// <summary>The subscriber's number, or null where nobody has that address.</summary>
    public Task<long?> FindAsync(string? email, CancellationToken cancellationToken)
    {
        var key = MailAddressSyntax.Normalize(email, out _)?.ToLowerInvariant();
        return key is null
            ? Task.FromResult<long?>(null)
            : database.ReadAsync(connection => connection.GetTable<SubscriberRow>().Where(row => row.EmailKey == key).Select(row => (long?)row.Id).FirstOrDefaultAsync(cancellationToken));
    }

    /// <summary>All of it as one moment has it, or null where there is no such subscriber.</summary>
    public async Task<HeldDocument?> ReadAsync(long subscriberId, CancellationToken cancellationToken)
    {
        var key = await recipients.KeyAsync(cancellationToken);
        return await database.ReadSnapshotAsync(connection => ReadAsync(connection, key, subscriberId, cancellationToken), cancellationToken);
    }

    /// <summary>Writes it as JSON in UTF-8.</summary>
    public static Task WriteJsonAsync(HeldDocument held, Stream target, CancellationToken cancellationToken) => JsonSerializer.SerializeAsync(target, held, Json, cancellationToken);

    /// <summary>
    /// Writes subscriptions and consent record as comma-separated values (RFC 4180). What a spreadsheet would take for a
    /// formula begins with an apostrophe.
    /// </summary>
    public static void WriteCsv(HeldDocument held, TextWriter target)
    {
        target.Write("record,address,newsletter,what,at,source,detail\r\n");
        foreach (var one in held.Subscriptions)
        {
            Line("subscription", held.Address, one.Newsletter, one.State, one.LeftAt ?? one.ConfirmedAt ?? one.AskedAt, one.Cadence, JsonSerializer.Serialize(one, OnOneLine));
        }

        foreach (var one in held.Consent)
        {
            Line("consent", held.Address, one.Newsletter, one.Kind, one.At, one.Source, one.Detail);
        }

        void Line(string record, string address, string newsletter, string what, DateTimeOffset at, string source, string detail) => target.Write(string.Join(
            ',', record, Field(address), Field(newsletter), what, at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture), Field(source), Field(detail)) + "\r\n");
    }

    private static string Field(string value)
    {
        var inert = value.Length > 0 && "=+-@\t\r".Contains(value[0], StringComparison.Ordinal) ? $"'{value}" : value;
        return inert.AsSpan().ContainsAny(",\"\r\n") ? $"\"{inert.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : inert;
    }

    private static async Task<HeldDocument?> ReadAsync(DataConnection connection, byte[] key, long subscriberId, CancellationToken cancellationToken)
    {
        if (await connection.GetTable<SubscriberRow>().FirstOrDefaultAsync(row => row.Id == subscriberId, cancellationToken) is not { } person)
        {
            return null;
        }

        var subscriptions = await (
            from row in connection.GetTable<SubscriptionRow>()
            join choice in connection.GetTable<ChoiceRow>() on row.ChoiceId equals choice.Id
            join newsletter in connection.GetTable<NewsletterRow>() on row.Newsletter equals newsletter.Name
            where row.SubscriberId == subscriberId
            select new { Row = row, Choice = choice.Text, newsletter.Title }).ToListAsync(cancellationToken);
        var consent = await connection.GetTable<ConsentRow>().Where(row => row.SubscriberId == subscriberId).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        var deliveries = await RecipientRecords.DeliveriesAsync(connection, await Answers.RecipientKeysAsync(connection, subscriberId, cancellationToken), cancellationToken);
        var suppression = await RecipientRecords.SuppressionAsync(connection, key, person.Email, cancellationToken);
        return new HeldDocument(
            person.Email,
            person.CreatedAt,
            person.LastSeenAt,
            person.AskedAgainAt,
            [.. subscriptions.OrderBy(one => one.Row.Newsletter, StringComparer.Ordinal).Select(one => Subscription(one.Row, Choice.Read(one.Choice), one.Title))],
            [.. consent.Select(row => new HeldConsent(row.At, row.Newsletter, row.Kind.ToString().ToLowerInvariant(), row.Source, row.Detail))],
            [.. deliveries.Select(one => new HeldDelivery(one.MailingKey, one.Subject, one.Address, one.State, one.At, one.MessageId))],
            suppression is null ? null : new HeldSuppression(suppression.CauseName, suppression.FirstAt, suppression.Detail));
    }

    private static KeptSubscription Subscription(SubscriptionRow row, Choice choice, string title) => new(
        row.Newsletter,
        title,
        row.Cadence,
        row.State.ToString().ToLowerInvariant(),
        choice.Categories,
        choice.WithoutAuthors,
        choice.Language,
        choice.FullText,
        choice.PlainText,
        row.SendZone,
        row.SendHour < 0 ? null : row.SendHour,
        row.Position,
        row.PausedUntil,
        row.AskedAt,
        row.ConfirmedAt,
        row.LeftAt);
}

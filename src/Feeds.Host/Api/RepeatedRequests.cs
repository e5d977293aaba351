using System.Security.Cryptography;
using System.Text;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using LinqToDB.Mapping;

namespace Feeds.Host.Api;

/// <summary>What became of an earlier request with the same key.</summary>
internal enum RepeatedRequest
{
    /// <summary>There was none: it is ours to answer.</summary>
    First,

    /// <summary>It was answered: the same again.</summary>
    Answered,

    /// <summary>It is being answered.</summary>
    InProgress,

    /// <summary>It was another one.</summary>
    Other,
}

/// <summary>How a request was answered.</summary>
/// <param name="Status">Of HTTP.</param>
/// <param name="SubscriberId">Whom it was about; null where that is not told.</param>
internal sealed record GivenAnswer(int Status, long? SubscriberId);

/// <summary>
/// Requests that a program may repeat when it doesn't know whether the first arrived: the header <c>Idempotency-Key</c> of
/// the IETF's draft of that name. A key is its token's own. Only what was done is kept, for a day; what was refused is
/// judged anew.
/// </summary>
internal sealed class RepeatedRequests(Database database, TimeProvider clock)
{
    public const int LongestKey = 255;

    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    // Whoever takes longer has died meanwhile, and what it did is as good as done when it is done again.
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromMinutes(1);

    /// <summary>Takes the key, or says how its first request stands.</summary>
    /// <param name="name">From <see cref="Name"/>.</param>
    /// <param name="content">Hash of all that the request says.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<(RepeatedRequest Stands, GivenAnswer? Answer)> BeginAsync(string name, string content, CancellationToken cancellationToken) => database.WriteAsync(
        async transaction =>
        {
            var now = clock.GetUtcNow();
            var before = now - Kept;
            await transaction.GetTable<Row>().Where(row => row.BeganAt < before).DeleteAsync(cancellationToken);
            // The key decides who was first: two who looked before they wrote would both be.
            if (await transaction.ExecuteAsync(
                "INSERT INTO api_request (key, content, began_at) VALUES (@key, @content, @now) ON CONFLICT (key) DO NOTHING",
                cancellationToken,
                new DataParameter("key", name, DataType.NVarChar),
                new DataParameter("content", content, DataType.NVarChar),
                new DataParameter("now", now.ToUnixTimeMilliseconds(), DataType.Int64)) == 1)
            {
                return (RepeatedRequest.First, (GivenAnswer?)null);
            }

            var known = await transaction.GetTable<Row>().FirstOrDefaultAsync(row => row.Key == name, cancellationToken);
            if (known is not null && !string.Equals(known.Content, content, StringComparison.Ordinal))
            {
                return (RepeatedRequest.Other, null);
            }

            if (known?.Status is { } status)
            {
                return (RepeatedRequest.Answered, new GivenAnswer(status, known.SubscriberId));
            }

            var wasGivenUp = known is not null && (now - known.BeganAt >= LongestAnswer || known.BeganAt > now + LongestAnswer)
                && await transaction.GetTable<Row>().Where(row => row.Key == name && row.BeganAt == known.BeganAt && row.Status == null).Set(row => row.BeganAt, now).UpdateAsync(cancellationToken) == 1;
            return (wasGivenUp ? RepeatedRequest.First : RepeatedRequest.InProgress, null);
        },
        cancellationToken);

    /// <summary>Keeps how it was answered; null where it was refused, so that it may be sent again.</summary>
    public Task EndAsync(string name, GivenAnswer? answer) => database.WriteAsync(
        transaction => answer is null
            ? transaction.GetTable<Row>().DeleteAsync(row => row.Key == name && row.Status == null, CancellationToken.None)
            : transaction.GetTable<Row>().Where(row => row.Key == name).Set(row => row.Status, answer.Status).Set(row => row.SubscriberId, answer.SubscriberId).UpdateAsync(CancellationToken.None),
        CancellationToken.None);

    /// <summary>What a key is stored under: nobody else's, and not to be read.</summary>
    public static string Name(string tokenId, string key) => Hash(Encoding.UTF8.GetBytes($"{tokenId} {key}"));

    public static string Hash(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    [Table("api_request")]
    private sealed class Row
    {
        [Column("key"), PrimaryKey]
        public string Key { get; set; } = "";

        [Column("content")]
        public string Content { get; set; } = "";

        [Column("began_at")]
        public DateTimeOffset BeganAt { get; set; }

        [Column("status")]
        public int? Status { get; set; }

        [Column("subscriber_id")]
        public long? SubscriberId { get; set; }
    }
}

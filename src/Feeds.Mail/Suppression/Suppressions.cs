using System.Globalization;
using System.Text;
using System.Text.Json;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Mail;

/// <summary>An address to be listed.</summary>
/// <param name="Address">As <see cref="MailAddressSyntax.Normalize"/> gives it.</param>
/// <param name="Cause">Why.</param>
/// <param name="Detail">What was said of it, or null.</param>
/// <param name="DeliveryId">The delivery that came back, or null.</param>
internal sealed record NewSuppression(string Address, SuppressionCause Cause, string? Detail, long? DeliveryId);

/// <summary>The suppression list within a transaction.</summary>
internal static class Suppressions
{
    private const int LongestDetail = 200;

    /// <summary>One person, one row, however the address is written: in lower case.</summary>
    public static string Key(string address) => address.ToLowerInvariant();

    /// <summary>Those of the addresses that nobody may write to, as they were given. One query by the addresses' index.</summary>
    public static async Task<IReadOnlyList<string>> FindAsync(DataConnection transaction, IReadOnlyCollection<string> addresses, CancellationToken cancellationToken)
    {
        if (addresses.Count == 0)
        {
            return [];
        }

        // In SQL, as it runs for every message: with a list in it, an expression is translated anew each time.
        var keys = addresses.Select(Key).Distinct(StringComparer.Ordinal).Select((key, i) => new DataParameter(string.Create(CultureInfo.InvariantCulture, $"key{i}"), key, DataType.NVarChar)).ToArray();
        var listed = (await transaction.QueryToListAsync<string>(
            $"SELECT address FROM suppression WHERE lifted_at IS NULL AND address IN ({string.Join(", ", keys.Select(key => $"@{key.Name}"))})",
            cancellationToken,
            keys)).ToHashSet(StringComparer.Ordinal);
        return listed.Count == 0 ? [] : [.. addresses.Where(address => listed.Contains(Key(address)))];
    }

    /// <summary>As <see cref="FindAsync"/> for thousands: they go to the database as one text.</summary>
    public static async Task<IReadOnlySet<string>> FindManyAsync(DataConnection connection, DatabaseProvider provider, IReadOnlyCollection<string> addresses, CancellationToken cancellationToken)
    {
        var keys = provider == DatabaseProvider.PostgreSql ? "SELECT json_array_elements_text(@keys::json)" : "SELECT value FROM json_each(@keys)";
        var listed = (await connection.QueryToListAsync<string>(
            $"SELECT address FROM suppression WHERE lifted_at IS NULL AND address IN ({keys})",
            cancellationToken,
            new DataParameter("keys", JsonSerializer.Serialize(addresses.Select(Key)), DataType.Text))).ToHashSet(StringComparer.Ordinal);
        return listed.Count == 0 ? listed : addresses.Where(address => listed.Contains(Key(address))).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>
    /// Lists the addresses. What is listed already stays so, and takes the newer cause; but a complaint stays one, and
    /// who is listed for a cause of their own isn't listed as <see cref="SuppressionCause.Manual"/> or <see cref="SuppressionCause.Erased"/> instead.
    /// </summary>
    public static async Task AddAsync(DataConnection transaction, IReadOnlyList<NewSuppression> news, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (news.Count == 0)
        {
            return;
        }

        // Each address once: a command must not meet its own row again. In one order, so that two commands don't wait for each other in a circle.
        var rows = news.GroupBy(row => Key(row.Address), StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => (group.Key, New: group.First())).ToList();
        var sql = new StringBuilder("INSERT INTO suppression (address, domain, reason, detail, first_at, last_at, delivery_id) VALUES ");
        var parameters = new List<DataParameter> { new("now", now.ToUnixTimeMilliseconds(), DataType.Int64) };
        foreach (var (i, (key, row)) in rows.Index())
        {
            sql.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ", ")}(@address{i}, @domain{i}, @reason{i}, @detail{i}, @now, @now, {(row.DeliveryId is { } delivery ? delivery.ToString(CultureInfo.InvariantCulture) : "NULL")})");
            parameters.Add(new DataParameter($"address{i}", key, DataType.NVarChar));
            parameters.Add(new DataParameter($"domain{i}", Pseudonyms.Is(key) ? "" : key[(key.LastIndexOf('@') + 1)..], DataType.NVarChar));
            parameters.Add(new DataParameter($"reason{i}", CauseNames.Write(row.Cause), DataType.NVarChar));
            parameters.Add(new DataParameter($"detail{i}", Bounded(row.Detail), DataType.NVarChar));
        }

        const string Stays = $"suppression.lifted_at IS NULL AND (suppression.reason = '{CauseNames.Complaint}' OR excluded.reason = '{CauseNames.Erased}' OR (excluded.reason = '{CauseNames.Manual}' AND suppression.reason <> '{CauseNames.Erased}'))";
        sql.Append($"""
             ON CONFLICT (address) DO UPDATE SET
                reason = CASE WHEN {Stays} THEN suppression.reason ELSE excluded.reason END,
                detail = CASE WHEN {Stays} THEN suppression.detail ELSE excluded.detail END,
                delivery_id = CASE WHEN {Stays} THEN suppression.delivery_id ELSE excluded.delivery_id END,
                first_at = CASE WHEN suppression.lifted_at IS NULL THEN suppression.first_at ELSE excluded.first_at END,
                last_at = excluded.last_at,
                lifted_at = NULL
            """);
        await transaction.ExecuteAsync(sql.ToString(), cancellationToken, [.. parameters]);
    }

    /// <summary>As <see cref="AddAsync"/>.</summary>
    /// <returns>The keys of those that were not listed before; of several transactions that list one at once, one is told so.</returns>
    public static async Task<IReadOnlySet<string>> AddNewAsync(DataConnection transaction, IReadOnlyList<NewSuppression> news, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (news.Count == 0)
        {
            return new HashSet<string>(StringComparer.Ordinal);
        }

        var listed = await FindAsync(transaction, [.. news.Select(row => row.Address)], cancellationToken);
        await AddAsync(transaction, news, now, cancellationToken);
        var keys = news.Select(row => row.Address).Except(listed, StringComparer.Ordinal).Select(Key).ToList();
        // Whoever came first meanwhile has written an earlier instant.
        return keys.Count == 0 ? keys.ToHashSet(StringComparer.Ordinal) : (await transaction.GetTable<SuppressionRow>().Where(row => keys.Contains(row.Address) && row.FirstAt == now).Select(row => row.Address).ToListAsync(cancellationToken)).ToHashSet(StringComparer.Ordinal);
    }

    private static string? Bounded(string? detail)
    {
        var clean = detail is null ? "" : HeaderText.Clean(detail);
        if (clean.Length <= LongestDetail)
        {
            return clean.Length == 0 ? null : clean;
        }

        // Half of a pair is no character, and PostgreSQL takes none.
        return clean[..(char.IsHighSurrogate(clean[LongestDetail - 1]) ? LongestDetail - 1 : LongestDetail)];
    }
}

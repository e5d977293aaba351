using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Mail;

/// <summary>
/// What stands for an address that was erased, in the ledger and on the suppression list: a keyed hash. With the address
/// in hand one finds it, and nobody finds the address in it.
/// </summary>
internal sealed class Pseudonyms(StoredValues values)
{
    private const string Prefix = "erased:";
    private const int Bytes = 16;
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    public Task<byte[]> KeyAsync(CancellationToken cancellationToken) => values.KeyAsync("mail.pseudonyms", 32, cancellationToken);

    /// <summary>The same however the address is written.</summary>
    public static string Of(byte[] key, string address) =>
        Prefix + Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(Suppressions.Key(address))).AsSpan(0, Bytes));

    /// <summary>Whether it is one: no address has a colon.</summary>
    public static bool Is(string address) =>
        address.Length == Prefix.Length + (2 * Bytes) && address.StartsWith(Prefix, StringComparison.Ordinal) && !address.AsSpan(Prefix.Length).ContainsAnyExcept(HexDigits);

    /// <summary>
    /// The listed ones. Mails that are no newsletter may go to who was merely erased: it is they who ask for them, and what
    /// they confirm lifts it.
    /// </summary>
    public static async Task<HashSet<string>> ListedAsync(DataConnection transaction, bool isNewsletter, CancellationToken cancellationToken)
    {
        var erased = CauseNames.Write(SuppressionCause.Erased);
        return (await transaction.GetTable<SuppressionRow>()
            .Where(row => row.Domain == "" && row.LiftedAt == null && (isNewsletter || row.Reason != erased))
            .Select(row => row.Address)
            .ToListAsync(cancellationToken)).ToHashSet(StringComparer.Ordinal);
    }
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Feeds.Storage;

namespace Feeds.Host.Api;

/// <summary>
/// The tokens of programs: <c>feeds_</c>, the token's number, and 256 random bits, of which only the hash is stored. The
/// fixed beginning lets whoever looks for secrets in files find one that got there.
/// </summary>
internal sealed class ApiTokens(StoredValues values, TimeProvider clock)
{
    public const int LongestName = 100;
    public const int MostDays = 3_650;
    private const string Prefix = "feeds_";
    private const string StoredPrefix = "api.token.";
    private const int IdBytes = 4;
    private const int SecretBytes = 32;
    private static readonly int Length = Prefix.Length + (2 * IdBytes) + 1 + Base64Url.GetEncodedLength(SecretBytes);

    /// <summary>Makes one.</summary>
    /// <param name="name">What it is for, 1 to <see cref="LongestName"/> characters.</param>
    /// <param name="scopes">Some of <see cref="ApiScope.All"/>.</param>
    /// <param name="life">How long it works.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The token, which can't be shown again.</returns>
    public async Task<string> AddAsync(string name, IReadOnlyList<string> scopes, TimeSpan life, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        while (true)
        {
            var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
            var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
            var token = new ApiToken(id, name, [.. scopes.Distinct(StringComparer.Ordinal)], now, now + life, Hash(secret));
            if (await values.AddAsync(StoredPrefix + id, JsonSerializer.SerializeToUtf8Bytes(token), cancellationToken))
            {
                return $"{Prefix}{id}_{secret}";
            }
        }
    }

    /// <summary>All that were not revoked, the newest first.</summary>
    public async Task<IReadOnlyList<ApiToken>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await values.ListAsync(StoredPrefix, cancellationToken)).Select(Read).OrderByDescending(token => token.Created)];

    /// <summary>From now on it is worth nothing.</summary>
    /// <returns>Whether there was one.</returns>
    public async Task<bool> RevokeAsync(string id, CancellationToken cancellationToken) =>
        IsId(id) && await values.RemoveAsync(StoredPrefix + id, cancellationToken);

    /// <summary>What the token is worth; null where it is none of ours, or was revoked, or is over.</summary>
    public async Task<ApiToken?> FindAsync(string token, CancellationToken cancellationToken)
    {
        if (token.Length != Length || !token.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var id = token.Substring(Prefix.Length, 2 * IdBytes);
        return token[Prefix.Length + id.Length] == '_'
            && IsId(id)
            && await values.FindAsync(StoredPrefix + id, cancellationToken) is { } stored
            && Read(stored) is var found
            && CryptographicOperations.FixedTimeEquals(found.Hash, Hash(token[(Prefix.Length + id.Length + 1)..]))
            && clock.GetUtcNow() < found.Expires
            ? found
            : null;
    }

    private static bool IsId(string id) => id.Length == 2 * IdBytes && id.All(char.IsAsciiHexDigitLower);

    private static ApiToken Read(byte[] stored) => JsonSerializer.Deserialize<ApiToken>(stored)!;

    private static byte[] Hash(string secret) => SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(secret));
}

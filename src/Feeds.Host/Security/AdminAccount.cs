using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Feeds.Storage;
using Microsoft.AspNetCore.Identity;

namespace Feeds.Host.Security;

/// <summary>The one password of <c>/admin</c>, hashed in the store; it is chosen through a link that works once.</summary>
public sealed class AdminAccount(StoredValues values)
{
    /// <summary>In characters.</summary>
    public const int ShortestPassword = 10;

    /// <summary>In characters.</summary>
    public const int LongestPassword = 200;
    private const string PasswordName = "admin.password";
    private const string SetupName = "admin.setup";
    private static readonly object Account = new();
    private readonly PasswordHasher<object> hasher = new();

    /// <summary>A fresh token for the setup link, which makes older ones worthless; null once there is a password.</summary>
    public async Task<string?> NewSetupTokenAsync(CancellationToken cancellationToken)
    {
        if (await HasPasswordAsync(cancellationToken))
        {
            return null;
        }

        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
        await values.SetAsync(SetupName, Hash(token), cancellationToken);
        return token;
    }

    /// <summary>Whether the link with that token may still choose the password.</summary>
    public async Task<bool> IsSetupTokenAsync(string token, CancellationToken cancellationToken) =>
        !await HasPasswordAsync(cancellationToken)
        && await values.FindAsync(SetupName, cancellationToken) is { } stored
        && CryptographicOperations.FixedTimeEquals(stored, Hash(token));

    /// <summary>Sets the first password; of two who try with the same link, one succeeds.</summary>
    public async Task<bool> SetUpAsync(string token, string password, CancellationToken cancellationToken)
    {
        if (!await IsSetupTokenAsync(token, cancellationToken)
            || !await values.AddAsync(PasswordName, Encoding.ASCII.GetBytes(hasher.HashPassword(Account, password)), cancellationToken))
        {
            return false;
        }

        await values.RemoveAsync(SetupName, cancellationToken);
        return true;
    }

    /// <summary>Whether that is the password.</summary>
    public async Task<bool> IsPasswordAsync(string password, CancellationToken cancellationToken) =>
        password.Length <= LongestPassword
        && await values.FindAsync(PasswordName, cancellationToken) is { } stored
        && hasher.VerifyHashedPassword(Account, Encoding.ASCII.GetString(stored), password) != PasswordVerificationResult.Failed;

    /// <summary>The password in a posted form; empty where there is none. It is no argument of a handler, since the framework logs those where it is told to log much.</summary>
    internal static async Task<string> TypedAsync(HttpRequest request) =>
        request.HasFormContentType ? (await request.ReadFormAsync(request.HttpContext.RequestAborted))["password"].ToString() : "";

    private async Task<bool> HasPasswordAsync(CancellationToken cancellationToken) =>
        await values.FindAsync(PasswordName, cancellationToken) is not null;

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}

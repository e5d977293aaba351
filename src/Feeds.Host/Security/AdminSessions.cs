using System.Buffers.Text;
using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Feeds.Storage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Feeds.Host.Security;

/// <summary>
/// The sessions of <c>/admin</c>, by a hash in the store. A cookie is only as good as its session is open: signing out ends it
/// for whoever copied the cookie, and each sign-in begins another, whatever cookie comes with it.
/// </summary>
public sealed class AdminSessions(StoredValues values, TimeProvider clock)
{
    /// <summary>From signing in, however often it is used; unused it ends with its cookie.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    private const string Prefix = "admin.session.";
    private const string SessionClaim = "session";

    /// <summary>Begins a session and hands out its cookie.</summary>
    public async Task SignInAsync(HttpContext context)
    {
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
        await ForgetOldAsync(context.RequestAborted);
        await values.SetAsync(Name(secret), Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{clock.GetUtcNow().ToUnixTimeSeconds()} {Name(secret)}")), context.RequestAborted);
        await context.SignInAsync(new ClaimsPrincipal(new ClaimsIdentity(
            [new Claim(ClaimTypes.Name, "admin"), new Claim(SessionClaim, secret)], CookieAuthenticationDefaults.AuthenticationScheme)));
    }

    /// <summary>Ends the session of the request's cookie, and takes the cookie back.</summary>
    public async Task SignOutAsync(HttpContext context)
    {
        if (context.User.FindFirstValue(SessionClaim) is { } secret)
        {
            await values.RemoveAsync(Name(secret), context.RequestAborted);
        }

        await context.SignOutAsync();
    }

    /// <summary>For each request with a cookie that is ours: whoever's session isn't open is nobody.</summary>
    public static async Task CheckAsync(CookieValidatePrincipalContext context)
    {
        var sessions = context.HttpContext.RequestServices.GetRequiredService<AdminSessions>();
        if (context.Principal?.FindFirstValue(SessionClaim) is not { } secret || !await sessions.IsOpenAsync(secret, context.HttpContext.RequestAborted))
        {
            context.RejectPrincipal();
        }
    }

    private async Task<bool> IsOpenAsync(string secret, CancellationToken cancellationToken) =>
        await values.FindAsync(Name(secret), cancellationToken) is { } stored && !IsOld(stored);

    private async Task ForgetOldAsync(CancellationToken cancellationToken)
    {
        foreach (var stored in (await values.ListAsync(Prefix, cancellationToken)).Where(IsOld))
        {
            await values.RemoveAsync(Encoding.ASCII.GetString(stored).Split(' ')[1], cancellationToken);
        }
    }

    private bool IsOld(byte[] stored) =>
        clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(long.Parse(Encoding.ASCII.GetString(stored).Split(' ')[0], CultureInfo.InvariantCulture)) > Longest;

    private static string Name(string secret) => Prefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}

using System.Text.Json.Serialization;

namespace Feeds.Host.Api;

/// <summary>What a program may do.</summary>
internal static class ApiScope
{
    /// <summary>Sees newsletters, subscribers, and all that is held of each.</summary>
    public const string Read = "subscribers:read";

    /// <summary>Adds and changes subscriptions, and ends them.</summary>
    public const string Write = "subscribers:write";

    /// <summary>Erases people.</summary>
    public const string Erase = "subscribers:erase";

    /// <summary>All that there are.</summary>
    public static IReadOnlyList<string> All { get; } = [Read, Write, Erase];
}

/// <summary>A program's token as it is stored: whoever reads this can't use it.</summary>
/// <param name="Id">Part of the token, and its name in commands; eight hexadecimal digits.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Scopes">Some of <see cref="ApiScope.All"/>.</param>
/// <param name="Created">When it was made, UTC.</param>
/// <param name="Expires">From then on it is worth nothing, UTC.</param>
/// <param name="Hash">SHA-256 of its secret part, which is random enough to need no salt.</param>
internal sealed record ApiToken(
    [property: JsonRequired] string Id,
    [property: JsonRequired] string Name,
    [property: JsonRequired] IReadOnlyList<string> Scopes,
    [property: JsonRequired] DateTimeOffset Created,
    [property: JsonRequired] DateTimeOffset Expires,
    [property: JsonRequired] byte[] Hash);

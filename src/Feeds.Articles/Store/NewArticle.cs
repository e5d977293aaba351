using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Feeds.Articles.Store;

/// <summary>An article as its file says it now; what is null is the publication's.</summary>
internal sealed record NewArticle
{
    public required string Slug { get; init; }

    public required string Title { get; init; }

    public required string? Url { get; init; }

    public required string? Author { get; init; }

    public required string? Language { get; init; }

    public required string Summary { get; init; }

    /// <summary>Our own addresses are marked (<see cref="OwnAddress"/>).</summary>
    public required string Html { get; init; }

    public required NewImage? Image { get; init; }

    public NewEnclosure? Enclosure { get; init; }

    public required DateTimeOffset Published { get; init; }

    /// <summary>What the author says, if anything.</summary>
    public required DateTimeOffset? Updated { get; init; }

    public required ArticleStatus Status { get; init; }

    /// <summary>Other slugs that it had; its own is none of them.</summary>
    public IReadOnlyList<string> Formerly { get; init; } = [];

    /// <summary>Why it is removed; null where it isn't.</summary>
    public string? Reason { get; init; }

    /// <summary>
    /// Whether this change is not significant (RFC 4287 §4.2.15). It is no content: taking the word away again changes nothing.
    /// </summary>
    public bool IsMinor { get; init; }

    /// <summary>Normalised names.</summary>
    public required IReadOnlyList<string> Categories { get; init; }

    /// <summary>Equal for equal content, different for different.</summary>
    public string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string?[] parts =
        [
            Slug, Title, Url, Author, Language, Summary, Html,
            Image?.Address, Image?.Alternative, Number(Image?.Width), Number(Image?.Height),
            Number(Published.ToUnixTimeMilliseconds()), Number(Updated?.ToUnixTimeMilliseconds()), Status.ToString(),
            .. Categories,
            // Later keys only where they are used, marked by what no category's name can hold: what was stored before
            // there were such keys stays equal.
            .. Reason is null ? (string[])[] : ["\nreason", Reason],
            .. Formerly.Select(slug => "\nformerly " + slug),
            .. Enclosure is null ? (string?[])[] : ["\nenclosure", Enclosure.Address, Enclosure.Type, Number(Enclosure.Length), Number(Enclosure.Seconds)],
        ];
        foreach (var part in parts)
        {
            // Each with its length before it: no two lists of parts run together to the same bytes.
            var bytes = Encoding.UTF8.GetBytes(part ?? "");
            hash.AppendData(BitConverter.GetBytes(part is null ? -1 : bytes.Length));
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string? Number(long? number) => number?.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A picture whose <paramref name="Address"/> is absolute or marked as our own.</summary>
internal sealed record NewImage(string Address, string Alternative, int? Width, int? Height);

/// <summary>Sound or film, its <paramref name="Address"/> as that of <see cref="NewImage"/>, its length in bytes.</summary>
internal sealed record NewEnclosure(string Address, string Type, long Length, int? Seconds);

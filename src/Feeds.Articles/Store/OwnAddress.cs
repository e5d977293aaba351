namespace Feeds.Articles.Store;

/// <summary>
/// Addresses below the publication's own base, as they are stored: the base may be configured anew without a new import.
/// The marks are control characters that <see cref="Markup.PlainText"/> strips from everything authors write, so no
/// article can forge one.
/// </summary>
internal static class OwnAddress
{
    /// <summary>Stands for <see cref="PublicationOptions.Base"/>, slash included.</summary>
    public const char Base = '\u001A';

    /// <summary>Stands for scheme and host of <see cref="PublicationOptions.Base"/>, without a slash.</summary>
    public const char Origin = '\u001B';

    private static readonly Uri AssumedBase = new("https://feeds.invalid/base/");

    /// <summary>The stored address of a picture.</summary>
    public static string OfMedia(string name) => $"{Base}media/{name}";

    /// <summary>The stored form of a relative address in an article that is read on our own page.</summary>
    /// <returns>Null where it is no address at all.</returns>
    public static string? Resolve(string slug, string relative)
    {
        if (!Uri.TryCreate(new Uri(AssumedBase, "articles/" + slug), relative, out var resolved))
        {
            return null;
        }

        var text = resolved.AbsoluteUri;
        var origin = AssumedBase.GetLeftPart(UriPartial.Authority);
        return text.StartsWith(AssumedBase.AbsoluteUri, StringComparison.Ordinal) ? Base + text[AssumedBase.AbsoluteUri.Length..]
            : text.StartsWith(origin + "/", StringComparison.Ordinal) ? Origin + text[origin.Length..]
            : text;
    }

    /// <summary>The address that people can follow.</summary>
    public static string Absolute(string stored, Uri publicationBase) =>
        stored.Replace(Base.ToString(), publicationBase.AbsoluteUri, StringComparison.Ordinal)
            .Replace(Origin.ToString(), publicationBase.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal);

    /// <summary>The same for all addresses in HTML, where they stand in quoted attributes.</summary>
    public static string AbsoluteInHtml(string html, Uri publicationBase) =>
        html.Replace(Base.ToString(), Attribute(publicationBase.AbsoluteUri), StringComparison.Ordinal)
            .Replace(Origin.ToString(), Attribute(publicationBase.GetLeftPart(UriPartial.Authority)), StringComparison.Ordinal);

    private static string Attribute(string address) => address.Replace("&", "&amp;", StringComparison.Ordinal);
}

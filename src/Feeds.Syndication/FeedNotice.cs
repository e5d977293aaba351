using Feeds.Articles;

namespace Feeds.Syndication;

/// <summary>
/// What stands at the top of a feed for a person who opens it in a browser, where it looks broken: which page they want
/// instead. Browsers show no style sheet (XSLT) any more, but they do show this.
/// </summary>
internal static class FeedNotice
{
    /// <summary>One line of plain text.</summary>
    public static string Of(PublicationOptions publication) => string.Concat(Phrase(publication), Page(publication));

    /// <summary>The same without two hyphens in a row, which would end a comment in XML (section 2.5).</summary>
    public static string ForComment(PublicationOptions publication) => string.Concat(Phrase(publication), Harmless(Page(publication)));

    private static string Phrase(PublicationOptions publication) =>
        IsFrench(publication.Language)
            ? "Cette adresse est un flux : elle se donne à un lecteur de flux, qui montrera les nouveaux articles. Pour en savoir plus, ou pour s’abonner autrement : "
            : "This address is a feed: give it to a feed reader, which will show what is new. To learn more, or to subscribe in another way: ";

    private static string Page(PublicationOptions publication) => new Uri(publication.Base, "subscribe").AbsoluteUri;

    private static bool IsFrench(string language) =>
        string.Equals(language, "fr", StringComparison.OrdinalIgnoreCase) || language.StartsWith("fr-", StringComparison.OrdinalIgnoreCase);

    // Names of hosts with accents begin with xn--; in an address %2D is the same as the hyphen (RFC 3986 §6.2.2.2).
    private static string Harmless(string address) => FeedXml.Clean(address).Replace("--", "-%2D", StringComparison.Ordinal);
}

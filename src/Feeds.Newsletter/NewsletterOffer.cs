namespace Feeds.Newsletter;

/// <summary>What a newcomer gets as soon as they have confirmed.</summary>
public enum Welcome
{
    /// <summary>Nothing: the next edition is their first, with all that was new when they asked.</summary>
    None,

    /// <summary>A mail with articles of the last four weeks that they would have got; the next edition has what came after it.</summary>
    Recent,

    /// <summary>The articles of the latest edition of their cadence that they would have got, at once; the next edition has what came after it.</summary>
    Latest,
}

/// <summary>What people can join.</summary>
/// <param name="Name">Unique, lower-case ASCII letters, digits and hyphens.</param>
/// <param name="Title">What people read.</param>
/// <param name="Private">Nobody can ask for it: it is on no page, and its subscribers are added by the operator.</param>
/// <param name="Welcome">What a newcomer gets.</param>
/// <param name="Cadences">By name, one or more.</param>
public sealed record NewsletterOffer(string Name, string Title, bool Private, Welcome Welcome, IReadOnlyList<Cadence> Cadences);

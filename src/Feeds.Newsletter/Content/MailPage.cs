namespace Feeds.Newsletter.Content;

/// <summary>What every mail template gets. Texts are plain, addresses absolute; the HTML templates encode them.</summary>
public abstract record MailPage
{
    /// <summary>The fixed words of the mail, in its language.</summary>
    public required Phrases Words { get; init; }

    /// <summary>BCP 47 tag for <c>lang</c>.</summary>
    public required string Language { get; init; }

    /// <summary><c>ltr</c> or <c>rtl</c> for <c>dir</c>.</summary>
    public required string Direction { get; init; }

    /// <summary>The subject, also the page's title.</summary>
    public required string Subject { get; init; }

    /// <summary>What a mailbox shows beside the subject: 40–100 characters, hidden in the mail itself.</summary>
    public required string Preheader { get; init; }

    /// <summary>Name of the publication.</summary>
    public required string Publication { get; init; }

    /// <summary>Its home, where the mail can also be read on the web.</summary>
    public required string Home { get; init; }

    /// <summary>Who answers for the mail: the publication's author, or its title.</summary>
    public required string Publisher { get; init; }

    /// <summary>Address to write to.</summary>
    public required string Contact { get; init; }

    /// <summary>Title of the cadence.</summary>
    public required string Cadence { get; init; }
}

/// <summary>An edition, for <c>digest.html.cshtml</c> and <c>digest.text.cshtml</c>.</summary>
public sealed record DigestMail : MailPage
{
    /// <summary>Day of the slot where the reader is, in words.</summary>
    public required string Date { get; init; }

    /// <summary>What is said before the articles; null where they speak for themselves.</summary>
    public string? Introduction { get; init; }

    /// <summary>The articles shown, newest first.</summary>
    public required IReadOnlyList<DigestArticle> Articles { get; init; }

    /// <summary>How many more are new that the mail has no room for.</summary>
    public required int MoreArticles { get; init; }

    /// <summary>Where a person changes what they get.</summary>
    public required string PreferencesLink { get; init; }

    /// <summary>Where a person ends the subscription.</summary>
    public required string UnsubscribeLink { get; init; }

    /// <summary>Where the mail can be read in a browser; null where it can't.</summary>
    public required string? BrowserLink { get; init; }
}

/// <summary>One article of an edition.</summary>
/// <param name="Title">In <paramref name="Language"/>.</param>
/// <param name="Summary">One paragraph.</param>
/// <param name="Link">With the edition's campaign.</param>
/// <param name="Language">BCP 47 tag; null where it is the mail's own.</param>
/// <param name="Date">Day of publication in the publication's zone, in words.</param>
/// <param name="Author">Null where it is the publisher.</param>
/// <param name="Categories">Their names.</param>
/// <param name="Image">Null where there is none that mail programs show well.</param>
public sealed record DigestArticle(
    string Title, string Summary, string Link, string? Language, string Date, string? Author, IReadOnlyList<string> Categories, DigestImage? Image)
{
    /// <summary>That it was changed significantly since, and when; null where it was not.</summary>
    public string? Corrected { get; init; }

    /// <summary>The whole article as HTML with its styles, to be written as it is; null where the summary stands for it.</summary>
    public string? Html { get; init; }

    /// <summary>The whole article as plain text; null where the summary stands for it.</summary>
    public string? Text { get; init; }
}

/// <summary>A picture, with the size at which it is shown: half its own pixels at most, so that it is sharp on dense screens.</summary>
/// <param name="Address">PNG, JPEG or GIF.</param>
/// <param name="Alternative">May be empty: then it decorates.</param>
/// <param name="Width">Pixels, at most 536.</param>
/// <param name="Height">Pixels.</param>
public sealed record DigestImage(string Address, string Alternative, int Width, int Height);

/// <summary>The question that a subscription begins with, for <c>confirmation.html.cshtml</c> and <c>confirmation.text.cshtml</c>.</summary>
public sealed record ConfirmationMail : MailPage
{
    /// <summary>The subject in full.</summary>
    public required string Heading { get; init; }

    /// <summary>What is asked, or that nothing is.</summary>
    public required string Message { get; init; }

    /// <summary>Where a person confirms; null where there is nothing to confirm.</summary>
    public required string? ConfirmLink { get; init; }

    /// <summary>Where a subscriber ends the subscription; null where there is none yet.</summary>
    public required string? UnsubscribeLink { get; init; }

    /// <summary>Names of the categories asked for; empty for all.</summary>
    public required IReadOnlyList<string> Categories { get; init; }

    /// <summary>Whether the person gets the cadence already.</summary>
    public bool AlreadySubscribed => UnsubscribeLink is not null;

    /// <summary>What the list of <see cref="Categories"/> is; empty where there is no list.</summary>
    public string ListHeading { get => field ?? Words.CategoriesAsked; init; }

    /// <summary>The words of <see cref="ConfirmLink"/>.</summary>
    public string Button { get => field ?? (AlreadySubscribed ? Words.ChangeButton : Words.ConfirmButton); init; }

    /// <summary>How long <see cref="ConfirmLink"/> works, and what happens without an answer.</summary>
    public string Within { get => field ?? Words.ConfirmWithin(7); init; }

    /// <summary>Why the person gets this.</summary>
    public string Why { get => field ?? Words.WhyAsked(Publication); init; }
}

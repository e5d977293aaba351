namespace Feeds.Mail;

/// <summary>
/// One text sent to one or many: an edition's content for a cohort, or a confirmation. The bodies may hold
/// <see cref="Placeholder"/>s, which each recipient's <see cref="MailRecipient.Personal"/> replaces.
/// </summary>
/// <param name="Subject">Plain text without line breaks.</param>
/// <param name="Html">The HTML part; empty for a mail of plain text alone.</param>
/// <param name="Text">The plain text part, as it is to appear.</param>
public sealed record MailContent(string Subject, string Html, string Text)
{
    /// <summary>BCP 47 tag for <c>Content-Language</c>, at most 35 characters; the mailing's where it is lacking.</summary>
    public string? Language { get; init; }

    /// <summary>
    /// What stands in the bodies for a personal value of that name, e.g. a link's address. It survives HTML encoding; the
    /// value is HTML-encoded where it stands in <see cref="Html"/>. A name is made of letters, digits, hyphens and underscores.
    /// </summary>
    public static string Placeholder(string name) => $"{PersonalText.Prefix}{name}/";
}

/// <summary>Somebody a content goes to.</summary>
/// <param name="Key">Stable key of the person for the sender, e.g. the subscriber's number; one delivery a mailing and key.</param>
/// <param name="Address">RFC 5321 mailbox, already validated.</param>
/// <param name="MessageId">Without angle brackets; the same however often the delivery is tried (RFC 5322 §3.6.4).</param>
/// <param name="UnsubscribeUrl">The https address of <c>List-Unsubscribe</c> (RFC 2369, RFC 8058); null on mails that are no newsletter.</param>
/// <param name="Personal">Values for the placeholders, by name.</param>
public sealed record MailRecipient(
    string Key,
    string Address,
    string MessageId,
    string? UnsubscribeUrl,
    IReadOnlyDictionary<string, string> Personal);

/// <summary>A content and everybody whom it goes to.</summary>
public sealed record MailingPart(MailContent Content, IReadOnlyList<MailRecipient> Recipients);

/// <summary>Some of those whom a content goes to, at least one.</summary>
/// <param name="Part">Which of <see cref="Mailing.Parts"/>, from 0.</param>
/// <param name="Recipients">A few thousand at most: they are held at once.</param>
public sealed record RecipientPage(int Part, IReadOnlyList<MailRecipient> Recipients);

/// <summary>What is to be sent, frozen with its audience.</summary>
/// <param name="Key">Unique: a second mailing of the same key is refused by the database.</param>
/// <param name="Date">The Date header of all its messages.</param>
/// <param name="Language">BCP 47 tag for <c>Content-Language</c>, where a content has none of its own.</param>
/// <param name="ListId">Name and domain-like id of the newsletter for <c>List-Id</c> (RFC 2919); null on mails that are no newsletter.</param>
/// <param name="Parts">One a cohort; a recipient key occurs in one part only.</param>
public sealed record Mailing(string Key, DateTimeOffset Date, string Language, ListId? ListId, IReadOnlyList<MailingPart> Parts)
{
    /// <summary>The name beside the sender's address, e.g. the publication's title, where <c>Mail:From</c> has none of its own.</summary>
    public string? FromName { get; init; }

    /// <summary>Somebody filled in a form of a web page with the recipient's address, whoever that was: the mail says so, for filters of floods.</summary>
    public bool AnswersForm { get; init; }

    /// <summary>What is done about deliveries of which nobody knows whether they arrived.</summary>
    public UncertainPolicy Uncertain { get; init; }
}

/// <summary>Display name and identifier (<c>weekly.example.org</c>) of a list (RFC 2919).</summary>
public sealed record ListId(string Name, string Identifier);

/// <summary>How many deliveries of a mailing are in each state; they always sum to its frozen audience.</summary>
/// <param name="Pending">Not yet begun.</param>
/// <param name="InFlight">Handed to a connection; durable before DATA.</param>
/// <param name="Accepted">The server took responsibility (250 after the final dot), or the file is written.</param>
/// <param name="Deferred">A temporary refusal; tried again later.</param>
/// <param name="Failed">A permanent refusal.</param>
/// <param name="Suppressed">The person left, their address was put on the <see cref="SuppressionList"/>, or what was to be sent was withdrawn or cancelled, before the delivery began.</param>
/// <param name="Uncertain">The connection or the process died after the last byte and before the answer; what is done about it is the mailing's <see cref="UncertainPolicy"/>.</param>
public sealed record DeliveryCounts(int Pending, int InFlight, int Accepted, int Deferred, int Failed, int Suppressed, int Uncertain)
{
    /// <summary>The frozen audience.</summary>
    public int Total => Pending + InFlight + Accepted + Deferred + Failed + Suppressed + Uncertain;

    /// <summary>
    /// How many of all of them have been uncertain at some time and may have arrived twice, whatever their state is now.
    /// No state of its own, so no part of <see cref="Total"/>; <see cref="Outbox.ListPossiblyTwiceAsync"/> names them.
    /// </summary>
    public int PossiblyTwice { get; init; }

    /// <summary>How many of <paramref name="Suppressed"/> are so because what they were to bring was withdrawn (<see cref="Outbox.WithdrawAsync"/>).</summary>
    public int Withdrawn { get; init; }

    /// <summary>How many of <paramref name="Uncertain"/> are done with: they are not sent again (<see cref="UncertainPolicy.Hold"/>).</summary>
    public int Held { get; init; }

    /// <summary>How many of <paramref name="Uncertain"/> wait for a person's decision (<see cref="UncertainPolicy.Ask"/>).</summary>
    public int Asked { get; init; }

    /// <summary>Deliveries that are not done with.</summary>
    public int Open => Pending + InFlight + Deferred + Uncertain - Held;
}

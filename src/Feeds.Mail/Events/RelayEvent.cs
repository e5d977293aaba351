namespace Feeds.Mail;

/// <summary>What a relay told of one mail; that the relay told it is verified, which delivery it is about is not yet.</summary>
/// <param name="Kind">What it means.</param>
/// <param name="Identity">The relay's name for the event, the same each time that it is posted.</param>
internal sealed record RelayEvent(ReturnEventKind Kind, string Identity)
{
    /// <summary>The envelope's sender as we gave it to the relay, or null where the event doesn't tell it.</summary>
    public string? Sender { get; init; }

    /// <summary>Our Message-ID, without angle brackets, or null.</summary>
    public string? MessageId { get; init; }

    /// <summary>Whom the mail was sent to.</summary>
    public IReadOnlyList<string> Recipients { get; init; } = [];

    /// <inheritdoc cref="ReturnEvent.Status"/>
    public string? Status { get; init; }

    /// <inheritdoc cref="ReturnEvent.Text"/>
    public string? Text { get; init; }

    /// <summary>A failure that the relay calls final: nobody is there, unless the server's own words are about something else.</summary>
    public static RelayEvent Permanent(string identity, string? status, string text) => Judged(identity, status, text, verdict => verdict switch
    {
        { Class: BounceClass.Policy } => ReturnEventKind.Policy,
        { Class: BounceClass.Soft, Status: { } told } when !told.EndsWith(".0", StringComparison.Ordinal) => ReturnEventKind.Soft,
        _ => ReturnEventKind.Hard,
    });

    /// <summary>A failure for a reason that may pass, after which the relay gave up.</summary>
    public static RelayEvent Transient(string identity, string? status, string text) =>
        Judged(identity, status, text, verdict => verdict.Class == BounceClass.Policy ? ReturnEventKind.Policy : ReturnEventKind.Soft);

    /// <summary>The relay didn't try, because the address is on a list of its own.</summary>
    public static RelayEvent Listed(string identity, string cause) =>
        new(ReturnEventKind.Hard, identity) { Text = ReplyText.Clean($"on the relay's own suppression list ({cause})") };

    private static RelayEvent Judged(string identity, string? status, string text, Func<BounceVerdict, ReturnEventKind> kind)
    {
        var clean = ReplyText.WithoutAddresses(text);
        var verdict = BounceRules.Judge(status, clean);
        return new RelayEvent(kind(verdict), identity) { Status = verdict.Status, Text = clean };
    }
}

/// <summary>Whether a post is believed.</summary>
internal enum EventTrust
{
    /// <summary>The relay made it.</summary>
    Verified,

    /// <summary>There is no proof that the relay made it.</summary>
    Forged,

    /// <summary>The relay made it, but it has another form than the documented one.</summary>
    Unreadable,

    /// <summary>It holds more than <see cref="RelayEvents.MostEvents"/> events.</summary>
    TooMany,

    /// <summary>Whether the relay made it can't be told now: its certificate can't be had.</summary>
    Unknown,
}

/// <summary>A post, read.</summary>
/// <param name="Trust">Whether it is believed; without that it has no events.</param>
/// <param name="Events">Those that something follows from.</param>
internal sealed record EventPost(EventTrust Trust, IReadOnlyList<RelayEvent> Events)
{
    public static EventPost Forged { get; } = new(EventTrust.Forged, []);

    public static EventPost Unreadable { get; } = new(EventTrust.Unreadable, []);

    public static EventPost TooMany { get; } = new(EventTrust.TooMany, []);

    public static EventPost Unknown { get; } = new(EventTrust.Unknown, []);

    public static EventPost Of(params IReadOnlyList<RelayEvent> events) => new(EventTrust.Verified, events);
}

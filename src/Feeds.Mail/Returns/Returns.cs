namespace Feeds.Mail;

/// <summary>What became of a mail that came back.</summary>
public enum ReturnOutcome
{
    /// <summary>What follows from it is committed.</summary>
    Done,

    /// <summary>It was here before: nothing changed.</summary>
    Duplicate,

    /// <summary>Nothing follows from it: an absence notice, or a report that a mail is late or has arrived.</summary>
    Nothing,

    /// <summary>It names no delivery of ours, or its token is forged: nothing follows from it.</summary>
    Unverified,

    /// <summary>A person has to look at it: it can't be read, or somebody wrote. Keep it.</summary>
    Aside,
}

/// <summary>What became of a mail that came back.</summary>
/// <param name="Outcome">What.</param>
/// <param name="Reason">A sentence without addresses why it is <see cref="ReturnOutcome.Aside"/> or <see cref="ReturnOutcome.Unverified"/>; else null.</param>
public sealed record ReturnResult(ReturnOutcome Outcome, string? Reason);

/// <summary>Where mails that came back are handed in, by whatever road.</summary>
public sealed class Returns
{
    private readonly EnvelopeSender sender;
    private readonly ReturnEffects effects;

    internal Returns(EnvelopeSender sender, ReturnEffects effects)
    {
        this.sender = sender;
        this.effects = effects;
    }

    /// <summary>
    /// Reads a mail, of which the first 1,048,576 bytes count, and does what follows from it, durably on return. The same
    /// mail again changes nothing.
    /// </summary>
    /// <exception cref="InvalidOperationException"><c>Mail:BounceAddress</c> is unset, so no delivery can be told.</exception>
    /// <exception cref="System.Data.Common.DbException">The database refuses; nothing was done.</exception>
    /// <exception cref="IOException">The mail can't be read to its end.</exception>
    public async Task<ReturnResult> TakeAsync(Stream mail, CancellationToken cancellationToken)
    {
        var ours = await sender.LoadAsync() ?? throw new InvalidOperationException("Mail:BounceAddress is unset, so nobody can tell which delivery a mail is about; write an address such as bounces@example.org.");
        var returned = ReturnedMail.Read(mail);
        switch (returned.Kind)
        {
            case ReturnedKind.Notice or ReturnedKind.AutomaticReply:
                return new ReturnResult(ReturnOutcome.Nothing, null);
            case ReturnedKind.Ordinary:
                return new ReturnResult(ReturnOutcome.Aside, "Somebody wrote: it is no bounce, no complaint and no wish to leave.");
            case ReturnedKind.Unreadable:
                return new ReturnResult(ReturnOutcome.Aside, returned.Reason);
        }

        var purpose = returned.Kind == ReturnedKind.Unsubscribe ? ReturnPurpose.Unsubscribe : ReturnPurpose.Bounce;
        if (ours.Read(purpose, returned.SentTo) is not { } delivery)
        {
            return Unverified;
        }

        var outcome = await effects.ApplyAsync(Event(returned, delivery), cancellationToken);
        return outcome == ReturnOutcome.Unverified ? Unverified : new ReturnResult(outcome, null);
    }

    private static ReturnResult Unverified { get; } = new(ReturnOutcome.Unverified, "It was sent to no address that this program made, so nothing follows from it.");

    private static ReturnEvent Event(ReturnedMail mail, long delivery)
    {
        if (mail.Kind != ReturnedKind.Bounce)
        {
            return new ReturnEvent(delivery, mail.Kind == ReturnedKind.Complaint ? ReturnEventKind.Complaint : ReturnEventKind.Unsubscribe, mail.Identity);
        }

        // A delivery has one recipient; where a list stood behind the address, one member who is gone doesn't end it.
        var telling = mail.Recipients.FirstOrDefault(recipient => recipient.Class != BounceClass.Hard) ?? mail.Recipients[0];
        return new ReturnEvent(delivery, Kind(telling.Class), mail.Identity) { Status = telling.Status, Text = telling.Text };
    }

    private static ReturnEventKind Kind(BounceClass judged) => judged switch
    {
        BounceClass.Hard => ReturnEventKind.Hard,
        BounceClass.Soft => ReturnEventKind.Soft,
        _ => ReturnEventKind.Policy,
    };
}

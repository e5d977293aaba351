using Feeds.Mail;
using Feeds.Storage;

namespace Feeds.Newsletter;

/// <summary>Where an edition stands.</summary>
public enum EditionState
{
    /// <summary>Frozen with its audience; deliveries are open.</summary>
    Sending,

    /// <summary>No delivery is open any more.</summary>
    Done,

    /// <summary>Too little was new; nothing was sent and the articles wait for the next slot.</summary>
    Skipped,
}

/// <summary>One edition, for lists.</summary>
/// <param name="Cadence">Its cadence's name.</param>
/// <param name="Slot">The planned instant (UTC).</param>
/// <param name="State">Derived from the counts.</param>
/// <param name="Articles">How many articles were new.</param>
/// <param name="Counts">Deliveries by state.</param>
public sealed record EditionListing(string Cadence, DateTimeOffset Slot, EditionState State, int Articles, DeliveryCounts Counts);

/// <summary>What making an edition came to.</summary>
/// <param name="MadeNow">False where that slot had its edition already.</param>
/// <param name="MailingKey">For <see cref="DeliveryLoop.DeliverAsync"/>; null where it was skipped.</param>
/// <param name="Edition">The edition of the slot.</param>
public sealed record EditionResult(bool MadeNow, string? MailingKey, EditionListing Edition);

/// <summary>Makes editions: what is new by the publication sequence, for whom, rendered once per distinct content.</summary>
public sealed class Editions(Database database)
{
    /// <summary>
    /// Makes the edition of that slot, frozen with its audience, in one transaction; delivery follows on its own. A slot
    /// has one edition however often and by however many processes it is asked for. A paused cadence makes none by its schedule, but does when asked here.
    /// </summary>
    /// <returns>Null where there is no such cadence.</returns>
    public Task<EditionResult?> MakeAsync(string cadence, DateTimeOffset slot, CancellationToken cancellationToken) => throw new NotImplementedException($"{database}");

    /// <summary>Writes the mail that a subscriber to everything would get at that instant; changes nothing.</summary>
    /// <returns>False where there is no such cadence or nothing new for it.</returns>
    public Task<bool> PreviewAsync(string cadence, DateTimeOffset at, Stream target, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The newest editions, newest slot first, at most <paramref name="count"/>.</summary>
    public Task<IReadOnlyList<EditionListing>> ListAsync(int count, CancellationToken cancellationToken) => throw new NotImplementedException();
}

/// <summary>The mail templates, <c>templates/*.cshtml</c>: code that operators write.</summary>
public sealed class MailTemplates
{
    /// <summary>Compiles every template, so that the first edition doesn't find the mistake.</summary>
    /// <returns>A sentence for each that doesn't compile, with file and line.</returns>
    public Task<IReadOnlyList<string>> CompileAsync(CancellationToken cancellationToken) => throw new NotImplementedException();
}

namespace Feeds.Mail;

/// <summary>Why nobody writes to an address.</summary>
public enum SuppressionCause
{
    /// <summary>There is nobody under it: a mail came back with 5.1.1 or the like (RFC 3463).</summary>
    HardBounce,

    /// <summary>Mails came back with passing reasons too often in a row.</summary>
    SoftBounces,

    /// <summary>The person called a mail unwanted (RFC 5965). As long as it is listed, it stays listed as that.</summary>
    Complaint,

    /// <summary>An operator put it there, or a file that was imported.</summary>
    Manual,

    /// <summary>The person asked to be forgotten, or was forgotten: no file and no operator brings them back, but they themselves may.</summary>
    Erased,
}

/// <summary>An address that nobody writes to. It is for the operator's eyes, never for logs.</summary>
/// <param name="Number">Its place in the list; a newly listed address has a higher one than all before.</param>
/// <param name="Address">In lower case, with the domain in A-labels; of who was erased a keyed hash, <c>erased:…</c>.</param>
/// <param name="Cause">Why.</param>
/// <param name="Detail">What was said of it, e.g. the enhanced status code; at most 200 characters on one line, or null.</param>
/// <param name="FirstAt">When it was listed, UTC.</param>
/// <param name="LastAt">When there was last a reason to, UTC.</param>
/// <param name="DeliveryId">The delivery that came back, or null.</param>
public sealed record SuppressedAddress(
    long Number, string Address, SuppressionCause Cause, string? Detail, DateTimeOffset FirstAt, DateTimeOffset LastAt, long? DeliveryId)
{
    /// <summary>The cause as files and commands call it, e.g. <c>hard_bounce</c>.</summary>
    public string CauseName => CauseNames.Write(Cause);
}

/// <summary>Which addresses of the list are wanted: those that fulfil all that is set.</summary>
public sealed record SuppressionSearch
{
    /// <summary>What the address begins with, in any case; the whole address finds just this one.</summary>
    public string? Beginning { get; init; }

    /// <summary>The domain, in any case and spelling.</summary>
    public string? Domain { get; init; }

    /// <summary>Only those whose <see cref="SuppressedAddress.Number"/> is higher: the last one of the page before. 0 by default.</summary>
    public long After { get; init; }
}

/// <summary>What became of an imported file.</summary>
/// <param name="Listed">How many addresses are listed by it that were not.</param>
/// <param name="Known">How many were listed already, or stand in it twice.</param>
/// <param name="RefusedCount">How many lines were refused.</param>
/// <param name="Refused">The first 1,000 of these.</param>
public sealed record SuppressionImport(long Listed, long Known, long RefusedCount, IReadOnlyList<RefusedLine> Refused);

/// <summary>A line that holds no address.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Reason">A sentence that doesn't repeat the address.</param>
public sealed record RefusedLine(long Line, string Reason);

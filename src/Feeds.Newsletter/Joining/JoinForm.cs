using System.Net;

namespace Feeds.Newsletter;

/// <summary>What a visitor, or a program, asks for. Everything in it is as it came.</summary>
/// <param name="Email">As typed.</param>
/// <param name="Cadence">Name of a cadence.</param>
/// <param name="Categories">Slugs; empty means all of the cadence.</param>
public sealed record JoinForm(string? Email, string? Cadence, IReadOnlyList<string> Categories)
{
    /// <summary>The network address that it came from, as far as it can be believed.</summary>
    public IPAddress? From { get; init; }

    /// <summary>That of <see cref="JoinTicket"/>, where the form came from a page of ours.</summary>
    public string? Token { get; init; }

    /// <summary>What the page's script found for it.</summary>
    public string? Work { get; init; }

    /// <summary>The address is meant as it stands, however much it looks like a slip.</summary>
    public bool IsSure { get; init; }
}

/// <summary>What a page with the form carries.</summary>
/// <param name="Token">For the hidden field; it works from two seconds to a day after it was issued.</param>
/// <param name="Bits">Zero bits that the script is to find for it; 0 for no work.</param>
public sealed record JoinTicket(string Token, int Bits);

/// <summary>What became of a <see cref="JoinForm"/>.</summary>
public enum JoinOutcome
{
    /// <summary>It is stored, or the address had its mail a while ago: nobody can tell which.</summary>
    Taken,

    /// <summary>Address or category can't be taken; nothing is stored.</summary>
    Refused,

    /// <summary>There is no such cadence, or nobody may ask for it; nothing is stored.</summary>
    Unknown,

    /// <summary>The address looks like a slip; nothing is stored before the visitor has chosen.</summary>
    Misspelt,

    /// <summary>The page was open for too short or too long; nothing is stored, and a fresh page may be sent.</summary>
    Stale,

    /// <summary>More wait than can be served, whoever asks; nothing is stored.</summary>
    Later,
}

/// <summary>The answer to a form.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Text">A sentence in the publication's language (<see cref="JoinOutcome.Refused"/>, <see cref="JoinOutcome.Unknown"/>), or the address that was probably meant (<see cref="JoinOutcome.Misspelt"/>).</param>
public sealed record JoinAnswer(JoinOutcome Outcome, string? Text = null);

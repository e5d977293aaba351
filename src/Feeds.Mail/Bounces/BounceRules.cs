using System.Text.RegularExpressions;

namespace Feeds.Mail;

/// <summary>What a refusal says about the address.</summary>
internal enum BounceClass
{
    /// <summary>There is nobody under this address (5.1.1, 5.1.2, 5.1.3, 5.1.6, 5.1.10).</summary>
    Hard,

    /// <summary>Not now, or for a reason that may pass: a full mailbox, a server in trouble; also whatever isn't told.</summary>
    Soft,

    /// <summary>It is about the sender or the message, never about the address (5.7.x, 5.6.x).</summary>
    Policy,
}

/// <summary>A refusal, judged.</summary>
/// <param name="Class">What it says about the address.</param>
/// <param name="Status">The enhanced status code (RFC 3463), where one is told.</param>
internal readonly record struct BounceVerdict(BounceClass Class, string? Status);

/// <summary>
/// Judges refusals: by the enhanced status code; where there is none or one that says nothing (5.0.0), by the reply code
/// and by what servers usually write. In doubt it is soft: a soft one can still become too many, a hard one ends a subscription.
/// </summary>
internal static partial class BounceRules
{
    // Looked for in this order: "sender's domain does not exist" is about us, and would be said of every recipient.
    private static readonly string[] AboutUs =
    [
        "spam", "blocked", "blacklist", "blocklist", "block list", "policy", "dmarc", "dkim", "reputation", "denied", "not authorized", "unsolicited", "virus",
        "sender", "client host", "helo", "ehlo", "reverse", "relaying",
    ];

    private static readonly string[] ForNow = ["quota", "full", "exceeds allowed size", "insufficient", "try again", "timed out", "timeout", "greylist"];

    private static readonly string[] Nobody =
    [
        "user unknown", "unknown user", "no such user", "no mailbox here by that name", "recipient unknown", "unknown recipient", "no such recipient",
        "no such mailbox", "does not exist", "doesn't exist", "recipnotfound", "recipient not found", "address not found", "user not found",
        "not listed in domino directory", "not listed in public name", "user doesn't have a", "invalid recipient", "invalid final delivery user", "unrouteable address", "account has been deleted",
    ];

    /// <param name="field">The Status field (RFC 3464 §2.3.4), where there is one.</param>
    /// <param name="text">What the server said.</param>
    public static BounceVerdict Judge(string? field, string text)
    {
        var told = Field().Match(field ?? "") is { Success: true } match ? match.Groups["code"].Value : null;
        var found = Find(text);
        var status = told is null || (SaysLittle(told) && found?[0] == told[0]) ? found ?? told : told;
        return new BounceVerdict(status is null || SaysLittle(status) ? ByText(status, text) : ByStatus(status), status);
    }

    /// <summary>Whether the text says at all that something was refused.</summary>
    public static bool Tells(string text) => Find(text) is not null || Reply().IsMatch(text) || Has(text, AboutUs) || Has(text, ForNow) || Has(text, Nobody);

    private static BounceClass ByStatus(string status) => status switch
    {
        ['4', ..] => BounceClass.Soft,
        "5.1.1" or "5.1.2" or "5.1.3" or "5.1.6" or "5.1.10" => BounceClass.Hard,
        "5.1.7" or "5.1.8" or "5.3.4" => BounceClass.Policy,
        ['5', '.', '6' or '7', '.', ..] => BounceClass.Policy,
        _ => BounceClass.Soft,
    };

    private static BounceClass ByText(string? status, string text)
    {
        var reply = Reply().Match(text) is { Success: true } match ? match.Groups["code"].Value : "";
        if (status is ['4', ..] || reply is ['4', ..] or "552")
        {
            return BounceClass.Soft;
        }

        if (Has(text, AboutUs))
        {
            return BounceClass.Policy;
        }

        // A bare 550 is as often a filter's as a missing mailbox's.
        return !Has(text, ForNow) && (Has(text, Nobody) || reply is "551") ? BounceClass.Hard : BounceClass.Soft;
    }

    /// <summary>5.0.0, 5.1.0, 5.5.0 and the like; but 5.6.0 and 5.7.0 say enough.</summary>
    private static bool SaysLittle(string status) => status.EndsWith(".0", StringComparison.Ordinal) && status is not ['5', '.', '6' or '7', '.', ..];

    // After a reply code first: a text may name a program's version, too.
    private static string? Find(string text) =>
        AfterReply().Match(text) is { Success: true } after ? after.Groups["code"].Value
        : Anywhere().Match(text) is { Success: true } any ? any.Groups["code"].Value
        : null;

    private static bool Has(string text, string[] phrases) => phrases.Any(phrase => text.Contains(phrase, StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex(@"\A\s{0,20}(?<code>[45]\.[0-9]{1,3}\.[0-9]{1,3})(?![0-9])", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex Field();

    [GeneratedRegex(@"(?<![0-9.])[45][0-9]{2}[ -]{1,2}#?(?<code>[45]\.[0-9]{1,3}\.[0-9]{1,3})(?!\.?[0-9])", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex AfterReply();

    // Not after a word: that is how programs give their versions.
    [GeneratedRegex(@"(?<![0-9./-]|\w\s)(?<code>[45]\.[0-9]{1,3}\.[0-9]{1,3})(?!\.?[0-9])", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex Anywhere();

    [GeneratedRegex(@"(?<![0-9.])(?<code>[45][0-5][0-9])(?![0-9.])", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex Reply();
}

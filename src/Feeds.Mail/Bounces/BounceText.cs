using System.Text.RegularExpressions;

namespace Feeds.Mail;

/// <summary>
/// Reads bounces that are prose: Exim, qmail (QSBMF), old Postfix, sendmail, Exchange, Gmail, Yahoo, Domino, IMail. What
/// they share is an address at the beginning of a line, and after it why.
/// </summary>
internal static partial class BounceText
{
    private const int MaximumLines = 400;
    private const int LongestLine = 1_000;
    private const int LinesPerRecipient = 16;
    private const int LongestReason = 2_000;

    private static readonly string[] Warnings =
        ["warning message only", "this is a warning", "do not need to resend", "not been delivered yet", "has not yet been delivered", "will continue to try", "delivery is delayed"];

    private static readonly string[] Dividers =
        ["copy of the message", "copy of your message", "original message", "unsent message", "message header", "returned message", "message follows", "undelivered message", "message text follows"];

    /// <summary>Whether it only says that the mail is late.</summary>
    public static bool IsWarning(string subject, string text) =>
        subject.StartsWith("warning", StringComparison.OrdinalIgnoreCase)
        || subject.Contains("(delay)", StringComparison.OrdinalIgnoreCase)
        || Lines(text).Any(line => Warnings.Any(warning => line.Contains(warning, StringComparison.OrdinalIgnoreCase)));

    /// <param name="text">The text before the returned mail.</param>
    /// <param name="ours">Where the bounce went to: no failed recipients.</param>
    /// <param name="failed">The addresses of X-Failed-Recipients (Exim, Gmail).</param>
    /// <returns>None where it tells of no failure.</returns>
    public static IReadOnlyList<BouncedRecipient> Read(string text, IReadOnlyList<string> ours, IReadOnlyList<string> failed)
    {
        var lines = Lines(text).ToList();
        var found = Entries(lines, ours);
        if (found.Count > 0)
        {
            return found;
        }

        var whole = Reason(lines);
        if (failed.Count > 0)
        {
            return [.. failed.Select(address => Judge(address, whole))];
        }

        return BounceRules.Tells(whole) ? [Judge(null, whole)] : [];
    }

    private static List<BouncedRecipient> Entries(List<string> lines, IReadOnlyList<string> ours)
    {
        var entries = new List<(string Address, int Line, string After)>();
        for (var line = 0; line < lines.Count && entries.Count < DeliveryReport.MaximumRecipients; line++)
        {
            if (Entry(lines[line]) is { } entry && !ours.Contains(entry.Address, StringComparer.OrdinalIgnoreCase))
            {
                entries.Add((entry.Address, line, entry.After));
            }
        }

        var reasons = new List<(string Address, string Reason)>();
        var reason = "";
        for (var index = entries.Count - 1; index >= 0; index--)
        {
            var (address, line, rest) = entries[index];
            var end = index + 1 < entries.Count ? entries[index + 1].Line : lines.Count;
            var own = Reason([rest, .. lines.Take(end).Skip(line + 1).Take(LinesPerRecipient)]);

            // Addresses in a row share the reason below the last one.
            reason = own.Length > 0 ? own : reason;
            reasons.Add((address, reason));
        }

        // A transcript names the address again, and often says more.
        return [.. reasons.AsEnumerable().Reverse()
            .GroupBy(told => told.Address, told => told.Reason, StringComparer.OrdinalIgnoreCase)
            .Select(told => Judge(told.Key, Reason(told.Distinct(StringComparer.Ordinal))))];
    }

    private static (string Address, string After)? Entry(string line)
    {
        var match = AtBeginning().Match(line) is { Success: true } first ? first : AfterReason().Match(line);
        return match.Success && MailAddressSyntax.Normalize(match.Groups["address"].Value.TrimEnd('.'), out _) is { } address
            ? (address, $"{match.Groups["before"].Value} {match.Groups["after"].Value}".TrimStart(' ', ':').TrimEnd())
            : null;
    }

    private static BouncedRecipient Judge(string? address, string reason)
    {
        var verdict = BounceRules.Judge(null, reason);
        return new BouncedRecipient(address, verdict.Class, verdict.Status, ReplyText.WithoutAddresses(reason));
    }

    private static string Reason(IEnumerable<string> lines)
    {
        var reason = string.Join(' ', lines.Select(line => line.Trim()).Where(line => line.Length > 0));
        return reason.Length > LongestReason ? reason[..LongestReason] : reason;
    }

    private static IEnumerable<string> Lines(string text)
    {
        using var reader = new StringReader(text);
        for (var count = 0; count < MaximumLines && reader.ReadLine() is { } line && !IsDivider(line); count++)
        {
            yield return line.Length > LongestLine ? line[..LongestLine] : line;
        }
    }

    // QSBMF: a paragraph that begins with a hyphen ends the report; others write more hyphens.
    private static bool IsDivider(string line) =>
        line.StartsWith("Received: ", StringComparison.OrdinalIgnoreCase)
        || line.StartsWith("Return-Path: ", StringComparison.OrdinalIgnoreCase)
        || ((line.TrimStart().StartsWith('-') || line.EndsWith(':')) && Dividers.Any(divider => line.Contains(divider, StringComparison.OrdinalIgnoreCase)));

    [GeneratedRegex("""\A\s{0,40}<?(?<address>[^\s<>,;:"()\[\]@]{1,64}@[^\s<>,;:"()\[\]@]{1,253}?)>?(?<after>\s*\z|\s*:.*|\s+\(.*|\s+on\s.*|\.\.\. .*)""", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.Singleline, 10_000)]
    private static partial Regex AtBeginning();

    [GeneratedRegex("""\A\s{0,40}(?<before>(unknown user|user unknown|no such user|invalid final delivery user|user mailbox exceeds allowed size|undeliverable to|delivery failed)[^@:<]{0,40}?)[:\s]\s{0,10}<?(?<address>[^\s<>,;:"()\[\]@]{1,64}@[^\s<>,;:"()\[\]@]{1,253})>?(?<after>.*)""", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.Singleline, 10_000)]
    private static partial Regex AfterReason();
}

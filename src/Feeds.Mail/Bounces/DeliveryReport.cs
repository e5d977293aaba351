using MimeKit;

namespace Feeds.Mail;

/// <summary>An address that a mail came back from.</summary>
/// <param name="Address">Normalized; null where the report doesn't tell it.</param>
/// <param name="Class">What the refusal says about the address.</param>
/// <param name="Status">Enhanced status code (RFC 3463), where one is told.</param>
/// <param name="Text">What the server said: one line of at most 500 characters, fit for a table and, encoded, a page.</param>
internal sealed record BouncedRecipient(string? Address, BounceClass Class, string? Status, string Text);

/// <summary>Reads the fields of a delivery status notification (RFC 3464 §2, RFC 6533).</summary>
internal static class DeliveryReport
{
    /// <summary>So many recipients of one report are read. Ours have one.</summary>
    public const int MaximumRecipients = 100;

    /// <returns>Those that failed for good; none where all were delayed or delivered; null where no recipient is told of.</returns>
    public static IReadOnlyList<BouncedRecipient>? Read(IEnumerable<MessageDeliveryStatus> parts)
    {
        var groups = parts.SelectMany(part => part.StatusGroups).Where(IsRecipient).Take(MaximumRecipients).ToList();
        return groups.Count == 0 ? null : [.. groups.Where(IsFailure).Select(Recipient)];
    }

    // The first group is about the message, and some servers write no empty line after it.
    private static bool IsRecipient(HeaderList group) =>
        group.Contains("Final-Recipient") || group.Contains("Original-Recipient") || group.Contains("Action") || group.Contains("Status");

    private static bool IsFailure(HeaderList group)
    {
        var action = ReturnedHeaders.Value(group, "Action");
        return action.Length > 0
            ? action.StartsWith("failed", StringComparison.OrdinalIgnoreCase)
            : ReturnedHeaders.Value(group, "Status") is "" or ['5', ..];
    }

    private static BouncedRecipient Recipient(HeaderList group)
    {
        var text = AfterType(ReturnedHeaders.Value(group, "Diagnostic-Code"));
        var verdict = BounceRules.Judge(ReturnedHeaders.Value(group, "Status"), text);
        return new BouncedRecipient(Address(group, "Original-Recipient") ?? Address(group, "Final-Recipient"), verdict.Class, verdict.Status, ReplyText.WithoutAddresses(text));
    }

    private static string? Address(HeaderList group, string name) =>
        MailAddressSyntax.Normalize(AfterType(ReturnedHeaders.Value(group, name)).Trim('<', '>', ' ', '\t'), out _);

    /// <summary>Without the "rfc822;" or "smtp;" before it.</summary>
    private static string AfterType(string value)
    {
        var end = value.IndexOf(';', StringComparison.Ordinal);
        return end is >= 0 and < 40 && !value.AsSpan(0, end).ContainsAny('@', '.') ? value[(end + 1)..].Trim() : value;
    }
}

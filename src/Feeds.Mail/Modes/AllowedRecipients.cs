namespace Feeds.Mail;

/// <summary>Whom <c>Mail:Allow</c> names: addresses, and domains without those below them. Case doesn't count.</summary>
internal sealed class AllowedRecipients(IEnumerable<string> entries)
{
    private readonly HashSet<string> known = entries.Select(Parse).OfType<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>An entry as addresses are stored, or null where it is neither an address nor a domain.</summary>
    public static string? Parse(string? entry) => entry?.Contains('@', StringComparison.Ordinal) == true
        ? MailAddressSyntax.Normalize(entry, out _)
        : MailAddressSyntax.Normalize($"x@{entry?.Trim(' ')}", out _)?[2..];

    /// <param name="address">As <see cref="MailAddressSyntax.Normalize"/> gives it.</param>
    public bool Contains(string address) => known.Contains(address) || known.Contains(address[(address.LastIndexOf('@') + 1)..]);
}

using System.Globalization;
using Microsoft.Extensions.Options;

namespace Feeds.Mail;

/// <summary>What the section <c>Mail</c> must keep to; each failure names its key and its mend.</summary>
internal sealed class MailOptionsRules : IValidateOptions<MailOptions>
{
    private const int MostAllowed = 1000;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, MailOptions options)
    {
        var failures = Refuse(options).ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> Refuse(MailOptions options)
    {
        if (!Enum.IsDefined(options.Mode))
        {
            yield return "Mail:Mode is none of pickup, live, redirect and allowlist; write one of the four.";
        }

        if (SenderSyntax.Parse(options.From) is null)
        {
            yield return "Mail:From is no sender; write name@example.org or Name <name@example.org>.";
        }

        if (options.BounceAddress is { } bounces && EnvelopeSender.Parse(bounces) is null)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"Mail:BounceAddress is no plain address with at most {ReturnAddress.LongestName} ASCII characters before the @; write one such as bounces@example.org, or leave it out.");
        }

        if (options.Mode == MailMode.Pickup && (string.IsNullOrWhiteSpace(options.PickupFolder) || options.PickupFolder.Contains('\0', StringComparison.Ordinal)))
        {
            yield return "Mail:PickupFolder is empty; write a folder such as data/mails.";
        }

        if (RefuseMode(options) is { } mode)
        {
            yield return mode;
        }

        foreach (var failure in RefuseQuietHours(options.QuietHours))
        {
            yield return failure;
        }

        foreach (var failure in options.Servers.SelectMany(smtp => Refuse(smtp, options.Mode)))
        {
            yield return failure;
        }
    }

    /// <summary>What the modes need that protect people from a try.</summary>
    private static string? RefuseMode(MailOptions options) => options switch
    {
        { Mode: MailMode.Redirect } when MailAddressSyntax.Normalize(options.RedirectTo, out _) is not { } address || !address.All(char.IsAscii) =>
            "Mail:RedirectTo is no address, and Mail:Mode redirect needs the one that all mails go to; write one such as me@example.org.",
        { Mode: MailMode.Allowlist, Allow.Count: 0 or > MostAllowed } =>
            string.Create(CultureInfo.InvariantCulture, $"Mail:Allow has {options.Allow.Count} entries, and Mail:Mode allowlist needs 1 to {MostAllowed}; write addresses (me@example.org) or domains (example.org)."),
        _ when options.Allow.Select((entry, index) => (entry, index)).FirstOrDefault(one => AllowedRecipients.Parse(one.entry) is null) is { entry: not null } wrong =>
            string.Create(CultureInfo.InvariantCulture, $"Mail:Allow:{wrong.index} is neither an address nor a domain; write one such as me@example.org or example.org."),
        _ => null,
    };

    private static IEnumerable<string> RefuseQuietHours(QuietHoursOptions? hours)
    {
        if (hours is null)
        {
            yield break;
        }

        foreach (var (key, written) in new[] { (nameof(hours.From), hours.From), (nameof(hours.To), hours.To) })
        {
            if (QuietHours.Read(written) is null)
            {
                yield return $"Mail:QuietHours:{key} is “{ReplyText.WithoutAddresses(written)}”; write a time from 00:00 to 23:59, such as 07:00.";
            }
        }

        if (QuietHours.Read(hours.From) is { } from && from == QuietHours.Read(hours.To))
        {
            yield return $"Mail:QuietHours:To is {hours.To}, as Mail:QuietHours:From is; write two different times, or remove Mail:QuietHours.";
        }

        if (QuietHours.FindZone(hours.TimeZone) is null)
        {
            yield return $"Mail:QuietHours:TimeZone is “{ReplyText.WithoutAddresses(hours.TimeZone)}”; write the name of an IANA zone such as Europe/Paris.";
        }
    }

    private static IEnumerable<string> Refuse(SmtpOptions smtp, MailMode mode)
    {
        if (mode != MailMode.Pickup && Uri.CheckHostName(smtp.Host) == UriHostNameType.Unknown)
        {
            yield return $"{smtp.Section}:Host is no server's name; with any Mail:Mode but pickup write one such as smtp.example.org, without port and scheme.";
        }

        if (smtp.Port is < 1 or > 65535)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{smtp.Section}:Port is {smtp.Port}; write a number from 1 to 65535.");
        }

        if (smtp.Connections is < 1 or > 32)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{smtp.Section}:Connections is {smtp.Connections}; write a number from 1 to 32.");
        }

        if (smtp.MessagesPerSecond is < 1 or > 10_000)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{smtp.Section}:MessagesPerSecond is {smtp.MessagesPerSecond}; write a number from 1 to 10000, or leave it out.");
        }

        if (smtp.MessagesPerMinute is < 1 or > 600_000)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{smtp.Section}:MessagesPerMinute is {smtp.MessagesPerMinute}; write a number from 1 to 600000, or leave it out.");
        }

        if (smtp.MessagesPerDay is < 1)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{smtp.Section}:MessagesPerDay is {smtp.MessagesPerDay}; write a number from 1, or leave it out.");
        }

        if (!Enum.IsDefined(smtp.Security))
        {
            yield return $"{smtp.Section}:Security is none of StartTls, Tls and None; write one of the three.";
        }

        foreach (var failure in RefuseLogin(smtp))
        {
            yield return failure;
        }
    }

    private static IEnumerable<string> RefuseLogin(SmtpOptions smtp)
    {
        var hasPassword = !string.IsNullOrEmpty(smtp.Password) || !string.IsNullOrEmpty(smtp.PasswordFile);
        if (smtp.Security == SmtpSecurity.None && (smtp.Username is not null || hasPassword))
        {
            yield return $"{smtp.Section}:Security is None, so {smtp.Section}:Username and its password would cross the network in clear; write StartTls or Tls, or remove them.";
        }

        if (smtp.Username is not null && !hasPassword)
        {
            yield return $"{smtp.Section}:Username has no password; set {smtp.Section}:PasswordFile (or {smtp.Section}:Password).";
        }

        if (smtp.Username is null && hasPassword)
        {
            yield return $"{smtp.Section}:Password is set and {smtp.Section}:Username is not; set both or neither.";
        }

        if (!string.IsNullOrEmpty(smtp.PasswordFile) && !PasswordFile.IsReadable(smtp.PasswordFile))
        {
            yield return $"{smtp.Section}:PasswordFile {smtp.PasswordFile} can't be read; see that it exists and that this user may read it.";
        }
    }
}

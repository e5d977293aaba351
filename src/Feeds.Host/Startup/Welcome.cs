using System.Globalization;
using Feeds.Articles;
using Feeds.Host.Security;
using Feeds.Mail;
using Feeds.Scheduling;
using Microsoft.Extensions.Options;

namespace Feeds.Host.Startup;

/// <summary>The few lines that tell where everything is, once the program answers.</summary>
internal sealed class Welcome(
    IOptions<PublicationOptions> publication,
    IOptions<MailOptions> mail,
    ScheduleBook schedules,
    AdminAccount admin)
{
    public async Task WriteAsync(ICollection<string> addresses, CancellationToken cancellationToken)
    {
        var site = publication.Value.Base;
        IEnumerable<SmtpOptions> servers = mail.Value.Relays.Count > 0 ? mail.Value.Relays : [mail.Value.Smtp];
        List<(string Label, string Text)> lines =
        [
            ("Pages", site.AbsoluteUri),
            ("Feeds", $"{site}feed.atom and {site}feed.rss, and one of each for every category: {site}subscribe"),
            ("Mails", mail.Value.Mode == MailMode.Pickup
                ? $"written to {Path.GetFullPath(mail.Value.PickupFolder)}; nobody is written to (Mail:Mode is pickup)"
                : $"sent through {string.Join(", ", servers.Select(server => $"{server.Host}:{server.Port}"))} (Mail:Mode is {mail.Value.Mode.ToString().ToLowerInvariant()})"),
            ("Next", await FirstStart.NextAsync(schedules, cancellationToken) is { } next
                ? $"{next.Cadence.Name} ({next.Cadence.Title}) on {next.Slot.ToString("dddd yyyy-MM-dd 'at' HH:mm zzz", CultureInfo.InvariantCulture)}, {next.Cadence.Zone}"
                : "no newsletter: every cadence is paused"),
        ];
        if (await admin.NewSetupTokenAsync(cancellationToken) is { } token)
        {
            lines.Add(("Admin", $"choose the password at {site}admin/setup/{token} (this link works once, until the next start)"));
        }
        else
        {
            lines.Add(("Admin", $"{site}admin"));
        }

        if (!addresses.Any(address => SamePort(address, site)))
        {
            lines.Add(("Note", $"listening on {string.Join(", ", addresses)}, while links say {site} (Publication:BaseUrl); a proxy should stand between them, or one of the two should change"));
        }

        foreach (var (label, text) in lines)
        {
            Console.WriteLine($"  {label,-6} {text}");
        }
    }

    private static bool SamePort(string address, Uri site) =>
        Uri.TryCreate(address.Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "localhost", StringComparison.Ordinal).Replace("+", "localhost", StringComparison.Ordinal).Replace("*", "localhost", StringComparison.Ordinal), UriKind.Absolute, out var listening)
        && listening.Port == site.Port;
}

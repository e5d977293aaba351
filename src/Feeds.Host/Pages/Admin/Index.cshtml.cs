using Feeds.Host.Security;
using Feeds.Mail;
using Feeds.Newsletter;
using Feeds.Scheduling;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;

namespace Feeds.Host.Pages.Admin;

/// <summary><c>/admin</c>: the schedules, what went out, and in pickup mode the mails themselves.</summary>
public sealed class AdminModel(ScheduleBook schedules, CadenceStore cadences, Editions editions, PickupFolder mails, QuietHours quiet, IOptions<MailOptions> mail, AdminSessions sessions, SiteView site) : PageModel
{
    private const int Listed = 50;

    /// <summary>Every zone that this machine knows by its IANA name.</summary>
    public static IReadOnlyList<string> Zones { get; } =
        [.. TimeZoneInfo.GetSystemTimeZones().Where(zone => zone.HasIanaId).Select(zone => zone.Id).Order(StringComparer.Ordinal)];

    /// <summary>All cadences.</summary>
    public IReadOnlyList<ScheduleListing> Schedules { get; private set; } = [];

    /// <summary>Those that anybody may ask for now.</summary>
    public IReadOnlyList<Cadence> Open { get; private set; } = [];

    /// <summary>The newest editions.</summary>
    public IReadOnlyList<EditionListing> Editions { get; private set; } = [];

    /// <summary>Until when editions wait, with the zone; null where they needn't.</summary>
    public string? QuietUntil => quiet.Until;

    /// <summary>The newest mails of the pickup folder.</summary>
    public IReadOnlyList<PickedUpMail> Mails { get; private set; } = [];

    /// <summary>Whether mails are written to a folder.</summary>
    public bool ShowsMails => mail.Value.Mode == MailMode.Pickup;

    /// <summary>The cadence that was just changed, or would have been.</summary>
    public string? Changed { get; private set; }

    /// <summary>Why it was not.</summary>
    public string? Refused { get; private set; }

    /// <summary>What was typed, so that nothing has to be typed again.</summary>
    public string? TypedCron { get; private set; }

    /// <inheritdoc cref="TypedCron"/>
    public ScheduleForm? Typed { get; private set; }

    /// <inheritdoc cref="TypedCron"/>
    public string? TypedZone { get; private set; }

    /// <summary>Shows all.</summary>
    public async Task OnGetAsync([FromQuery] string? saved, CancellationToken cancellationToken)
    {
        Changed = saved;
        await LoadAsync(cancellationToken);
    }

    /// <summary>Changes a schedule, or says why not.</summary>
    public async Task<IActionResult> OnPostScheduleAsync([FromForm] PostedSchedule posted, CancellationToken cancellationToken)
    {
        Typed = ScheduleForm.Read(posted.Frequency, posted.Weekdays, posted.Day, posted.Time);
        (Changed, TypedCron, TypedZone) = (posted.Cadence, posted.Cron, posted.Zone);
        Refused = await ChangeAsync(posted, cancellationToken);
        if (Refused is null)
        {
            var name = Uri.EscapeDataString(posted.Cadence);
            return Redirect($"{Request.PathBase}/admin?saved={name}#cadence-{name}");
        }

        await LoadAsync(cancellationToken);
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return Page();
    }

    /// <summary>Ends the session.</summary>
    public async Task<IActionResult> OnPostSignOutAsync()
    {
        await sessions.SignOutAsync(HttpContext);
        return RedirectToPage("/Admin/Login");
    }

    private async Task<string?> ChangeAsync(PostedSchedule posted, CancellationToken cancellationToken)
    {
        var stored = (await schedules.ListAsync(cancellationToken)).FirstOrDefault(one => string.Equals(one.Cadence.Name, posted.Cadence, StringComparison.Ordinal));
        if (stored is null || posted.Minimum is not { } minimum)
        {
            return site[stored is null ? "There is no such newsletter any more." : "The smallest number of articles is not a number."];
        }

        var shown = ScheduleForm.Of(stored.Cadence.Cron);
        var cronChanged = posted.Cron is not null && !string.Equals(posted.Cron.Trim(), stored.Cadence.Cron, StringComparison.Ordinal);
        var formChanged = posted.Frequency is not null && (Typed is null || !Typed.SaysTheSameAs(shown));
        if (cronChanged && formChanged)
        {
            return site["You changed both the form and the cron expression, and they contradict each other. Change one of the two."];
        }

        if (formChanged && Typed?.ToCron() is null)
        {
            return site["The form lacks something: a time, or a day of the week. Choose it, or write a cron expression."];
        }

        var cron = formChanged ? Typed!.ToCron() : posted.Cron?.Trim();
        return await schedules.ChangeAsync(posted.Cadence, new ScheduleChange(cron, posted.Zone?.Trim(), minimum, posted.Paused, posted.Revision), cancellationToken);
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        Schedules = await schedules.ListAsync(cancellationToken);
        Open = [.. (await cadences.NewslettersAsync(cancellationToken)).Where(newsletter => !newsletter.Private).SelectMany(newsletter => newsletter.Cadences).Where(cadence => !cadence.Paused)];
        Editions = await editions.ListAsync(Listed, cancellationToken);
        Mails = ShowsMails ? await mails.ListAsync(Listed, cancellationToken) : [];
    }
}

/// <summary>The form of one cadence, as it was sent.</summary>
public sealed class PostedSchedule
{
    /// <summary>Name of the cadence.</summary>
    public string Cadence { get; init; } = "";

    /// <summary>The revision that the form was made from.</summary>
    public long? Revision { get; init; }

    /// <summary>One of <see cref="ScheduleForm.Frequencies"/>; null where only cron was sent.</summary>
    public string? Frequency { get; init; }

    /// <summary>English names of days.</summary>
    public IReadOnlyList<string> Weekdays { get; init; } = [];

    /// <summary>Of the month.</summary>
    public int? Day { get; init; }

    /// <summary>HH:mm.</summary>
    public string? Time { get; init; }

    /// <summary>Cron expression.</summary>
    public string? Cron { get; init; }

    /// <summary>IANA zone.</summary>
    public string? Zone { get; init; }

    /// <summary>Fewest new articles.</summary>
    public int? Minimum { get; init; }

    /// <summary>No edition while true.</summary>
    public bool Paused { get; init; }
}

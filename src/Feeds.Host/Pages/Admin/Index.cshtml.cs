using Feeds.Mail;
using Feeds.Newsletter;
using Feeds.Scheduling;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;

namespace Feeds.Host.Pages.Admin;

/// <summary><c>/admin</c>: the schedules, what went out, and in pickup mode the mails themselves.</summary>
public sealed class AdminModel(ScheduleBook schedules, Editions editions, PickupFolder mails, IOptions<MailOptions> mail, SiteView site) : PageModel
{
    private const int Listed = 50;

    /// <summary>Every zone that this machine knows by its IANA name.</summary>
    public static IReadOnlyList<string> Zones { get; } =
        [.. TimeZoneInfo.GetSystemTimeZones().Where(zone => zone.HasIanaId).Select(zone => zone.Id).Order(StringComparer.Ordinal)];

    /// <summary>All cadences.</summary>
    public IReadOnlyList<ScheduleListing> Schedules { get; private set; } = [];

    /// <summary>The newest editions.</summary>
    public IReadOnlyList<EditionListing> Editions { get; private set; } = [];

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
    public string? TypedZone { get; private set; }

    /// <summary>Shows all.</summary>
    public async Task OnGetAsync([FromQuery] string? saved, CancellationToken cancellationToken)
    {
        Changed = saved;
        await LoadAsync(cancellationToken);
    }

    /// <summary>Changes a schedule, or says why not.</summary>
    public async Task<IActionResult> OnPostScheduleAsync(
        [FromForm] string cadence, [FromForm] long revision, [FromForm] string? cron, [FromForm] string? zone, [FromForm] int? minimum, [FromForm] bool paused, CancellationToken cancellationToken)
    {
        var change = new ScheduleChange(cron ?? "", zone ?? "", minimum, paused, revision);
        Refused = minimum is null
            ? site["The smallest number of articles is not a number."]
            : await schedules.ChangeAsync(cadence, change, cancellationToken);
        if (Refused is null)
        {
            return Redirect($"{Request.PathBase}/admin?saved={Uri.EscapeDataString(cadence)}#cadence-{Uri.EscapeDataString(cadence)}");
        }

        (Changed, TypedCron, TypedZone) = (cadence, cron, zone);
        await LoadAsync(cancellationToken);
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return Page();
    }

    /// <summary>Ends the session.</summary>
    public async Task<IActionResult> OnPostSignOutAsync()
    {
        await HttpContext.SignOutAsync();
        return RedirectToPage("/Admin/Login");
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        Schedules = await schedules.ListAsync(cancellationToken);
        Editions = await editions.ListAsync(Listed, cancellationToken);
        Mails = ShowsMails ? await mails.ListAsync(Listed, cancellationToken) : [];
    }
}

using System.Globalization;
using Feeds.Newsletter;
using Microsoft.Extensions.Options;

namespace Feeds.Scheduling;

/// <summary>Checks cron and zone of <c>Newsletter:Cadences</c>; the sentences name the full key.</summary>
internal sealed class CadenceOptionsCheck(IOptions<SchedulingOptions> scheduling, TimeProvider clock) : IValidateOptions<NewsletterOptions>
{
    public ValidateOptionsResult Validate(string? name, NewsletterOptions options)
    {
        var now = clock.GetUtcNow();
        var failures = new List<string>();
        foreach (var (place, cadence) in options.Cadences.Index())
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"Newsletter:Cadences:{place}");
            var inherits = string.IsNullOrWhiteSpace(cadence.Zone);
            var zone = inherits ? scheduling.Value.TimeZone : cadence.Zone!;
            if (CronCheck.ZoneRefusal(zone, "en") is { } zoneRefusal)
            {
                failures.Add($"{(inherits ? "Publication:TimeZone" : key + ":Zone")}: {zoneRefusal}");
            }
            else if (CronCheck.Refusal(cadence.Cron, zone, now, "en") is { } cronRefusal)
            {
                failures.Add($"{key}:Cron: {cronRefusal}");
            }
        }

        return failures.Count > 0 ? ValidateOptionsResult.Fail(failures) : ValidateOptionsResult.Success;
    }
}

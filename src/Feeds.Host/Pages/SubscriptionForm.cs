using System.Globalization;
using Feeds.Newsletter;
using Feeds.Scheduling;

namespace Feeds.Host.Pages;

/// <summary>What a person chooses of a newsletter, as a form without script has it.</summary>
public sealed class SubscriptionForm
{
    /// <summary>Its name.</summary>
    public string? Newsletter { get; set; }

    /// <summary>Name of the cadence.</summary>
    public string? Cadence { get; set; }

    /// <summary>0–23, or nothing for when the cadence says.</summary>
    public string? Hour { get; set; }

    /// <summary>IANA zone of the hour.</summary>
    public string? Zone { get; set; }

    /// <summary><c>all</c> or <c>some</c>.</summary>
    public string? Topics { get; set; }

    /// <summary>Slugs, where it is some.</summary>
    public string[]? Categories { get; set; }

    /// <summary>Names of authors who are left out.</summary>
    public string[]? Without { get; set; }

    /// <summary><c>full</c>, or anything else for summaries.</summary>
    public string? Text { get; set; }

    /// <summary><c>plain</c>, or anything else for HTML.</summary>
    public string? Layout { get; set; }

    /// <summary>BCP 47 tag, or nothing for the publication's.</summary>
    public string? Language { get; set; }

    /// <summary>As values.</summary>
    public SubscriptionSettings Settings => new()
    {
        Cadence = Cadence ?? "",
        Categories = Topics is "some" ? Categories ?? [] : [],
        WithoutAuthors = Without ?? [],
        Time = int.TryParse(Hour, NumberStyles.None, CultureInfo.InvariantCulture, out var hour) ? new SendTime(Zone ?? "", hour) : SendTime.OfCadence,
        Language = Language ?? "",
        FullText = Text is "full",
        PlainText = Layout is "plain",
    };

    /// <summary>The form as a subscription stands.</summary>
    public static SubscriptionForm Of(HeldSubscription held)
    {
        var settings = held.Settings;
        return new SubscriptionForm
        {
            Newsletter = held.Newsletter.Name,
            Cadence = settings.Cadence,
            Hour = settings.Time.IsOfCadence ? "" : settings.Time.Hour.ToString(CultureInfo.InvariantCulture),
            Zone = settings.Time.IsOfCadence ? held.Cadence.Zone : settings.Time.Zone,
            Topics = settings.Categories.Count == 0 ? "all" : "some",
            Categories = [.. settings.Categories],
            Without = [.. settings.WithoutAuthors],
            Text = settings.FullText ? "full" : "summaries",
            Layout = settings.PlainText ? "plain" : "html",
            Language = settings.Language,
        };
    }

    /// <summary>What only the form can know to be wrong; null where nothing is.</summary>
    public string? Refusal(SiteView site, string language)
    {
        site.Speak(language);
        if (Topics is "some" && Categories is null or [])
        {
            return site["Choose at least one topic, or “all of them”."];
        }

        return string.IsNullOrEmpty(Hour) ? null : CronCheck.ZoneRefusal(Zone ?? "", language);
    }
}

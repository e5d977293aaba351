using System.Collections.Concurrent;
using System.Globalization;
using System.Resources;
using Feeds.Articles;
using Feeds.Newsletter;
using Microsoft.Extensions.Options;

namespace Feeds.Host.Pages;

/// <summary>What every page needs: the publication, its language and its clock.</summary>
/// <remarks>
/// Pages are written in English and say <c>Site["Subscribe"]</c>; <c>Resources/fr.resx</c> and its like hold the same
/// sentence in another language. Another language is another file.
/// </remarks>
public sealed class SiteView
{
    private static readonly ConcurrentDictionary<string, ResourceManager?> Resources = new(StringComparer.Ordinal);
    private readonly PublicationOptions publication;
    private readonly TimeZoneInfo zone;
    private ResourceManager? translations;

    /// <summary>Reads the publication's language and zone.</summary>
    public SiteView(IOptions<PublicationOptions> publication)
    {
        this.publication = publication.Value;
        zone = TimeZoneInfo.FindSystemTimeZoneById(this.publication.TimeZone);
        Speak(this.publication.Language);
    }

    /// <summary>The culture of <see cref="Language"/>.</summary>
    public CultureInfo Culture { get; private set; } = CultureInfo.InvariantCulture;

    /// <summary>Title of the publication.</summary>
    public string Title => publication.Title;

    /// <summary>What the publication is about.</summary>
    public string Description => publication.Description;

    /// <summary>BCP 47 tag of the page's own words: the publication's, unless <see cref="Speak"/> says otherwise.</summary>
    public string Language { get; private set; } = "";

    /// <summary>Who publishes.</summary>
    public string Author => publication.Author;

    /// <summary>Goes on in another language: a page that is for one person is in theirs.</summary>
    /// <param name="language">BCP 47 tag.</param>
    public void Speak(string language)
    {
        Language = language;
        Culture = CultureInfo.GetCultureInfo(language);
        translations = Resources.GetOrAdd(Culture.TwoLetterISOLanguageName, static code =>
        {
            var resource = $"Feeds.Host.Resources.{code}";
            return typeof(SiteView).Assembly.GetManifestResourceInfo($"{resource}.resources") is null ? null : new ResourceManager(resource, typeof(SiteView).Assembly);
        });
    }

    /// <summary>The sentence in the page's language.</summary>
    public string this[string sentence] => translations?.GetString(sentence, CultureInfo.InvariantCulture) ?? sentence;

    /// <summary>The sentence in the page's language, with <c>{0}</c> … replaced.</summary>
    public string this[string sentence, params object[] values] => string.Format(Culture, this[sentence], values);

    /// <summary>
    /// A language as Open Graph writes it, <c>language_TERRITORY</c>; the language's own territory where the tag names
    /// none, null where nobody knows one.
    /// </summary>
    /// <param name="language">BCP 47 tag; the publication's where null.</param>
    public string? SharingLocale(string? language)
    {
        try
        {
            var specific = CultureInfo.CreateSpecificCulture(language ?? Language);
            var territory = new RegionInfo(specific.Name).TwoLetterISORegionName;
            return territory.Length == 2 && specific.TwoLetterISOLanguageName.Length == 2 ? $"{specific.TwoLetterISOLanguageName}_{territory}" : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The public address of a path below the publication's base.</summary>
    public string Address(string path) => new Uri(publication.Base, path).AbsoluteUri;

    /// <summary>A long date in the publication's zone.</summary>
    public string Date(DateTimeOffset instant) => Words(TimeZoneInfo.ConvertTime(instant, zone).DateTime);

    /// <summary>A day in words.</summary>
    public string Day(DateOnly day) => Words(day.ToDateTime(TimeOnly.MinValue));

    /// <summary>The day of an instant where a subscriber is, in words.</summary>
    public string Day(DateTimeOffset instant, HeldSubscription held)
    {
        var there = TimeZoneInfo.TryFindSystemTimeZoneById(held.Settings.Time.IsOfCadence ? held.Cadence.Zone : held.Settings.Time.Zone, out var known) ? known : zone;
        return Words(TimeZoneInfo.ConvertTime(instant, there).DateTime);
    }

    /// <summary>Date and time in the publication's zone.</summary>
    public string Moment(DateTimeOffset instant) => Local(TimeZoneInfo.ConvertTime(instant, zone));

    /// <summary>Date and time as they stand, with the offset.</summary>
    public string Local(DateTimeOffset local) =>
        $"{Words(local.DateTime)} {local.ToString("HH:mm zzz", CultureInfo.InvariantCulture)}";

    /// <summary>Date and time as they stand, where the zone has been named.</summary>
    public string Planned(DateTimeOffset local) => this["{0} at {1}", Words(local.DateTime), local.ToString("HH:mm", CultureInfo.InvariantCulture)];

    /// <summary>A length of bytes in whole megabytes, at least one.</summary>
    public static long Megabytes(long bytes) => Math.Max(1, (bytes + 500_000) / 1_000_000);

    /// <summary>A duration as players show it: <c>1:02:03</c>, <c>4:05</c>.</summary>
    public static string Clock(TimeSpan duration) =>
        string.Create(CultureInfo.InvariantCulture, $"{(duration.TotalHours >= 1 ? $"{(int)duration.TotalHours}:{duration.Minutes:00}" : $"{duration.Minutes}")}:{duration.Seconds:00}");

    /// <summary>For <c>datetime</c> attributes.</summary>
    public static string Machine(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>For <c>datetime</c> attributes: UTC, to the second.</summary>
    public static string Machine(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    // As the mails say it: in French the first of a month is “1er”, which no culture's pattern knows.
    private string Words(DateTime local) =>
        local.ToString(local.Day == 1 && string.Equals(Culture.TwoLetterISOLanguageName, "fr", StringComparison.Ordinal) ? "dddd d'er' MMMM yyyy" : "D", Culture);
}

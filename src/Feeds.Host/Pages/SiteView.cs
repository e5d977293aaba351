using System.Globalization;
using System.Resources;
using Feeds.Articles;
using Microsoft.Extensions.Options;

namespace Feeds.Host.Pages;

/// <summary>What every page needs: the publication, its language and its clock.</summary>
/// <remarks>
/// Pages are written in English and say <c>Site["Subscribe"]</c>; <c>Resources/fr.resx</c> and its like hold the same
/// sentence in another language. Another language is another file.
/// </remarks>
public sealed class SiteView
{
    private readonly PublicationOptions publication;
    private readonly ResourceManager? translations;
    private readonly TimeZoneInfo zone;

    /// <summary>Reads the publication's language and zone.</summary>
    public SiteView(IOptions<PublicationOptions> publication)
    {
        this.publication = publication.Value;
        Culture = CultureInfo.GetCultureInfo(this.publication.Language);
        zone = TimeZoneInfo.FindSystemTimeZoneById(this.publication.TimeZone);
        var resource = $"Feeds.Host.Resources.{Culture.TwoLetterISOLanguageName}";
        translations = typeof(SiteView).Assembly.GetManifestResourceInfo($"{resource}.resources") is null
            ? null
            : new ResourceManager(resource, typeof(SiteView).Assembly);
    }

    /// <summary>The culture of the publication's language.</summary>
    public CultureInfo Culture { get; }

    /// <summary>Title of the publication.</summary>
    public string Title => publication.Title;

    /// <summary>What the publication is about.</summary>
    public string Description => publication.Description;

    /// <summary>BCP 47 tag.</summary>
    public string Language => publication.Language;

    /// <summary>Who publishes.</summary>
    public string Author => publication.Author;

    /// <summary>The sentence in the publication's language.</summary>
    public string this[string sentence] => translations?.GetString(sentence, CultureInfo.InvariantCulture) ?? sentence;

    /// <summary>The sentence in the publication's language, with <c>{0}</c> … replaced.</summary>
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
    public string Date(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, zone).ToString("D", Culture);

    /// <summary>Date and time in the publication's zone.</summary>
    public string Moment(DateTimeOffset instant) => Local(TimeZoneInfo.ConvertTime(instant, zone));

    /// <summary>Date and time as they stand, with the offset.</summary>
    public string Local(DateTimeOffset local) =>
        string.Create(Culture, $"{local.ToString("dddd d MMMM yyyy", Culture)} {local.ToString("HH:mm zzz", CultureInfo.InvariantCulture)}");

    /// <summary>A length of bytes in whole megabytes, at least one.</summary>
    public static long Megabytes(long bytes) => Math.Max(1, (bytes + 500_000) / 1_000_000);

    /// <summary>A duration as players show it: <c>1:02:03</c>, <c>4:05</c>.</summary>
    public static string Clock(TimeSpan duration) =>
        string.Create(CultureInfo.InvariantCulture, $"{(duration.TotalHours >= 1 ? $"{(int)duration.TotalHours}:{duration.Minutes:00}" : $"{duration.Minutes}")}:{duration.Seconds:00}");

    /// <summary>For <c>datetime</c> attributes: UTC, to the second.</summary>
    public static string Machine(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace Feeds.Articles.Files;

/// <summary>
/// Dates of front matter: ISO 8601 with an offset, <c>Z</c> or the name of an IANA zone; where none is written, the
/// publication's zone. A time that the clocks skip moves forward with them; of one that they show twice it is the later.
/// </summary>
internal static partial class ArticleDate
{
    private const string Mend = "Write it like 2026-03-29T08:00:00+02:00.";
    private static readonly string[] Formats = ["yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFFFFFF"];

    /// <returns>Null and why, where it is no date.</returns>
    public static DateTimeOffset? Read(string text, TimeZoneInfo publicationZone, out string reason)
    {
        reason = $"“{PlainTextOf(text)}” is not a date. {Mend}";
        var parts = Shape().Match(text);
        var time = parts.Groups["time"].Success ? parts.Groups["time"].Value : "00:00";
        if (!parts.Success || !DateTime.TryParseExact($"{parts.Groups["day"].Value} {time}", Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
        {
            return null;
        }

        if (local.Year is < 1000 or > 9998)
        {
            reason = $"The year {local.Year:0000} can't be meant. {Mend}";
            return null;
        }

        var zone = parts.Groups["zone"].Value;
        if (zone is "Z" or "z")
        {
            return new DateTimeOffset(local, TimeSpan.Zero);
        }

        if (Offset().Match(zone) is { Success: true } offset)
        {
            var minutes = (int.Parse(offset.Groups["hours"].ValueSpan, CultureInfo.InvariantCulture) * 60)
                + (offset.Groups["minutes"].Success ? int.Parse(offset.Groups["minutes"].ValueSpan, CultureInfo.InvariantCulture) : 0);
            if (minutes > 14 * 60)
            {
                reason = $"No place on Earth is {zone} away from UTC. {Mend}";
                return null;
            }

            return new DateTimeOffset(local, TimeSpan.FromMinutes(zone[0] == '-' ? -minutes : minutes)).ToUniversalTime();
        }

        var named = publicationZone;
        if (zone.Length > 0 && (!ZoneName().IsMatch(zone) || !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out named)))
        {
            reason = $"“{PlainTextOf(zone)}” is no time zone that is known here. {Mend}";
            return null;
        }

        return new DateTimeOffset(local, named!.GetUtcOffset(local)).ToUniversalTime();
    }

    private static string PlainTextOf(string text) => Markup.PlainText.Shorten(Markup.PlainText.OneLine(text), 60);

    [GeneratedRegex("^(?<day>[0-9]{4}-[0-9]{2}-[0-9]{2})([Tt ](?<time>[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,7})?)?))?[ ]?(?<zone>[^ ].{0,60})?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Shape();

    [GeneratedRegex("^[+-](?<hours>[0-9]{2})(:?(?<minutes>[0-5][0-9]))?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Offset();

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ZoneName();
}

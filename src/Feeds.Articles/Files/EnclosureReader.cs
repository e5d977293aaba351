using System.Globalization;
using System.Text.RegularExpressions;
using Feeds.Articles.Markup;

namespace Feeds.Articles.Files;

/// <summary>
/// Reads <c>audio</c>, <c>audio_length</c>, <c>audio_type</c> and <c>audio_duration</c> of front matter, or the same of
/// <c>video</c>.
/// </summary>
internal static partial class EnclosureReader
{
    private const long MostBytes = 100_000_000_000;
    private static readonly string[] Kinds = ["audio", "video"];
    private static readonly string[] Details = ["length", "type", "duration"];

    /// <summary>The enclosure, or null where there is none or the front matter was refused.</summary>
    public static WrittenEnclosure? Read(FrontMatterReader matter)
    {
        WrittenEnclosure? found = null;
        foreach (var kind in Kinds)
        {
            if (matter.Text(kind, 2000) is not { } address)
            {
                RefuseOrphans(matter, kind);
            }
            else if (found is not null)
            {
                matter.Refuse(address.Line, "An article has one enclosure. Keep audio or video, and make another article of the other.");
            }
            else
            {
                found = Read(matter, kind, address);
            }
        }

        return found;
    }

    private static WrittenEnclosure Read(FrontMatterReader matter, string kind, Placed address)
    {
        var type = Type(matter, kind, matter.Text($"{kind}_type", 100));
        var length = Length(matter, kind, matter.Text($"{kind}_length", 100));
        var duration = Duration(matter, kind, matter.Text($"{kind}_duration", 100));
        if (Uri.TryCreate(address.Value, UriKind.Absolute, out var absolute) && absolute.Scheme is "http" or "https")
        {
            if (length is null)
            {
                matter.Refuse(address.Line, $"{kind}_length is missing: readers are told how much they would load. Write the file’s length in bytes, such as “{kind}_length: 48123456”.");
            }

            if (type is null && EnclosureType.Of(absolute.AbsolutePath, kind) is null)
            {
                matter.Refuse(address.Line, $"{kind}_type is missing, and the address does not tell it. Write it, such as “{kind}_type: {Example(kind)}”.");
            }
        }

        return new WrittenEnclosure(kind, address, type, length, duration);
    }

    private static void RefuseOrphans(FrontMatterReader matter, string kind)
    {
        foreach (var detail in Details)
        {
            if (matter.Text($"{kind}_{detail}", 100) is { } orphan)
            {
                matter.Refuse(orphan.Line, $"{kind}_{detail} is written without {kind}. Write “{kind}: https://…” beside it, or take it out.");
            }
        }
    }

    private static Placed? Type(FrontMatterReader matter, string kind, Placed? written)
    {
        if (written is not null && (!TypeShape().IsMatch(written.Value) || !written.Value.StartsWith(kind + "/", StringComparison.Ordinal)))
        {
            matter.Refuse(written.Line, $"{kind}_type: “{PlainText.Shorten(written.Value, 60)}” is no media type of {kind}. Write it in lower case without parameters, such as {Example(kind)}.");
        }

        return written;
    }

    private static long? Length(FrontMatterReader matter, string kind, Placed? written)
    {
        if (written is null)
        {
            return null;
        }

        if (!long.TryParse(written.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) || bytes is < 1 or > MostBytes)
        {
            matter.Refuse(written.Line, $"{kind}_length: “{PlainText.Shorten(written.Value, 60)}” is no number of bytes. Write digits alone, such as “{kind}_length: 48123456”.");
            return null;
        }

        return bytes;
    }

    private static TimeSpan? Duration(FrontMatterReader matter, string kind, Placed? written)
    {
        if (written is null)
        {
            return null;
        }

        var parts = DurationShape().Match(written.Value);
        var duration = new TimeSpan(Part("hours"), Part("minutes"), Part("seconds"));
        if (!parts.Success || duration == TimeSpan.Zero)
        {
            matter.Refuse(written.Line, $"{kind}_duration: “{PlainText.Shorten(written.Value, 60)}” is no duration. Write hours, minutes and seconds, such as 1:02:30 or 32:10, or seconds alone.");
            return null;
        }

        return duration;

        int Part(string name) => parts.Groups[name].Success ? int.Parse(parts.Groups[name].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;
    }

    private static string Example(string kind) => string.Equals(kind, "audio", StringComparison.Ordinal) ? "audio/mpeg" : "video/mp4";

    // RFC 6838 §4.2: what a type's name may be made of.
    [GeneratedRegex("^[a-z]+/[a-z0-9][a-z0-9!#$&^_.+-]{0,60}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TypeShape();

    [GeneratedRegex("^((?<hours>[0-9]{1,2}):(?<minutes>[0-5]?[0-9]):(?<seconds>[0-5][0-9])|(?<minutes>[0-9]{1,3}):(?<seconds>[0-5][0-9])|(?<seconds>[0-9]{1,6}))$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DurationShape();
}

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Feeds.Host.Commands;

/// <summary>An instant on the command line: ISO 8601 with an offset or Z, because a slot is one moment for everybody.</summary>
internal static class InstantArgument
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd' 'HH:mmK", "yyyy-MM-dd' 'HH:mm:ssK",
    ];

    public static Option<DateTimeOffset> Option(string name, string description) => new(name)
    {
        Description = description,
        Required = true,
        CustomParser = Parse,
    };

    private static DateTimeOffset Parse(ArgumentResult argument)
    {
        var text = argument.Tokens.Count == 1 ? argument.Tokens[0].Value : "";
        if ((text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf(':', StringComparison.Ordinal))
            && DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant))
        {
            return instant;
        }

        argument.AddError($"'{text}' is no instant. Write date, time and offset, as in 2026-11-30T08:00:00+01:00 or 2026-11-30T07:00Z.");
        return default;
    }
}

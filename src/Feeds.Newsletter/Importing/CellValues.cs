using System.Globalization;
using System.Text.RegularExpressions;

namespace Feeds.Newsletter.Importing;

/// <summary>Reads what cells say. What can't be read is refused by a sentence: nothing is guessed of a person.</summary>
internal static partial class CellValues
{
    // Instants without a zone are UTC, as Mailchimp's are. Brevo writes days as 31-12-2026, French spreadsheets as 31/12/2026.
    private static readonly string[] Instants =
    [
        "yyyy-MM-dd", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFFFFFF", "yyyy-MM-dd HH:mm:sszzz", "yyyy-MM-dd HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd HH:mm:ss 'UTC'",
        "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK",
        "dd-MM-yyyy", "dd-MM-yyyy HH:mm", "dd-MM-yyyy HH:mm:ss", "dd/MM/yyyy", "dd/MM/yyyy HH:mm", "dd/MM/yyyy HH:mm:ss",
    ];

    public const string Excerpts = "excerpts";
    public const string Full = "full";
    public const string Html = "html";
    public const string Text = "text";

    private const char Bar = '|';

    private static readonly Dictionary<string, ImportedState> States = Words<ImportedState>(
        (ImportedState.Confirmed, ["confirmed", "subscribed", "active", "enabled", "confirmé", "abonné", "inscrit", "actif"]),
        (ImportedState.Unconfirmed, ["unconfirmed", "pending", "non-subscribed", "transactional", "non confirmé", "en attente"]),
        (ImportedState.Left, ["left", "unsubscribed", "disabled", "archived", "opted out", "désabonné", "désinscrit", "parti"]),
        (ImportedState.Bounced, ["bounced", "cleaned", "hard bounced", "blocklisted", "blacklisted", "suppressed", "rejeté"]),
        (ImportedState.Complained, ["complained", "complaint", "spam", "plainte"]));

    private static readonly Dictionary<string, bool> Answers = Words<bool>(
        (true, ["yes", "true", "1", "oui", "vrai"]), (false, ["no", "false", "0", "non", "faux", ""]));

    [GeneratedRegex("^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Tag { get; }

    public static ImportedState? State(string cell, out string? refusal)
    {
        refusal = null;
        if (cell.Length == 0)
        {
            return ImportedState.Confirmed;
        }

        if (States.TryGetValue(ImportFields.Plain(cell), out var state))
        {
            return state;
        }

        refusal = $"The state “{Shown(cell)}” isn't known: write confirmed, unconfirmed, left, bounced or complained.";
        return null;
    }

    /// <summary>Yes or no.</summary>
    public static bool? Answer(string cell, out string? refusal)
    {
        refusal = Answers.TryGetValue(ImportFields.Plain(cell), out var answer) ? null : $"“{Shown(cell)}” is neither yes nor no: write one of them.";
        return refusal is null ? answer : null;
    }

    /// <summary>Yes or no, or an instant, which means yes.</summary>
    public static (bool? Answer, DateTimeOffset? At) AnswerOrInstant(string cell, DateTimeOffset now, out string? refusal)
    {
        if (Answers.TryGetValue(ImportFields.Plain(cell), out var answer))
        {
            refusal = null;
            return (answer, null);
        }

        var at = Instant(cell, now, out refusal);
        return (at is null ? null : true, at);
    }

    /// <summary>An instant of the past.</summary>
    /// <returns>Null where there is none, or where it is refused.</returns>
    public static DateTimeOffset? Instant(string cell, DateTimeOffset now, out string? refusal)
    {
        var instant = AnyInstant(cell, out refusal);
        // A day alone may be today's anywhere on earth.
        if (instant > now.AddDays(1))
        {
            refusal = $"“{Shown(cell)}” lies in the future: write when it was, or leave that column out.";
            return null;
        }

        return instant;
    }

    public static DateTimeOffset? AnyInstant(string cell, out string? refusal)
    {
        refusal = null;
        if (cell.Length == 0)
        {
            return null;
        }

        if (DateTimeOffset.TryParseExact(cell, Instants, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant))
        {
            return instant;
        }

        refusal = $"“{Shown(cell)}” is no date that can be read: write one such as 2026-05-30 14:00:00 (UTC) or 30/05/2026, or leave that column out.";
        return null;
    }

    /// <summary>Values that may have commas in them, with bars between them.</summary>
    public static IReadOnlyList<string> Names(string cell) => cell.Length == 0 ? [] : [.. cell.Split(Bar)];

    /// <summary>What <see cref="List"/> and <see cref="Names"/> read.</summary>
    public static string Joined(IEnumerable<string> values) => string.Join(Bar, values);

    /// <summary>Several values in one cell: with bars, or without one with commas or semicolons between them; Mailchimp puts each in quotation marks.</summary>
    public static IReadOnlyList<string> List(string cell) => cell.Length == 0
        ? []
        : [.. cell.Split(cell.Contains(Bar, StringComparison.Ordinal) ? [Bar, '\n'] : [',', ';', '\n']).Select(value => value.Trim().Trim('"').Trim()).Where(value => value.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>One of the languages that mails are written in, or empty for the publication's: so for all others.</summary>
    public static string Language(string cell, out string? refusal)
    {
        refusal = cell.Length == 0 || Tag.IsMatch(cell) ? null : $"“{Shown(cell)}” is no language: write its tag, such as fr or en.";
        var primary = cell.Split('-')[0].ToLowerInvariant();
        return primary is "fr" or "en" ? primary : "";
    }

    public static SendTime Time(string zone, string hour, out string? refusal)
    {
        refusal = null;
        // A zone alone says where somebody is, not that they chose a time.
        if (hour.Length == 0)
        {
            return SendTime.OfCadence;
        }

        if (!int.TryParse(hour, NumberStyles.None, CultureInfo.InvariantCulture, out var full) || full > 23)
        {
            refusal = $"“{Shown(hour)}” is no full hour: write 0 to 23.";
        }
        else if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) || !found.HasIanaId)
        {
            refusal = $"“{Shown(zone)}” is no zone that this machine knows: write one such as Europe/Paris; zones are renamed now and then.";
        }
        else
        {
            return new SendTime(zone, full);
        }

        return SendTime.OfCadence;
    }

    public static bool IsOneOf(string cell, string no, string yes, out string? refusal)
    {
        refusal = cell.Length == 0 || cell.Equals(no, StringComparison.OrdinalIgnoreCase) || cell.Equals(yes, StringComparison.OrdinalIgnoreCase)
            ? null
            : $"“{Shown(cell)}” is neither {no} nor {yes}: write one of them.";
        return cell.Equals(yes, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>What a refusal repeats of a cell.</summary>
    public static string Shown(string cell) => cell.Length <= 40 ? cell : $"{cell[..39]}…";

    private static Dictionary<string, T> Words<T>(params (T Value, string[] Words)[] all) =>
        all.SelectMany(one => one.Words.Select(word => (Word: ImportFields.Plain(word), one.Value))).ToDictionary(one => one.Word, one => one.Value, StringComparer.Ordinal);
}

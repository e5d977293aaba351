using System.Globalization;
using Quartz;

namespace Feeds.Scheduling;

/// <summary>Whether a schedule can be kept: the one check behind configuration, command line and admin.</summary>
public static class CronCheck
{
    private const int LongestCron = 120;
    private static readonly string[] EnglishFields = ["seconds", "minutes", "hours", "day of the month", "month", "day of the week", "year"];
    private static readonly string[] FrenchFields = ["secondes", "minutes", "heures", "jour du mois", "mois", "jour de la semaine", "année"];

    /// <summary>
    /// Why a schedule can't be taken. Refused are: what is not a Quartz cron expression of six or seven fields, a zone that
    /// the machine's IANA zone data doesn't have, an expression without a slot after <paramref name="now"/>, and slots less
    /// than one minute apart.
    /// </summary>
    /// <param name="cron">Quartz cron expression, from seconds; at most 120 characters.</param>
    /// <param name="zone">IANA name of its zone.</param>
    /// <param name="now">The present.</param>
    /// <param name="language">BCP 47 tag of the sentence's language: French, or English for any other.</param>
    /// <returns>Null, or a sentence that says what is wrong and how to mend it.</returns>
    public static string? Refusal(string cron, string zone, DateTimeOffset now, string language)
    {
        var french = Language.IsFrench(language);
        return Unreadable(cron, french)
            ?? ZoneRefusal(zone, language)
            ?? Unkept(new SlotCalendar(cron, zone), cron, now, french);
    }

    private static string? Unreadable(string cron, bool french)
    {
        if (string.IsNullOrWhiteSpace(cron))
        {
            return french
                ? "L’expression cron manque ; écrivez par exemple 0 0 8 ? * MON (chaque lundi à 08:00)."
                : "The cron expression is missing; write for example 0 0 8 ? * MON (every Monday at 08:00).";
        }

        if (cron.Length > LongestCron || cron.Any(char.IsControl))
        {
            return french
                ? $"L’expression cron doit tenir sur une ligne de {LongestCron} caractères au plus."
                : $"The cron expression must be one line of at most {LongestCron} characters.";
        }

        var fields = cron.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if ((fields.Length == 5 || cron.TrimStart().StartsWith('@')) && CronExpression.TryParse(cron.Trim(), CronFormat.Unix, out var crontab))
        {
            var written = crontab.CronExpressionString;
            return french
                ? $"« {cron} » est au format crontab à 5 champs ; il faut aussi les secondes, en tête : écrivez {written}."
                : $"“{cron}” is in the 5-field crontab form, and seconds are needed in front: write {written}.";
        }

        if (fields.Length is not (6 or 7))
        {
            return french
                ? $"« {cron} » a {Count(fields.Length)} champ(s) ; il en faut six (secondes minutes heures jour-du-mois mois jour-de-semaine) et au plus une année, par exemple 0 0 8 ? * MON."
                : $"“{cron}” has {Count(fields.Length)} field(s); six are needed (seconds minutes hours day-of-month month day-of-week) and at most a year, for example 0 0 8 ? * MON.";
        }

        if (CronExpression.TryParse(cron, out _))
        {
            return null;
        }

        var wrong = Enumerable.Range(0, fields.Length).FirstOrDefault(place => !StandsAlone(fields[place], place), -1);
        if (wrong >= 0)
        {
            return french
                ? $"Dans « {cron} », le champ {Count(wrong + 1)} ({FrenchFields[wrong]}) « {fields[wrong]} » n’est pas valable ; {Allowed(wrong, french)}."
                : $"In “{cron}” field {Count(wrong + 1)} ({EnglishFields[wrong]}), “{fields[wrong]}”, is not valid; {Allowed(wrong, french)}.";
        }

        return french
            ? $"« {cron} » n’est pas une expression cron valable ; un des deux champs de jour doit être « ? », par exemple 0 0 8 ? * MON."
            : $"“{cron}” is not a valid cron expression; one of the two day fields must be “?”, for example 0 0 8 ? * MON.";
    }

    private static bool StandsAlone(string field, int place)
    {
        string[] probe = place == 5 ? ["0", "0", "0", "?", "*", "*"] : ["0", "0", "0", "*", "*", "?", "*"];
        probe[place] = field;
        // A "?" in one of the day fields needs a value in the other.
        if (place == 3 && field is "?")
        {
            probe[5] = "*";
        }

        return CronExpression.TryParse(string.Join(' ', probe), out _);
    }

    private static string Allowed(int field, bool french) => field switch
    {
        0 or 1 => french ? "écrivez 0 à 59, ou 0/15 pour chaque quart" : "write 0 to 59, or 0/15 for every quarter",
        2 => french ? "écrivez 0 à 23, ou 8,18 pour deux heures" : "write 0 to 23, or 8,18 for two hours",
        3 => french ? "écrivez 1 à 31, L pour le dernier jour, * ou ?" : "write 1 to 31, L for the last day, * or ?",
        4 => french ? "écrivez 1 à 12, JAN à DEC ou *" : "write 1 to 12, JAN to DEC or *",
        5 => french ? "écrivez MON à SUN, 1 (dimanche) à 7, MON#1 pour le premier lundi, * ou ?" : "write MON to SUN, 1 (Sunday) to 7, MON#1 for the first Monday, * or ?",
        _ => french ? "écrivez une année ou laissez-le" : "write a year or leave it out",
    };

    /// <summary>Why a zone that somebody typed can't be taken.</summary>
    /// <param name="zone">What was typed.</param>
    /// <param name="language">BCP 47 tag of the sentence's language: French, or English for any other.</param>
    /// <returns>Null, or a sentence that suggests the nearest known one.</returns>
    public static string? ZoneRefusal(string zone, string language)
    {
        var french = Language.IsFrench(language);
        if (Zones.Find(zone) is not null)
        {
            return null;
        }

        var shown = new string([.. zone.Take(Zones.LongestName).Where(letter => !char.IsControl(letter))]);
        return (french, Zones.Nearest(zone)) switch
        {
            (true, { } near) => $"Le fuseau horaire « {shown} » est inconnu ; vouliez-vous dire {near} ?",
            (true, null) => $"Le fuseau horaire « {shown} » est inconnu ; écrivez un nom IANA comme Europe/Paris ou UTC.",
            (false, { } near) => $"The time zone “{shown}” is unknown; did you mean {near}?",
            (false, null) => $"The time zone “{shown}” is unknown; write an IANA name like Europe/Paris or UTC.",
        };
    }

    private static string? Unkept(SlotCalendar calendar, string cron, DateTimeOffset now, bool french)
    {
        if (calendar.Next(now) is null)
        {
            return french
                ? $"« {cron} » ne tombe plus jamais ; corrigez le jour, le mois ou l’année."
                : $"“{cron}” never comes any more; correct the day, the month or the year.";
        }

        if (calendar.IsTooDense(now))
        {
            return french
                ? $"« {cron} » tombe plus d’une fois par minute, et une édition doit avoir le temps de partir avant la suivante ; écrivez 0 dans le premier champ (secondes)."
                : $"“{cron}” comes more than once a minute, and an edition needs the time to go out before the next; write 0 in the first field (seconds).";
        }

        return null;
    }

    private static string Count(int number) => number.ToString(CultureInfo.InvariantCulture);
}

namespace Feeds.Scheduling;

/// <summary>The languages in which schedules are explained: French, and English for everything else.</summary>
internal static class Language
{
    /// <summary>Whether a BCP 47 tag means French (<c>fr</c>, <c>fr-CA</c>).</summary>
    public static bool IsFrench(string language) =>
        language.Equals("fr", StringComparison.OrdinalIgnoreCase) || language.StartsWith("fr-", StringComparison.OrdinalIgnoreCase);
}

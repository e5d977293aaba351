namespace Feeds.Newsletter.Importing;

/// <summary>
/// A cell that begins with one of <c>= + - @</c>, a tab or a carriage return is a formula to spreadsheets, and strangers
/// write what is in ours. An apostrophe before it makes it text there, and is taken away when it comes back.
/// </summary>
internal static class SpreadsheetCell
{
    private const char Guard = '\'';

    public static string Write(string value) => IsGuarded(value) ? Guard + value : value;

    public static string Read(string cell) => cell.StartsWith(Guard) && IsGuarded(cell) ? cell[1..] : cell;

    // Apostrophes before it count along, so that each value comes back as it was.
    private static bool IsGuarded(string value) => value.AsSpan().TrimStart(Guard) is ['=' or '+' or '-' or '@' or '\t' or '\r', ..];
}

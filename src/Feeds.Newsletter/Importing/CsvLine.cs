using System.Buffers;
using System.Text;

namespace Feeds.Newsletter.Importing;

/// <summary>Writes what <see cref="CsvRows"/> reads (RFC 4180), with nothing in it that a spreadsheet would calculate.</summary>
internal static class CsvLine
{
    private static readonly SearchValues<char> Marks = SearchValues.Create(",;\"\t\r\n");

    public static string Write(params IEnumerable<string> values)
    {
        var line = new StringBuilder();
        foreach (var (number, value) in values.Index())
        {
            var cell = SpreadsheetCell.Write(value);
            line.Append(number == 0 ? "" : ",");
            _ = cell.AsSpan().IndexOfAny(Marks) < 0
                ? line.Append(cell)
                : line.Append('"').Append(cell.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        }

        return line.Append("\r\n").ToString();
    }
}

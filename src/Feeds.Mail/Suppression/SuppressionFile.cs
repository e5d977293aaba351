using System.Globalization;
using System.Text;

namespace Feeds.Mail;

/// <summary>
/// The list as a file: an address a line, or comma-separated values (RFC 4180) whose first line names the columns. Read
/// are <c>address</c> (also called <c>email</c>), <c>reason</c> and <c>detail</c>; without such a line, the first column.
/// </summary>
/// <remarks>
/// Strangers choose addresses and what their servers say. What begins with one of <c>= + - @</c> is a formula to spreadsheets, so
/// an apostrophe is written before it; apostrophes that stand there count along, and one is taken away when it is read.
/// </remarks>
internal static class SuppressionFile
{
    public const string Header = "address,reason,detail,first,last";

    private const int LongestLine = 4_000;
    private const int MaximumColumns = 100;

    private static readonly string[] AddressNames = ["address", "email", "e-mail", "email address", "emailaddress", "email_address", "recipient"];

    /// <summary>Reads line by line. Lines that are empty or begin with # are left out.</summary>
    public static async IAsyncEnumerable<(long Line, NewSuppression? Row, string? Refusal)> ReadAsync(TextReader reader)
    {
        var columns = new Columns(0, -1, -1);
        var first = true;
        for (var number = 1L; await reader.ReadLineAsync() is { } line; number++)
        {
            line = line.Trim().TrimStart('\uFEFF');
            if (line.Length == 0 || line.StartsWith('#'))
            {
                continue;
            }

            if (line.Length > LongestLine || Fields(line) is not { } fields)
            {
                yield return (number, null, $"The line is longer than {LongestLine} characters, has more than {MaximumColumns} columns, or a quotation mark in it isn't closed.");
            }
            else if (first && Columns.Named(fields) is { } named)
            {
                columns = named;
            }
            else
            {
                var row = columns.Read(fields, out var refusal);
                yield return (number, row, refusal);
            }

            first = false;
        }
    }

    public static string Write(SuppressedAddress address) => string.Join(
        ',',
        Quoted(Guarded(address.Address)),
        address.CauseName,
        Quoted(Guarded(address.Detail ?? "")),
        Instant(address.FirstAt),
        Instant(address.LastAt));

    private static string Instant(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Guarded(string value) => IsGuarded(value) ? $"'{value}" : value;

    private static bool IsGuarded(string value) => value.AsSpan().TrimStart('\'') is ['=' or '+' or '-' or '@', ..];

    private static string Quoted(string value) => value.AsSpan().ContainsAny(',', '"') ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;

    /// <returns>Null where a quotation mark isn't closed or there are too many.</returns>
    private static List<string>? Fields(string line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            if (quoted && line[i] == '"' && i + 1 < line.Length && line[i + 1] == '"')
            {
                field.Append(line[++i]);
            }
            else if (line[i] == '"')
            {
                quoted = !quoted;
            }
            else if (line[i] == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(line[i]);
            }
        }

        fields.Add(field.ToString());
        return quoted || fields.Count > MaximumColumns ? null : fields;
    }

    private sealed record Columns(int Address, int Reason, int Detail)
    {
        /// <returns>Null where the line names no column of addresses.</returns>
        public static Columns? Named(List<string> fields)
        {
            int Find(params string[] names) => fields.FindIndex(field => names.Contains(field.Trim(), StringComparer.OrdinalIgnoreCase));
            return Find(AddressNames) is >= 0 and var address ? new Columns(address, Find("reason"), Find("detail")) : null;
        }

        public NewSuppression? Read(List<string> fields, out string? refusal)
        {
            string Field(int column) => column >= 0 && column < fields.Count ? Plain(fields[column].Trim()) : "";
            string Plain(string field) => field.StartsWith('\'') && IsGuarded(field) ? field[1..] : field;
            // Who was erased here stays so where the list is restored.
            refusal = null;
            var address = Pseudonyms.Is(Field(Address)) ? Field(Address) : MailAddressSyntax.Normalize(Field(Address), out refusal);
            if (address is null)
            {
                return null;
            }

            // What other programs call their reasons is kept as the detail.
            var cause = CauseNames.Read(Field(Reason));
            return new NewSuppression(address, cause ?? SuppressionCause.Manual, Field(Detail) is { Length: > 0 } detail ? detail : cause is null ? Field(Reason) : null, null);
        }
    }
}

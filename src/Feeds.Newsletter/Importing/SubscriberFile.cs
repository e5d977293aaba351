using System.Globalization;
using Feeds.Mail;

namespace Feeds.Newsletter.Importing;

/// <summary>A file of people, of which no more than a row is held.</summary>
internal sealed class SubscriberFile
{
    private static readonly char[] Separators = [',', ';', '\t'];

    private readonly char separator;
    private readonly int firstRow;
    private readonly IReadOnlyDictionary<ImportField, int> columns;
    private readonly DateTimeOffset now;

    private SubscriberFile(FileLook look, char between, int first, IReadOnlyList<string> headers, IReadOnlyDictionary<ImportField, int> taken, DateTimeOffset now)
    {
        (Look, this.separator, this.firstRow, Headers, this.columns, this.now) = (look, between, first, headers, taken, now);
    }

    public FileLook Look { get; }

    /// <summary>The names in the first line.</summary>
    public IReadOnlyList<string> Headers { get; }

    /// <summary>What was taken for what: fields by the names that an operator uses, and the column's name.</summary>
    public IReadOnlyList<(string Field, string Column)> Taken => [.. columns.OrderBy(one => one.Value).Select(one => (one.Key.Name(), Headers[one.Value]))];

    /// <summary>The columns of which nothing is taken.</summary>
    public IReadOnlyList<string> LeftOut => [.. Headers.Where((name, number) => name.Length > 0 && !columns.Values.Contains(number))];

    /// <summary>Whether rows may tell of people who are not to be written to.</summary>
    public bool HasLeaving => columns.Keys.Any(one => one is ImportField.State or ImportField.Subscribed or ImportField.Unsubscribed or ImportField.Bounced);

    /// <summary>Whether rows may say what the people get.</summary>
    public bool NamesCadence => columns.ContainsKey(ImportField.Newsletter) || columns.ContainsKey(ImportField.Cadence);

    /// <param name="path">Where it is.</param>
    /// <param name="chosen">Columns by the names of their fields; an empty one leaves the field out.</param>
    /// <param name="now">When.</param>
    /// <exception cref="InvalidDataException">Nothing can be read of it: a sentence with the mend.</exception>
    public static SubscriberFile Open(string path, IReadOnlyDictionary<string, string> chosen, DateTimeOffset now)
    {
        var look = LookAt(path);
        using var text = look.Open(out _);
        var first = CsvRows.FirstLine(text) ?? throw new InvalidDataException($"{path} is empty; its first line names the columns, and one of them is email.");
        char? said = first is ['s' or 'S', 'e' or 'E', 'p' or 'P', '=', var named] ? named : null;
        var between = said ?? Separators.MaxBy(one => Score(first, one));
        using var again = look.Open(out _);
        var rows = new CsvRows(again, between);
        var before = said is null ? 1 : 2;
        for (var number = 0; number < before; number++)
        {
            rows.Next();
        }

        var headers = rows.Cells.Select(Clean).ToList();
        return new SubscriberFile(look, between, before, headers, Map(path, headers, chosen), now);
    }

    /// <param name="onlyLeaving">Passes over the rows of those who may be written to, and over what is refused.</param>
    /// <param name="progress">Told now and then how many bytes are read.</param>
    public IEnumerable<ImportedRow> Rows(bool onlyLeaving = false, Action<long>? progress = null)
    {
        using var text = Look.Open(out var bytes);
        var rows = new CsvRows(text, separator);
        for (var number = 0; rows.Next(); number++)
        {
            if (number % 1024 == 0)
            {
                progress?.Invoke(bytes.Position);
            }

            if (number >= firstRow && (!onlyLeaving || MayLeave(rows)))
            {
                var person = Read(rows, out var refusal);
                yield return new ImportedRow(rows.Line, person, refusal, person is null ? rows.Cells : []);
            }
        }

        progress?.Invoke(bytes.Position);
    }

    private static FileLook LookAt(string path)
    {
        try
        {
            return FileLook.At(path);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{path} can't be read: {refused.Message}", refused);
        }
    }

    private static string Clean(string cell) => SpreadsheetCell.Read(cell).Trim().Trim('\uFEFF');

    /// <summary>How well a separator fits the first line: known columns count more than many.</summary>
    private static int Score(string first, char separator)
    {
        var rows = new CsvRows(new StringReader(first), separator);
        return rows.Next() ? (Enum.GetValues<ImportField>().Count(field => ImportFields.Find(field, rows.Cells) is not null) * 1000) + rows.Count : 0;
    }

    private static Dictionary<ImportField, int> Map(string path, List<string> headers, IReadOnlyDictionary<string, string> chosen)
    {
        var taken = new Dictionary<ImportField, int>();
        foreach (var (field, name) in ImportFields.Names)
        {
            if (!chosen.TryGetValue(name, out var column))
            {
                if (ImportFields.Find(field, headers) is { } found)
                {
                    taken.Add(field, found);
                }
            }
            else if (column.Length > 0)
            {
                var found = headers.FindIndex(header => string.Equals(header, column, StringComparison.OrdinalIgnoreCase));
                taken.Add(field, found >= 0 ? found : throw new InvalidDataException($"{path} has no column “{column}”. It has: {Shown(headers)}."));
            }
        }

        if (chosen.Keys.Except(ImportFields.Names.Select(field => field.Name), StringComparer.Ordinal).FirstOrDefault() is { } unknown)
        {
            throw new InvalidDataException($"--column {unknown}=… names nothing that can be imported. There are: {string.Join(", ", ImportFields.Names.Select(field => field.Name))}.");
        }

        return taken.ContainsKey(ImportField.Email)
            ? taken
            : throw new InvalidDataException($"No column of {path} is known to hold addresses. Its first line must name the columns; say which one with --column email=NAME. It has: {Shown(headers)}.");
    }

    private static string Shown(List<string> headers) => string.Join(", ", headers.Where(name => name.Length > 0).Take(50).Select(CellValues.Shown));

    /// <summary>Whether a row can say that somebody isn't to be written to.</summary>
    private bool MayLeave(CsvRows rows) =>
        CellValues.State(Cell(rows, ImportField.State), out _) is null or >= ImportedState.Left
        || Cell(rows, ImportField.Subscribed).Length + Cell(rows, ImportField.Unsubscribed).Length + Cell(rows, ImportField.Bounced).Length > 0;

    private ImportedPerson? Read(CsvRows rows, out string? refusal)
    {
        refusal = rows.Refusal ?? RefuseCount(rows);
        if (refusal is not null || MailAddressSyntax.Normalize(Cell(rows, ImportField.Email), out refusal) is not { } email)
        {
            return null;
        }

        var state = CellValues.State(Cell(rows, ImportField.State), out refusal);
        var isSubscribed = refusal is not null || !columns.ContainsKey(ImportField.Subscribed) ? true : CellValues.Answer(Cell(rows, ImportField.Subscribed), out refusal);
        var (hasLeft, leftAt) = refusal is not null ? default : CellValues.AnswerOrInstant(Cell(rows, ImportField.Unsubscribed), now, out refusal);
        var (hasBounced, _) = refusal is not null ? default : CellValues.AnswerOrInstant(Cell(rows, ImportField.Bounced), now, out refusal);
        var confirmedAt = refusal is not null ? null : CellValues.Instant(Cell(rows, ImportField.ConfirmedAt), now, out refusal);
        var language = refusal is not null ? "" : CellValues.Language(Cell(rows, ImportField.Language), out refusal);
        var isFullText = refusal is null && CellValues.IsOneOf(Cell(rows, ImportField.Content), CellValues.Excerpts, CellValues.Full, out refusal);
        var isPlainText = refusal is null && CellValues.IsOneOf(Cell(rows, ImportField.Format), CellValues.Html, CellValues.Text, out refusal);
        var time = refusal is not null ? SendTime.OfCadence : CellValues.Time(Cell(rows, ImportField.Zone), Cell(rows, ImportField.Hour), out refusal);
        var pausedUntil = refusal is not null ? null : CellValues.AnyInstant(Cell(rows, ImportField.PausedUntil), out refusal);
        return refusal is not null ? null : new ImportedPerson(email, Worst(state!.Value, hasBounced == true, hasLeft == true || isSubscribed == false))
        {
            ConfirmedAt = confirmedAt,
            LeftAt = leftAt,
            Categories = CellValues.List(Cell(rows, ImportField.Categories)),
            Tags = CellValues.List(Cell(rows, ImportField.Tags)),
            WithoutAuthors = CellValues.Names(Cell(rows, ImportField.WithoutAuthors)),
            Language = language,
            IsFullText = isFullText,
            IsPlainText = isPlainText,
            Time = time,
            PausedUntil = pausedUntil,
            Newsletter = Cell(rows, ImportField.Newsletter) is { Length: > 0 } newsletter ? newsletter : null,
            Cadence = Cell(rows, ImportField.Cadence) is { Length: > 0 } cadence ? cadence : null,
        };
    }

    // Where a row says two things of somebody, it is the one in which they get less.
    private static ImportedState Worst(ImportedState state, bool hasBounced, bool hasLeft) =>
        hasBounced && state < ImportedState.Bounced ? ImportedState.Bounced : hasLeft && state < ImportedState.Left ? ImportedState.Left : state;

    private string Cell(CsvRows rows, ImportField field) => columns.TryGetValue(field, out var column) && column < rows.Count ? Clean(rows[column]) : "";

    /// <summary>A row with other cells than the first line names has them in the wrong columns, or was cut off.</summary>
    private string? RefuseCount(CsvRows rows)
    {
        var count = rows.Count;
        while (count > Headers.Count && rows[count - 1].Length == 0)
        {
            count--;
        }

        return count == Headers.Count ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"The row has {count} cells, but the first line names {Headers.Count}: put cells in which the separator stands in quotation marks, or give it the cells that it lacks.");
    }
}

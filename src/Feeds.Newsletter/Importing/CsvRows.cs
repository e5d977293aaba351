namespace Feeds.Newsletter.Importing;

/// <summary>
/// Rows of comma-separated values (RFC 4180), one at a time. One that is too long, or in which a quotation mark is not
/// closed, is refused as one line, and the next line begins anew: what is broken doesn't swallow the rows after it, as it
/// does with readers that trust the marks. So a cell with line breaks has a longest length too.
/// </summary>
internal sealed class CsvRows(TextReader source, char separator)
{
    /// <summary>A cell may have so many characters.</summary>
    public const int LongestCell = 65_536;

    /// <summary>A row may have so many characters.</summary>
    public const int LongestRow = 262_144;

    private const char Quote = '"';
    private const char Mark = '\uFEFF';

    // Where the row's cells are, counted from its beginning.
    private readonly List<(int From, int To)> cells = [];
    private char[] window = new char[16_384];
    private int start;
    private int end;
    private int length;
    private bool isAtEnd;
    private long lines;

    /// <summary>The line on which the row begins, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>Why the row can't be read, or null.</summary>
    public string? Refusal { get; private set; }

    /// <summary>How many cells the row has; none where it can't be read.</summary>
    public int Count => cells.Count;

    /// <summary>What a cell says.</summary>
    public string this[int cell]
    {
        get
        {
            var text = Row[cells[cell].From..cells[cell].To];
            return text is [Quote, .. var inner, Quote] ? inner.ToString().Replace("\"\"", "\"", StringComparison.Ordinal) : text.ToString();
        }
    }

    /// <summary>What all of them say.</summary>
    public IReadOnlyList<string> Cells => [.. Enumerable.Range(0, Count).Select(cell => this[cell])];

    private ReadOnlySpan<char> Row => window.AsSpan(start, length);

    /// <summary>The first line as it stands, of a file whose separator isn't known yet; null where there is none.</summary>
    public static string? FirstLine(TextReader source)
    {
        var rows = new CsvRows(source, '\0');
        if (!rows.Next())
        {
            return null;
        }

        rows.CutLine();
        return rows.Row.ToString();
    }

    /// <summary>Goes to the next row; empty lines are none.</summary>
    public bool Next()
    {
        do
        {
            start += length;
            length = 0;
            SkipBreak();
            // They stand where files were put one behind the other.
            while (Peek(0) == Mark)
            {
                start++;
            }

            if (Peek(0) is null)
            {
                return false;
            }

            Line = lines + 1;
            cells.Clear();
            Refusal = Cut();
            if (Refusal is null)
            {
                lines += Row.Count('\n');
            }
            else
            {
                cells.Clear();
                CutLine();
            }
        }
        while (length == 0 && Refusal is null);
        return true;
    }

    private void SkipBreak()
    {
        if (Peek(0) is { } first and ('\r' or '\n'))
        {
            // Looking ahead may move the window, and its start with it.
            var isPair = first == '\r' && Peek(1) == '\n';
            start += isPair ? 2 : 1;
            lines++;
        }
    }

    /// <summary>Finds the cells and the row's length.</summary>
    private string? Cut()
    {
        for (var at = 0; ; at++)
        {
            var from = at;
            if ((Peek(at) == Quote ? CutQuoted(ref at) : CutPlain(ref at)) is { } refusal)
            {
                return refusal;
            }

            cells.Add((from, at));
            if (Peek(at) != separator)
            {
                length = at;
                return null;
            }
        }
    }

    private string? CutPlain(ref int at)
    {
        for (var from = at; ;)
        {
            var found = Ahead(at).IndexOfAny(separator, '\r', '\n');
            at = found < 0 ? end - start : at + found;
            if (at - from > LongestCell)
            {
                return $"A cell is longer than {LongestCell} characters: shorten it, or leave its column out of the file.";
            }

            if (found >= 0 || !Fill())
            {
                return RefuseLength(at);
            }
        }
    }

    private string? CutQuoted(ref int at)
    {
        for (var from = at++; ;)
        {
            var found = Ahead(at).IndexOf(Quote);
            at = found < 0 ? end - start : at + found;
            if (at - from > LongestCell)
            {
                return $"A cell that begins with a quotation mark isn't closed by one within {LongestCell} characters: close it, shorten it, or take the mark away.";
            }

            if (found < 0 && !Fill())
            {
                return "A cell that begins with a quotation mark isn't closed by one: close it, or take the mark away.";
            }

            if (found >= 0)
            {
                at++;
                if (Peek(at) is not { } next || next == separator || next is '\r' or '\n')
                {
                    return RefuseLength(at);
                }

                if (next != Quote)
                {
                    return "A quotation mark stands inside a cell that begins with one: write it twice.";
                }

                at++;
            }
        }
    }

    private static string? RefuseLength(int at) =>
        at > LongestRow ? $"The row is longer than {LongestRow} characters: leave some of its columns out of the file." : null;

    /// <summary>Makes the row its first line; of a long one only the beginning is kept.</summary>
    private void CutLine()
    {
        for (var at = 0; ;)
        {
            var found = Ahead(at).IndexOfAny('\r', '\n');
            at = found < 0 ? end - start : at + found;
            if (at > LongestRow)
            {
                Ahead(at).CopyTo(window.AsSpan(start + LongestRow));
                end -= at - LongestRow;
                at = LongestRow;
            }

            if (found >= 0 || !Fill())
            {
                length = at;
                return;
            }
        }
    }

    private ReadOnlySpan<char> Ahead(int at) => window.AsSpan(start + at, end - start - at);

    private char? Peek(int at) => start + at < end || Fill() ? window[start + at] : null;

    /// <summary>Reads on; what stands before the row is given up.</summary>
    private bool Fill()
    {
        if (isAtEnd)
        {
            return false;
        }

        Ahead(0).CopyTo(window);
        (start, end) = (0, end - start);
        if (end == window.Length)
        {
            Array.Resize(ref window, window.Length * 2);
        }

        var read = source.Read(window, end, window.Length - end);
        end += read;
        isAtEnd = read == 0;
        return read > 0;
    }
}

namespace Feeds.Newsletter.Importing;

/// <summary>
/// The refused rows of a file, in a file beside it: the line and the reason, and then the row as it was, so that it can be
/// mended there and imported. There is none where nothing was refused.
/// </summary>
internal sealed class RefusedRows : IDisposable
{
    private const int Shown = 5;

    private readonly List<RefusedSubscriber> first = [];
    private readonly SubscriberFile file;
    private StreamWriter? writer;

    public RefusedRows(SubscriberFile file)
    {
        this.file = file;
        Try(() => File.Delete(Path));
    }

    public string Path => $"{file.Look.Path}.refused.csv";

    public long Count { get; private set; }

    public IReadOnlyList<RefusedSubscriber> First => first;

    public void Add(long line, string reason, IReadOnlyList<string> cells)
    {
        Count++;
        if (first.Count < Shown)
        {
            first.Add(new RefusedSubscriber(line, reason));
        }

        writer ??= Create();
        writer.Write(CsvLine.Write([line.ToString(System.Globalization.CultureInfo.InvariantCulture), reason, .. cells.Select(SpreadsheetCell.Read)]));
    }

    public void Dispose() => writer?.Dispose();

    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{Path}, where refused rows go, can't be written: {refused.Message} Put the file into a folder in which this user may write.", refused);
        }
    }

    // Addresses are in it, so it is for this user only.
    private StreamWriter Create()
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        StreamWriter created = null!;
        Try(() => created = new StreamWriter(Path, options));
        created.Write(CsvLine.Write(["refused_line", "refused_reason", .. file.Headers]));
        return created;
    }
}

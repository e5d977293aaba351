namespace Feeds.Benchmarks;

/// <summary>A temporary folder that goes with everything in it.</summary>
internal sealed class WorkFolder : IDisposable
{
    private readonly EndOfRun.Leaving end;

    public WorkFolder()
    {
        end = EndOfRun.Add(Delete);
        if (!OperatingSystem.IsWindows())
        {
            // A web server that was started by root reads as somebody else.
            File.SetUnixFileMode(Path, (UnixFileMode)Convert.ToInt32("755", 8));
        }
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("feeds-benchmark-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        if (end.Take())
        {
            Delete();
        }
    }

    private void Delete() => Directory.Delete(Path, recursive: true);
}

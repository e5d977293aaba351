namespace Feeds.Testing;

/// <summary>An empty folder that is deleted with everything in it.</summary>
public sealed class TestFolder : IDisposable
{
    // A disk would be waited for with each commit, thousands of times, and no test cuts its power.
    private const string Memory = "/dev/shm";
    private const long Enough = 2L * 1024 * 1024 * 1024;

    /// <summary>The absolute path.</summary>
    public string Path { get; } = Create("test").FullName;

    /// <summary>The absolute path of something inside.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a text file (UTF-8) and returns its path; folders on the way are made.</summary>
    public string Write(string name, string text)
    {
        var path = this[name];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);

    /// <summary>An empty folder for something of that kind, in memory where the machine has room there, which somebody else deletes.</summary>
    public static DirectoryInfo Create(string kind) => OperatingSystem.IsLinux() && Directory.Exists(Memory) && new DriveInfo(Memory).AvailableFreeSpace > Enough
        ? Directory.CreateDirectory(
            System.IO.Path.Combine(Memory, $"feeds-{kind}-{System.IO.Path.GetRandomFileName()}"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)
        : Directory.CreateTempSubdirectory($"feeds-{kind}-");
}

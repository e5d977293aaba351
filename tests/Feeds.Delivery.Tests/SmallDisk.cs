using System.Diagnostics;

namespace Feeds.Delivery.Tests;

/// <summary>A file system of some megabytes, in memory, that can be full.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const int Block = 4096;
    private readonly TestFolder folder = new();

    private SmallDisk()
    {
    }

    public string Path => folder["disk"];

    /// <summary>Mounts one; skips the test where that isn't allowed.</summary>
    public static SmallDisk Mount(int megabytes)
    {
        var disk = new SmallDisk();
        Directory.CreateDirectory(disk.Path);
        File.SetUnixFileMode(disk.folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        using var mount = Process.Start(new ProcessStartInfo("mount", ["-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", disk.Path]) { UseShellExecute = false, RedirectStandardError = true })!;
        mount.WaitForExit();
        if (mount.ExitCode != 0)
        {
            disk.folder.Dispose();
        }

        Lacking.SkipOrFail(mount.ExitCode == 0 ? null : "the right to mount a file system");
        return disk;
    }

    /// <summary>Leaves not a block free.</summary>
    public void Fill()
    {
        using var filler = new FileStream(System.IO.Path.Combine(Path, "filler"), FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        try
        {
            while (true)
            {
                filler.Write(new byte[Block]);
            }
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    /// <summary>Gives back what <see cref="Fill"/> took.</summary>
    public void Empty() => File.Delete(System.IO.Path.Combine(Path, "filler"));

    public void Dispose()
    {
        using var unmount = Process.Start("umount", ["-l", Path]);
        unmount.WaitForExit();
        folder.Dispose();
    }
}

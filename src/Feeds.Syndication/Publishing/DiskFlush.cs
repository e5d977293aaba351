using System.Runtime.InteropServices;

namespace Feeds.Syndication.Publishing;

/// <summary>Brings what was written to the disk itself, so that it survives a power cut.</summary>
internal static class DiskFlush
{
    /// <summary>From so many files on it is quicker to flush whatever the file system holds.</summary>
    private const int Few = 200;

    public static void Files(string folder, IReadOnlyList<string> files)
    {
        if (files.Count > Few && OperatingSystem.IsLinux())
        {
            using var opened = File.OpenHandle(files[0]);
            if (NativeMethods.SyncFileSystem(opened) == 0)
            {
                return;
            }
        }

        foreach (var file in files)
        {
            using var opened = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.FlushToDisk(opened);
        }
    }

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "syncfs", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int SyncFileSystem(SafeHandle fileDescriptor);
    }
}

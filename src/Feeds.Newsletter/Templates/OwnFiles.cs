using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Feeds.Newsletter.Templates;

/// <summary>Whether a file or folder belongs to the user of this process and nobody else can write to it; the platform tells no owner.</summary>
[SupportedOSPlatform("linux")]
internal static partial class OwnFiles
{
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>A link to a folder is not it.</summary>
    public static bool IsOwn(string folder) =>
        NativeMethods.Status(NativeMethods.WorkingFolder, folder, NativeMethods.NoLinks, NativeMethods.Basics, out var status) == 0
        && IsOwn(status, NativeMethods.Folder);

    /// <summary>Of an open file, so that it can't be exchanged afterwards.</summary>
    public static bool IsOwn(SafeFileHandle file) =>
        NativeMethods.Status(file, "", NativeMethods.EmptyPath, NativeMethods.Basics, out var status) == 0
        && IsOwn(status, NativeMethods.RegularFile);

    private static bool IsOwn(NativeMethods.FileStatus status, int type) =>
        status.Owner == NativeMethods.EffectiveUser()
        && (status.Mode & NativeMethods.TypeMask) == type
        && ((UnixFileMode)(status.Mode & ~NativeMethods.TypeMask) & OthersWrite) == UnixFileMode.None;

    // statx(2): unlike that of stat, its structure is the same on every processor.
    private static partial class NativeMethods
    {
        public const int WorkingFolder = -100;
        public const int NoLinks = 0x100;
        public const int EmptyPath = 0x1000;
        public const uint Basics = 0x7FF;
        public const int TypeMask = 0xF000;
        public const int RegularFile = 0x8000;
        public const int Folder = 0x4000;

        [LibraryImport("libc", EntryPoint = "geteuid")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static partial uint EffectiveUser();

        [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static partial int Status(int folder, string path, int how, uint what, out FileStatus status);

        [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static partial int Status(SafeFileHandle folder, string path, int how, uint what, out FileStatus status);

        [StructLayout(LayoutKind.Explicit, Size = 256)]
        public struct FileStatus
        {
            [FieldOffset(20)]
            public uint Owner;

            [FieldOffset(28)]
            public ushort Mode;
        }
    }
}

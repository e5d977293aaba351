using System.Buffers.Binary;
using System.Reflection;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Feeds.Newsletter.Templates;

/// <summary>
/// Templates as assemblies in a folder, one file each: SHA-256, length of the assembly in four bytes, assembly, symbols.
/// The hash covers the template, what it was compiled against and the file itself, so a file that is stale, damaged or
/// another template's is no file. It is code with the rights of the program: a file or folder counts only if this user
/// alone can have written it, and who that is can be told on Linux only. Whatever fails here, the template is compiled.
/// </summary>
/// <param name="folder">Absolute path; it is made when something is to be kept.</param>
/// <param name="log">Hears once why nothing can be kept.</param>
/// <param name="published">Absolute path of those that came with the program, which are looked at where the folder has none; it need not exist.</param>
internal sealed class CompiledTemplates(string folder, ILogger log, string? published = null)
{
    /// <summary>What such a folder is called, beside the database and beside the program.</summary>
    public const string FolderName = "compiled-templates";

    private const int HeaderLength = SHA256.HashSizeInBytes + sizeof(int);

    // Real ones have 20 KB.
    private const int LongestFile = 16 * 1024 * 1024;

    private const UnixFileMode OnlyMine = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private int complaints;

    /// <summary>Whether something can be kept here at all.</summary>
    public bool CanKeep()
    {
        try
        {
            return OperatingSystem.IsLinux() && IsReady();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            Complain(refused.Message);
            return false;
        }
    }

    /// <summary>Whether <see cref="Find"/> will find it.</summary>
    public bool Holds(TemplateText template) => Read(template) is not null;

    /// <summary>The assembly of a template that was compiled before, loaded; else null.</summary>
    public Assembly? Find(TemplateText template)
    {
        if (Read(template) is not { } file)
        {
            return null;
        }

        // The hash covers the length, too.
        var length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(SHA256.HashSizeInBytes));
        return Assembly.Load(file[HeaderLength..(HeaderLength + length)], file[(HeaderLength + length)..]);
    }

    /// <summary>Keeps what was compiled in place of what was kept before. Several processes may do so at once.</summary>
    public void Keep(TemplateText template, byte[] assembly, byte[] symbols)
    {
        try
        {
            if (OperatingSystem.IsLinux() && IsReady())
            {
                var file = new byte[HeaderLength + assembly.Length + symbols.Length];
                BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(SHA256.HashSizeInBytes), assembly.Length);
                assembly.CopyTo(file, HeaderLength);
                symbols.CopyTo(file, HeaderLength + assembly.Length);
                Hash(template, file).CopyTo(file, 0);
                Write(PathOf(template), file);
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or BadImageFormatException)
        {
            Complain(refused.Message);
        }
    }

    private byte[]? Read(TemplateText template)
    {
        try
        {
            return !OperatingSystem.IsLinux() ? null
                : File.Exists(PathOf(template)) && IsTrusted() && Read(PathOf(template), template) is { } kept ? kept
                : published is not null && OwnFiles.IsOwn(published) ? Read(Path.Combine(published, NameOf(template)), template)
                : null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or BadImageFormatException)
        {
            Complain(refused.Message);
            return null;
        }
    }

    [SupportedOSPlatform("linux")]
    private static byte[]? Read(string path, TemplateText template) =>
        File.Exists(path) && Read(path) is { } file && file.AsSpan(0, SHA256.HashSizeInBytes).SequenceEqual(Hash(template, file)) ? file : null;

    [SupportedOSPlatform("linux")]
    private static byte[]? Read(string path)
    {
        using var handle = File.OpenHandle(path);
        var length = RandomAccess.GetLength(handle);
        if (!OwnFiles.IsOwn(handle) || length is < HeaderLength or > LongestFile)
        {
            return null;
        }

        using var stream = new FileStream(handle, FileAccess.Read, bufferSize: 0);
        var file = new byte[length];
        stream.ReadExactly(file);
        return file;
    }

    private static byte[] Hash(TemplateText template, byte[] file)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(ProgramBuild.Hash);
        hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(template.Name)));
        hash.AppendData(SHA256.HashData(template.Bytes));
        hash.AppendData(file.AsSpan(SHA256.HashSizeInBytes));
        return hash.GetHashAndReset();
    }

    // Whoever reads meanwhile has the former file or this one.
    [SupportedOSPlatform("linux")]
    private static void Write(string path, byte[] file)
    {
        var unfinished = $"{path}.{Path.GetRandomFileName()}";
        try
        {
            using (var stream = new FileStream(unfinished, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = OnlyMine,
            }))
            {
                stream.Write(file);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private string PathOf(TemplateText template) => Path.Combine(folder, NameOf(template));

    private static string NameOf(TemplateText template) => Path.GetFileName(template.Name) + ".compiled";

    [SupportedOSPlatform("linux")]
    private bool IsReady()
    {
        Directory.CreateDirectory(folder, OnlyMine | UnixFileMode.UserExecute);
        return IsTrusted();
    }

    [SupportedOSPlatform("linux")]
    private bool IsTrusted()
    {
        if (OwnFiles.IsOwn(folder))
        {
            return true;
        }

        Complain("it is another user's, or others can write to it");
        return false;
    }

    private void Complain(string reason)
    {
        if (Interlocked.Increment(ref complaints) == 1)
        {
            log.TemplatesNotKept(folder, reason);
        }
    }
}

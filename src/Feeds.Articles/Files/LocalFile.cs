namespace Feeds.Articles.Files;

/// <summary>A file beside an article, to which the article refers.</summary>
internal static class LocalFile
{
    /// <summary>Its absolute path, or null where the address is none of a file.</summary>
    /// <param name="article">The article's file.</param>
    /// <param name="address">Relative to it, perhaps percent-encoded.</param>
    public static string? PathOf(string article, string address)
    {
        var end = address.AsSpan().IndexOfAny('?', '#');
        var relative = Uri.UnescapeDataString(end < 0 ? address : address[..end]);
        return relative.Length is 0 or > 1000 || relative[0] is '/' or '\\' || relative.Contains(':', StringComparison.Ordinal) || relative.Contains('\0', StringComparison.Ordinal)
            ? null
            : Path.GetFullPath(relative, Path.GetDirectoryName(article)!);
    }

    /// <summary>What is in it, or why it can't be used, with the mend; neither where there is no such file.</summary>
    /// <param name="folder">It must lie below this one, its links followed.</param>
    /// <param name="path">As <see cref="PathOf"/> says.</param>
    /// <param name="largest">In MiB.</param>
    /// <param name="tooLarge">The mend where it has more.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<(byte[]? Content, string? Refusal)> ReadAsync(string folder, string path, int largest, string tooLarge, CancellationToken cancellationToken)
    {
        if (FileStamp.Of(path) is not { } stamp)
        {
            return (null, null);
        }

        if (!FolderFiles.Holds(folder, path))
        {
            return (null, "lies outside the import folder. Copy it beside the article.");
        }

        if (stamp.Length > largest * 1024L * 1024)
        {
            return (null, $"has more than {largest} MB. {tooLarge}");
        }

        try
        {
            return (await File.ReadAllBytesAsync(path, cancellationToken), null);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return (null, "can't be read. Give the program’s user the right to read it.");
        }
    }
}

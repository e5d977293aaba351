using System.Globalization;

namespace Feeds.Syndication;

/// <summary>The path of an archive, taken apart.</summary>
/// <param name="LivePath">Of the feed that it belongs to, in the same format.</param>
/// <param name="Number">From 1.</param>
internal sealed record ArchivePath(string LivePath, long Number)
{
    private const string Folder = "archive/";

    /// <summary>Null where it is none.</summary>
    public static ArchivePath? Parse(string path)
    {
        var name = path.LastIndexOf('/') + 1;
        var folder = path.LastIndexOf(Folder, StringComparison.Ordinal);
        if (folder < 0 || (folder > 0 && path[folder - 1] != '/') || name <= folder + Folder.Length)
        {
            return null;
        }

        // One address for one archive: no sign, no zeros in front.
        var digits = path.AsSpan((folder + Folder.Length)..(name - 1));
        return digits.Length is > 0 and <= 15 && digits[0] != '0' && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new ArchivePath(path[..folder] + path[name..], number)
            : null;
    }
}

using System.Globalization;
using System.Text;
using Feeds.Syndication.Publishing;

namespace Feeds.Syndication.Tests;

/// <summary>A published folder in a form that can be compared: each file's time of change and bytes, by path.</summary>
internal static class PublishedFiles
{
    public static SortedDictionary<string, string> In(string folder)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories) : [])
        {
            var path = Path.GetRelativePath(folder, file);
            files.Add(path, path.StartsWith(".feeds-", StringComparison.Ordinal) ? "" : Of(File.ReadAllBytes(file), Time(path, file)));
        }

        return files;
    }

    /// <summary>The map's is that of the run in which its bytes last changed.</summary>
    private static DateTimeOffset Time(string path, string file) => path is MovedMap.Name ? default : new DateTimeOffset(File.GetLastWriteTimeUtc(file));

    /// <summary>What somebody else wrote stays readable.</summary>
    public static string Of(ReadOnlyMemory<byte> bytes, DateTimeOffset changed)
    {
        var text = Encoding.Latin1.GetString(bytes.Span);
        return text.StartsWith("somebody", StringComparison.Ordinal) ? text : string.Create(CultureInfo.InvariantCulture, $"{changed:u} {text}");
    }
}

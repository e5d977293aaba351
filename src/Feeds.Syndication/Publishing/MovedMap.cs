using System.Text;

namespace Feeds.Syndication.Publishing;

/// <summary>
/// The file from which a static host knows the folders of feeds that moved, and where to, and those that ended. A line of it
/// is one of a <c>map</c> in nginx and in Caddy, which takes the semicolon that stands alone for a second value.
/// </summary>
/// <param name="publicationBase">The publication's public address, of which its files are below.</param>
internal sealed class MovedMap(Uri publicationBase)
{
    public const string Name = "feeds.moved.map";

    /// <summary>The value of an ended feed; HTTP's status.</summary>
    private const string Gone = "410";

    /// <summary>
    /// Writes the file where its bytes are to be others, since a server that reads it has to be told then, and removes it
    /// where nothing moved or ended.
    /// </summary>
    public void Put(FolderChange change, PublishedTree tree, FolderManifest published)
    {
        var file = Path.Combine(tree.Root, Name);
        var exists = File.Exists(file);
        var bytes = Encoding.UTF8.GetBytes(Write(published));
        if (bytes.Length == 0 && exists)
        {
            change.Remove(Name);
        }
        else if (bytes.Length > 0 && !(exists && File.ReadAllBytes(file).AsSpan().SequenceEqual(bytes)))
        {
            change.Put(Name, bytes, published.Files.Max(one => one.LastModified));
        }
    }

    private string Write(FolderManifest published)
    {
        var lines = published.Moved.Select(moved => Line(moved.From, new Uri(publicationBase, moved.To).AbsoluteUri)).Concat(published.Ended.Select(folder => Line(folder, Gone)));
        return string.Concat(lines.Order(StringComparer.Ordinal));
    }

    // Servers compare it with the address's decoded path; a dollar sign would be a variable of nginx.
    private string Line(string folder, string value) =>
        $"\"{Uri.UnescapeDataString(new Uri(publicationBase, folder).AbsolutePath)}\" \"{value.Replace("$", "%24", StringComparison.Ordinal)}\" ;\n";
}

using System.Globalization;
using System.Text;
using System.Xml;

namespace Feeds.Host.Pages;

/// <summary>A page in a sitemap, and when it last changed where that is known.</summary>
internal sealed record SitemapEntry(Uri Address, DateTimeOffset? Changed);

/// <summary>
/// Writes sitemaps by the protocol of sitemaps.org: at most 50,000 addresses and 50 MB (52,428,800 bytes) a file, and an
/// index where one file is not enough.
/// </summary>
internal sealed class SitemapWriter(int mostAddresses = 50_000, int mostBytes = 50 * 1024 * 1024)
{
    private const string Namespace = "http://www.sitemaps.org/schemas/sitemap/0.9";

    /// <summary>An address has at most 2,048 characters by the protocol; an ampersand among them takes five.</summary>
    private const int RoomForOne = 12 * 1024;

    private static readonly XmlWriterSettings Settings = new() { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), Indent = true };

    /// <summary>The files by their names: <c>sitemap.xml</c> alone, or that as the index of <c>sitemap-1.xml</c> and so on.</summary>
    /// <param name="entries">In an order that stays as the publication grows.</param>
    /// <param name="publicationBase">Below which the files are.</param>
    public IReadOnlyDictionary<string, byte[]> Write(IReadOnlyList<SitemapEntry> entries, Uri publicationBase)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var parts = new List<SitemapEntry>();
        for (var taken = 0; taken < entries.Count;)
        {
            var (bytes, count) = WriteFile("urlset", "url", entries.Skip(taken));
            var name = string.Create(CultureInfo.InvariantCulture, $"sitemap-{parts.Count + 1}.xml");
            files.Add(name, bytes);
            parts.Add(new SitemapEntry(new Uri(publicationBase, name), entries.Skip(taken).Take(count).Max(entry => entry.Changed)));
            taken += count;
        }

        return files.Count == 1
            ? new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["sitemap.xml"] = files.Values.Single() }
            : new Dictionary<string, byte[]>(files, StringComparer.Ordinal) { ["sitemap.xml"] = WriteFile("sitemapindex", "sitemap", parts).Bytes };
    }

    private (byte[] Bytes, int Count) WriteFile(string root, string element, IEnumerable<SitemapEntry> entries)
    {
        using var stream = new MemoryStream();
        using var writer = XmlWriter.Create(stream, Settings);
        var count = 0;
        writer.WriteStartElement(root, Namespace);
        foreach (var entry in entries)
        {
            writer.WriteStartElement(element, Namespace);
            writer.WriteElementString("loc", Namespace, entry.Address.AbsoluteUri);
            if (entry.Changed is { } changed)
            {
                writer.WriteElementString("lastmod", Namespace, SiteView.Machine(changed));
            }

            writer.WriteEndElement();
            writer.Flush();
            if (++count == mostAddresses || stream.Length > mostBytes - RoomForOne)
            {
                break;
            }
        }

        writer.WriteEndElement();
        writer.Flush();
        return (stream.ToArray(), count);
    }
}

using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Feeds.Articles;
using FsCheck.Xunit;

namespace Feeds.Syndication.Tests;

public sealed class AnyTextTests
{
    private static readonly XNamespace Atom = FeedXml.Atom;
    private static readonly XNamespace Content = FeedXml.Content;
    private static readonly XNamespace DublinCore = FeedXml.DublinCore;
    private static readonly XNamespace Media = FeedXml.Media;

    private static readonly string[] Hostile =
    [
        "", " ", "]]>", "<![CDATA[", "</script>", "<b>gras</b>", "&amp;", "&#0;", "\u0000", "\uD800", "\uDFFF", "\uFFFE", "\u2028", "\r\n", "\r", "\n\r", "\t", "\"", "\\", "\\u0041", "🚚",
        "É", "E\u0301", "\u202E", "\u00A0", new string('x', 85), "{{", "\u007F", "\u0085", "\uFEFF",
    ];

    /// <summary>
    /// Numbers choose among pieces of text that are hard to write and all of UTF-16, with surrogates that have no partner.
    /// </summary>
    [Property(MaxTest = 300), Attack(8)]
    public void Every_format_can_be_read_and_says_the_same_of_any_article(ushort[] title, ushort[] author, ushort[] summary, ushort[] html, ushort[][] categories, uint published, uint later, bool hasImage, bool isEnglish)
    {
        var time = DateTimeOffset.UnixEpoch.AddSeconds(published);
        var article = SampleArticles.Create(1) with
        {
            Title = Compose(title),
            Author = Compose(author),
            Summary = Compose(summary),
            Html = Compose(html),
            Published = time,
            Updated = time.AddSeconds(later % 1_000_000),
            Language = isEnglish ? "en" : "fr",
            Image = hasImage ? SampleArticles.All[0].Image : null,
            Categories = [.. categories.Take(60).Select((name, number) => new Category(number, Compose(name), string.Create(CultureInfo.InvariantCulture, $"c-{number}")))],
        };

        AssertSame(
            article,
            FeedWriterTests.Parse(SampleArticles.Write(FeedFormat.Rss, null, article)).Root!.Element("channel")!.Element("item")!,
            FeedWriterTests.Parse(SampleArticles.Write(FeedFormat.Atom, null, article)).Root!.Element(Atom + "entry")!,
            JsonFeedTests.Read(SampleArticles.Write(FeedFormat.Json, null, article)).GetProperty("items")[0]);
    }

    /// <summary>Its entry says the same in every format.</summary>
    internal static void AssertSame(Article article, XElement rss, XElement atom, JsonElement json)
    {
        var said = Said(article);
        Assert.Equal(said, ReadAtom(atom), StringComparer.Ordinal);
        Assert.Equal(said, ReadJson(json), StringComparer.Ordinal);
        // RSS knows no time of change and no language of an item.
        Assert.Equal(said.Take(said.Count - 2), ReadRss(rss), StringComparer.Ordinal);
    }

    // The ends keep readers from trimming.
    private static string Compose(ushort[] numbers) =>
        $"[{string.Concat(numbers.Select(number => number % 3 == 0 ? Hostile[number / 3 % Hostile.Length] : ((char)number).ToString()))}]";

    private static List<string> Said(Article article) =>
    [
        article.Identity, article.Link.AbsoluteUri, Plain(article.Title), Plain(article.Html), Plain(article.Summary), Plain(article.Author),
        string.Join('|', article.Categories.Select(category => Plain(category.Name))), article.Image?.Address.AbsoluteUri ?? "",
        Second(article.Published), Second(article.Updated), article.Language,
    ];

    private static List<string> ReadAtom(XElement entry) =>
    [
        entry.Element(Atom + "id")!.Value, entry.Element(Atom + "link")!.Attribute("href")!.Value, entry.Element(Atom + "title")!.Value, entry.Element(Atom + "content")!.Value,
        entry.Element(Atom + "summary")!.Value, entry.Element(Atom + "author")!.Value, string.Join('|', entry.Elements(Atom + "category").Select(category => Plain(category.Attribute("label")!.Value))),
        entry.Element(Media + "content")?.Attribute("url")!.Value ?? "", entry.Element(Atom + "published")!.Value, entry.Element(Atom + "updated")!.Value,
        entry.Attribute(XNamespace.Xml + "lang")?.Value ?? "fr",
    ];

    private static List<string> ReadRss(XElement item) =>
    [
        item.Element("guid")!.Value, item.Element("link")!.Value, item.Element("title")!.Value, item.Element(Content + "encoded")!.Value,
        item.Element("description")!.Value.Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal),
        item.Element(DublinCore + "creator")!.Value, string.Join('|', item.Elements("category").Select(category => category.Value)),
        item.Element(Media + "content")?.Attribute("url")!.Value ?? "",
        Second(DateTimeOffset.ParseExact(item.Element("pubDate")!.Value, "r", CultureInfo.InvariantCulture)),
    ];

    private static List<string> ReadJson(JsonElement item) =>
    [
        JsonFeedTests.Text(item, "id")!, JsonFeedTests.Text(item, "url")!, JsonFeedTests.Text(item, "title")!, JsonFeedTests.Text(item, "content_html")!,
        JsonFeedTests.Text(item, "summary")!, JsonFeedTests.Authors(item).Single(), string.Join('|', item.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString())),
        JsonFeedTests.Text(item, "image") ?? "", JsonFeedTests.Text(item, "date_published")!, JsonFeedTests.Text(item, "date_modified")!, JsonFeedTests.Text(item, "language") ?? "fr",
    ];

    // What XML keeps of a text: its own characters, and one kind of line end.
    private static string Plain(string text) =>
        FeedXml.Clean(text).Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');

    private static string Second(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

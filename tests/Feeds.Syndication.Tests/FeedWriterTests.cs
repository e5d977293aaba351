using System.ServiceModel.Syndication;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Feeds.Articles;

namespace Feeds.Syndication.Tests;

public sealed class FeedWriterTests
{
    private static readonly XNamespace Atom = FeedXml.Atom;
    private static readonly XNamespace Content = FeedXml.Content;
    private static readonly XNamespace DublinCore = FeedXml.DublinCore;
    private static readonly XNamespace Media = FeedXml.Media;

    [Theory]
    [InlineData("rss")]
    [InlineData("atom")]
    public void A_spliced_feed_says_the_same_as_one_that_a_single_formatter_writes(string name)
    {
        var format = Format(name);
        var spliced = Parse(SampleArticles.Write(format, SampleArticles.Search, SampleArticles.All));

        var whole = Parse(WriteWhole(format, SampleArticles.Search, SampleArticles.All));

        Assert.True(XNode.DeepEquals(Canonical(whole), Canonical(spliced)), $"{whole}\n\n{spliced}");
    }

    [Theory]
    [InlineData("rss")]
    [InlineData("atom")]
    public void An_entry_declares_no_namespace_of_its_own_so_its_bytes_fit_every_feed(string name)
    {
        var feed = Parse(SampleArticles.Write(Format(name), null, SampleArticles.All));

        Assert.DoesNotContain(feed.Root!.Descendants().Attributes(), attribute => attribute.IsNamespaceDeclaration);
    }

    [Theory]
    [InlineData("rss")]
    [InlineData("atom")]
    public void The_bytes_are_plain_utf_8_with_its_declaration(string name)
    {
        var bytes = SampleArticles.Write(Format(name), null, SampleArticles.All);

        Assert.StartsWith("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        Assert.Equal((byte)'<', bytes[0]);
    }

    [Fact]
    public void An_rss_channel_says_whose_it_is_and_where_to_find_it_again()
    {
        var channel = Parse(SampleArticles.Write(FeedFormat.Rss, SampleArticles.Courts, SampleArticles.All)).Root!.Element("channel")!;

        Assert.Equal("Médiocrité & Contentieux – Le Journal d’« essai »", channel.Element("title")!.Value);
        Assert.Equal("https://journal.example/lire/categories/mediocrite-contentieux", channel.Element("link")!.Value);
        Assert.Equal("Des textes & des chiffres.", channel.Element("description")!.Value);
        Assert.Equal("fr", channel.Element("language")!.Value);
        Assert.Equal("Sat, 28 Feb 2026 22:30:00 GMT", channel.Element("lastBuildDate")!.Value);
        Assert.Equal("180", channel.Element("ttl")!.Value);
        var self = channel.Element(Atom + "link")!;
        Assert.Equal("self", self.Attribute("rel")!.Value);
        Assert.Equal("https://journal.example/lire/categories/mediocrite-contentieux/feed.rss", self.Attribute("href")!.Value);
    }

    [Fact]
    public void An_rss_item_carries_the_whole_article()
    {
        var article = SampleArticles.All[0];

        var item = Parse(SampleArticles.Write(FeedFormat.Rss, null, article)).Root!.Element("channel")!.Element("item")!;

        Assert.Equal(article.Title, item.Element("title")!.Value);
        Assert.Equal(article.Link.AbsoluteUri, item.Element("link")!.Value);
        Assert.Equal(article.Identity, item.Element("guid")!.Value);
        Assert.Equal("false", item.Element("guid")!.Attribute("isPermaLink")!.Value);
        Assert.Equal("Thu, 08 Jan 2026 08:00:00 GMT", item.Element("pubDate")!.Value);
        Assert.Equal(article.Author, item.Element(DublinCore + "creator")!.Value);
        Assert.Equal(["Médiocrité & Contentieux", "Référencement (SEO)"], item.Elements("category").Select(category => category.Value), StringComparer.Ordinal);
        Assert.Equal("https://journal.example/lire/categories/referencement-seo", item.Elements("category").Last().Attribute("domain")!.Value);
        Assert.Equal("Moins de &lt;10 €&gt; &amp; « plus ».", item.Element("description")!.Value);
        Assert.Equal(article.Html, item.Element(Content + "encoded")!.Value);
        var image = item.Element(Media + "content")!;
        Assert.Equal(article.Image!.Address.AbsoluteUri, image.Attribute("url")!.Value);
        Assert.Equal("640", image.Attribute("width")!.Value);
    }

    [Fact]
    public void An_atom_feed_says_whose_it_is_and_where_to_find_it_again()
    {
        var feed = Parse(SampleArticles.Write(FeedFormat.Atom, null, SampleArticles.All)).Root!;

        Assert.Equal("https://journal.example/lire/feed.atom", feed.Element(Atom + "id")!.Value);
        Assert.Equal("Le Journal d’« essai »", feed.Element(Atom + "title")!.Value);
        Assert.Equal("Des textes & des chiffres.", feed.Element(Atom + "subtitle")!.Value);
        Assert.Equal("2026-02-28T22:30:00Z", feed.Element(Atom + "updated")!.Value);
        Assert.Equal("La rédaction", feed.Element(Atom + "author")!.Element(Atom + "name")!.Value);
        Assert.Equal("fr", feed.Attribute(XNamespace.Xml + "lang")!.Value);
        Assert.Equal(
            ["alternate https://journal.example/lire/", "self https://journal.example/lire/feed.atom", "hub https://journal.example/lire/hub"],
            feed.Elements(Atom + "link").Select(link => $"{link.Attribute("rel")!.Value} {link.Attribute("href")!.Value}"),
            StringComparer.Ordinal);
    }

    [Fact]
    public void An_atom_entry_carries_the_whole_article()
    {
        var article = SampleArticles.All[0];

        var entry = Parse(SampleArticles.Write(FeedFormat.Atom, null, article)).Root!.Element(Atom + "entry")!;

        Assert.Equal(article.Identity, entry.Element(Atom + "id")!.Value);
        Assert.Equal(article.Title, entry.Element(Atom + "title")!.Value);
        Assert.Equal("text", entry.Element(Atom + "title")!.Attribute("type")!.Value);
        Assert.Equal("2026-01-08T08:00:00Z", entry.Element(Atom + "published")!.Value);
        Assert.Equal("2026-01-08T08:00:00Z", entry.Element(Atom + "updated")!.Value);
        Assert.Equal(article.Author, entry.Element(Atom + "author")!.Element(Atom + "name")!.Value);
        Assert.Equal(article.Summary, entry.Element(Atom + "summary")!.Value);
        Assert.Equal("html", entry.Element(Atom + "content")!.Attribute("type")!.Value);
        Assert.Equal(article.Html, entry.Element(Atom + "content")!.Value);
        Assert.Equal(
            ["mediocrite-contentieux|Médiocrité & Contentieux|https://journal.example/lire/categories/", "referencement-seo|Référencement (SEO)|https://journal.example/lire/categories/"],
            entry.Elements(Atom + "category").Select(category => $"{category.Attribute("term")!.Value}|{category.Attribute("label")!.Value}|{category.Attribute("scheme")!.Value}"),
            StringComparer.Ordinal);
    }

    [Fact]
    public void Only_an_entry_in_another_language_than_the_publication_names_its_language()
    {
        var entries = Parse(SampleArticles.Write(FeedFormat.Atom, null, SampleArticles.All)).Root!.Elements(Atom + "entry");

        Assert.Equal([null, "en", null], entries.Select(entry => entry.Attribute(XNamespace.Xml + "lang")?.Value), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("rss")]
    [InlineData("atom")]
    public void Characters_that_xml_cannot_write_are_left_out_and_all_others_stay(string name)
    {
        var article = SampleArticles.All[0] with { Title = "a\u0000b\u000Bc\uFFFEd\uD800e🚚\uDC00f\u00A0g", Html = "<p>\u0008\uFFFF</p>", Author = "\u001FX" };

        var text = Encoding.UTF8.GetString(SampleArticles.Write(Format(name), null, article));

        Assert.Contains("abcde🚚f\u00A0g", text, StringComparison.Ordinal);
        Assert.NotNull(Parse(Encoding.UTF8.GetBytes(text)));
    }

    [Theory]
    [InlineData("rss")]
    [InlineData("atom")]
    public void A_category_without_articles_has_a_feed_that_is_the_same_at_any_time(string name)
    {
        var one = SampleArticles.Write(Format(name), SampleArticles.Courts);
        var other = SampleArticles.Write(Format(name), SampleArticles.Courts);

        Assert.Equal(one, other);
        Assert.Contains("Médiocrité", Parse(one).Root!.Value, StringComparison.Ordinal);
    }

    internal static FeedFormat Format(string name) => string.Equals(name, "rss", StringComparison.Ordinal) ? FeedFormat.Rss : FeedFormat.Atom;

    /// <summary>Reads as strictly as .NET can: no DTD, no character that XML forbids.</summary>
    internal static XDocument Parse(byte[] bytes)
    {
        using var reader = XmlReader.Create(new MemoryStream(bytes), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, CheckCharacters = true });
        return XDocument.Load(reader, LoadOptions.PreserveWhitespace);
    }

    private static byte[] WriteWhole(FeedFormat format, Category category, IReadOnlyList<Article> articles)
    {
        var items = new EntryWriter(new FeedAddresses(SampleArticles.Publication.Base), SampleArticles.Publication.Language);
        var feed = new FeedHead(format, SampleArticles.Publication, new FeedOptions(), FeedContents.Of(FeedSubject.Of(category), 0, 0, articles, [], [], DateTimeOffset.UnixEpoch)) { Items = articles.Select(article => items.Item(format, article, FeedContent.Full)) };
        using var output = new MemoryStream();
        using (var writer = XmlWriter.Create(output))
        {
            SyndicationFeedFormatter formatter = format == FeedFormat.Rss ? new Rss20FeedFormatter(feed, serializeExtensionsAsAtom: false) : new Atom10FeedFormatter(feed);
            formatter.WriteTo(writer);
        }

        return output.ToArray();
    }

    // Where namespaces are declared and the line ends between entries say nothing.
    private static XElement Canonical(XDocument document)
    {
        var root = new XElement(document.Root!);
        root.DescendantsAndSelf().Attributes().Where(attribute => attribute.IsNamespaceDeclaration).Remove();
        root.DescendantNodes().OfType<XText>().Where(text => string.Equals(text.Value, "\n", StringComparison.Ordinal)).Remove();
        return root;
    }
}

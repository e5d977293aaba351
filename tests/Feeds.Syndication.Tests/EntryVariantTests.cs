using System.Text.Json;
using System.Xml.Linq;
using Feeds.Articles;

namespace Feeds.Syndication.Tests;

/// <summary>Entries in full, in summary and with a sound.</summary>
public sealed class EntryVariantTests
{
    private static readonly XNamespace Atom = FeedXml.Atom;
    private static readonly XNamespace Content = FeedXml.Content;
    private static readonly XNamespace Itunes = FeedXml.Itunes;
    private static readonly XNamespace Media = FeedXml.Media;
    private static readonly Enclosure Sound = new(new Uri("https://cdn.example/1.mp3?a=1&b=2"), "audio/mpeg", 48_123_456, TimeSpan.FromSeconds(3723));

    [Fact]
    public void A_summary_feed_carries_no_word_of_the_text_beside_the_summary()
    {
        var article = SampleArticles.All[0];

        var (rss, atom, json) = Entries(article, FeedContent.Summary);

        Assert.Null(rss.Element(Content + "encoded"));
        Assert.Equal("Moins de &lt;10 €&gt; &amp; « plus ».", rss.Element("description")!.Value);
        Assert.Null(atom.Element(Atom + "content"));
        Assert.Equal(article.Summary, atom.Element(Atom + "summary")!.Value);
        Assert.False(json.TryGetProperty("content_html", out _));
        Assert.Equal(article.Summary, JsonFeedTests.Text(json, "content_text"));
        Assert.DoesNotContain("insécable", string.Concat(rss, atom, json), StringComparison.Ordinal);
        Assert.Equal((article.Identity, article.Identity, article.Identity), (rss.Element("guid")!.Value, atom.Element(Atom + "id")!.Value, JsonFeedTests.Text(json, "id")));
    }

    [Theory]
    [InlineData(FeedContent.Summary, "<hr>")]
    [InlineData(FeedContent.Summary, "")]
    [InlineData(FeedContent.Full, "")]
    public void An_entry_without_any_text_says_its_title(FeedContent content, string html)
    {
        var (rss, atom, json) = Entries(SampleArticles.Create(1) with { Title = "Silence", Summary = "", Html = html }, content);

        Assert.Equal(("Silence", "Silence"), (rss.Element("description")!.Value, atom.Element(Atom + "summary")!.Value));
        Assert.Equal(content == FeedContent.Full ? "" : "Silence", JsonFeedTests.Text(json, content == FeedContent.Full ? "content_html" : "content_text"));
    }

    [Theory]
    [InlineData(FeedContent.Full)]
    [InlineData(FeedContent.Summary)]
    public void A_sound_is_an_enclosure_with_type_and_length_everywhere_and_with_its_duration_where_there_is_a_place(FeedContent content)
    {
        var (rss, atom, json) = Entries(SampleArticles.All[0] with { Enclosure = Sound }, content);

        var enclosure = rss.Element("enclosure")!;
        Assert.Equal((Sound.Address.AbsoluteUri, "audio/mpeg", "48123456"), (enclosure.Attribute("url")!.Value, enclosure.Attribute("type")!.Value, enclosure.Attribute("length")!.Value));
        Assert.Equal(("3723", SampleArticles.All[0].Image!.Address.AbsoluteUri), (rss.Element(Itunes + "duration")!.Value, rss.Element(Itunes + "image")!.Attribute("href")!.Value));
        var link = atom.Elements(Atom + "link").Single(one => one.Attribute("rel")!.Value is "enclosure");
        Assert.Equal((Sound.Address.AbsoluteUri, "audio/mpeg", "48123456"), (link.Attribute("href")!.Value, link.Attribute("type")!.Value, link.Attribute("length")!.Value));
        var attachment = json.GetProperty("attachments").EnumerateArray().Single();
        Assert.Equal((Sound.Address.AbsoluteUri, "audio/mpeg"), (JsonFeedTests.Text(attachment, "url"), JsonFeedTests.Text(attachment, "mime_type")));
        Assert.Equal((48_123_456, 3723), (attachment.GetProperty("size_in_bytes").GetInt64(), attachment.GetProperty("duration_in_seconds").GetInt32()));
    }

    [Fact]
    public void A_picture_is_there_for_those_who_look_for_content_and_for_those_who_look_for_a_thumbnail()
    {
        var (rss, atom, _) = Entries(SampleArticles.All[0], FeedContent.Full);

        foreach (var name in (XName[])[Media + "content", Media + "thumbnail"])
        {
            Assert.All((XElement[])[rss, atom], entry => Assert.Equal(("640", "480"), (entry.Element(name)!.Attribute("width")!.Value, entry.Element(name)!.Attribute("height")!.Value)));
        }
    }

    [Fact]
    public void Only_a_channel_with_an_episode_looks_like_a_podcast()
    {
        var podcast = Channel(GoldenPublication.Documents["feed.rss"]);
        var journal = Channel(GoldenPublication.Documents["category.rss"]);

        Assert.Equal(
            ["author La rédaction", "summary Ce qui se dit au marché, « entre nous ».", "explicit false", "image https://cdn.example/logo.png?v=1&w=2", "category Society & Culture", "owner La rédactionpodcast@echo.example"],
            podcast.Elements().Where(element => element.Name.Namespace == Itunes).Select(element => $"{element.Name.LocalName} {element.Value}{string.Concat(element.Attributes().Select(attribute => attribute.Value))}"),
            StringComparer.Ordinal);
        Assert.DoesNotContain(journal.Descendants(), element => element.Name.Namespace == Itunes);
        Assert.DoesNotContain(journal.Parent!.Attributes(), attribute => string.Equals(attribute.Value, Itunes.NamespaceName, StringComparison.Ordinal));
    }

    [Fact]
    public void The_head_says_rights_icon_and_logo_where_they_are_configured_and_nothing_where_not()
    {
        var atom = FeedWriterTests.Parse(GoldenPublication.Documents["feed.atom"]).Root!;
        var json = JsonFeedTests.Read(GoldenPublication.Documents["feed.json"]);
        var bare = FeedWriterTests.Parse(SampleArticles.Write(FeedFormat.Rss, null, SampleArticles.All)).Root!.Element("channel")!;

        Assert.Equal(("© 2026 L’Écho, CC BY 4.0", "https://xn--lcho-9oa.example/journal/icon.png", "https://cdn.example/logo.png?v=1&w=2"), (atom.Element(Atom + "rights")!.Value, atom.Element(Atom + "icon")!.Value, atom.Element(Atom + "logo")!.Value));
        Assert.Equal("https://xn--lcho-9oa.example/journal/icon.png", JsonFeedTests.Text(json, "icon"));
        Assert.Null(bare.Element("image") ?? bare.Element("copyright"));
    }

    [Fact]
    public void A_logo_that_rss_knows_no_way_to_show_is_left_out_there()
    {
        var publication = new PublicationOptions { Logo = "logo.svg" };

        Assert.Null(Channel(SampleArticles.Write(FeedFormat.Rss, publication, new FeedOptions(), null, [], [])).Element("image"));
    }

    private static XElement Channel(byte[] rss) => FeedWriterTests.Parse(rss).Root!.Element("channel")!;

    private static (XElement Rss, XElement Atom, JsonElement Json) Entries(Article article, FeedContent content)
    {
        var options = new FeedOptions { Content = content };
        byte[] Write(FeedFormat format) => SampleArticles.Write(format, SampleArticles.Publication, options, null, [article], []);
        return (Channel(Write(FeedFormat.Rss)).Element("item")!, FeedWriterTests.Parse(Write(FeedFormat.Atom)).Root!.Element(Atom + "entry")!, JsonFeedTests.Read(Write(FeedFormat.Json)).GetProperty("items")[0]);
    }
}

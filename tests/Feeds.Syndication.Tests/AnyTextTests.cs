using System.Xml.Linq;
using FsCheck.Xunit;

namespace Feeds.Syndication.Tests;

public sealed class AnyTextTests
{
    [Property]
    public void Whatever_an_article_says_the_feed_can_be_read_and_says_it_too(ushort[] codeUnits)
    {
        // All of UTF-16, with surrogates that have no partner; the ends keep readers from trimming.
        var text = $"[{string.Concat(codeUnits.Select(unit => (char)unit))}]";
        var article = SampleArticles.Create(1) with { Title = text, Author = text, Summary = text, Html = text };

        var item = FeedWriterTests.Parse(SampleArticles.Write(FeedFormat.Rss, null, article)).Root!.Element("channel")!.Element("item")!;
        var entry = FeedWriterTests.Parse(SampleArticles.Write(FeedFormat.Atom, null, article)).Root!.Element(XName.Get("entry", FeedXml.Atom))!;

        var said = FeedXml.Clean(text).Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        Assert.Equal(said, item.Element("title")!.Value);
        Assert.Equal(said, item.Element(XName.Get("encoded", FeedXml.Content))!.Value);
        Assert.Equal(said, entry.Element(XName.Get("title", FeedXml.Atom))!.Value);
        Assert.Equal(said, entry.Element(XName.Get("content", FeedXml.Atom))!.Value);
    }
}

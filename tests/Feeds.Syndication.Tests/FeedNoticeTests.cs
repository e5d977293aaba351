using System.Text;
using System.Xml;
using System.Xml.Linq;
using Feeds.Articles;

namespace Feeds.Syndication.Tests;

/// <summary>What a person sees who opens a feed in a browser.</summary>
public sealed class FeedNoticeTests
{
    [Theory]
    [InlineData("rss", "fr", "Cette adresse est un flux")]
    [InlineData("atom", "fr-CA", "Cette adresse est un flux")]
    [InlineData("rss", "en", "This address is a feed")]
    [InlineData("atom", "de", "This address is a feed")]
    [InlineData("rss", "fry", "This address is a feed")]
    public void A_comment_at_the_top_names_the_page_for_people_in_the_language_of_the_publication(string format, string language, string phrase)
    {
        var comment = Comment(FeedWriterTests.Format(format), new PublicationOptions { BaseUrl = "https://blog.example/news", Language = language });

        Assert.StartsWith($" {phrase}", comment, StringComparison.Ordinal);
        Assert.EndsWith(" https://blog.example/news/subscribe ", comment, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://xn--lcho-9oa.example/a--b---c/----")]
    [InlineData("https://blog.example/--><script>alert(1)</script>")]
    [InlineData("https://blog.example/-")]
    [InlineData("https://blog.example/\u202E\uD800]]>")]
    public void No_address_ends_the_comment_and_it_still_leads_there(string baseUrl)
    {
        foreach (var format in (FeedFormat[])[FeedFormat.Rss, FeedFormat.Atom])
        {
            var comment = Comment(format, new PublicationOptions { BaseUrl = baseUrl });

            Assert.DoesNotContain("--", comment, StringComparison.Ordinal);
            Assert.DoesNotContain('>', comment);
            var address = comment.Trim().Split(' ')[^1];
            Assert.Equal(new Uri(new PublicationOptions { BaseUrl = baseUrl }.Base, "subscribe").AbsoluteUri, address.Replace("%2D", "-", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_json_feed_says_it_in_its_member_for_that()
    {
        var publication = new PublicationOptions { BaseUrl = "https://xn--lcho-9oa.example" };

        var feed = JsonFeedTests.Read(SampleArticles.Write(FeedFormat.Json, publication, new FeedOptions(), null, [], []));

        Assert.EndsWith(": https://xn--lcho-9oa.example/subscribe", JsonFeedTests.Text(feed, "user_comment"), StringComparison.Ordinal);
    }

    [Fact]
    public void No_style_sheet_is_named_that_browsers_would_not_apply_any_more()
    {
        var text = Encoding.UTF8.GetString(SampleArticles.Write(FeedFormat.Rss, null, SampleArticles.All));

        Assert.DoesNotContain("xml-stylesheet", text, StringComparison.Ordinal);
    }

    private static string Comment(FeedFormat format, PublicationOptions publication)
    {
        var document = FeedWriterTests.Parse(SampleArticles.Write(format, publication, new FeedOptions(), null, SampleArticles.All, []));
        var comment = Assert.IsType<XComment>(document.Nodes().First(node => node.NodeType != XmlNodeType.Whitespace && node is not XText));
        return comment.Value;
    }
}

using System.Text;
using System.Text.Json;
using Feeds.Articles;

namespace Feeds.Syndication.Tests;

public sealed class JsonFeedTests
{
    [Fact]
    public void A_feed_says_whose_it_is_and_where_to_find_it_again()
    {
        var feed = Read(SampleArticles.Write(FeedFormat.Json, SampleArticles.Courts, SampleArticles.All));

        Assert.Equal("https://jsonfeed.org/version/1.1", Text(feed, "version"));
        Assert.Equal("Médiocrité & Contentieux – Le Journal d’« essai »", Text(feed, "title"));
        Assert.Equal("https://journal.example/lire/categories/mediocrite-contentieux", Text(feed, "home_page_url"));
        Assert.Equal("https://journal.example/lire/categories/mediocrite-contentieux/feed.json", Text(feed, "feed_url"));
        Assert.Equal("Des textes & des chiffres.", Text(feed, "description"));
        Assert.Equal("fr", Text(feed, "language"));
        Assert.Equal(["La rédaction"], Authors(feed), StringComparer.Ordinal);
        Assert.Equal(SampleArticles.All.Count, feed.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public void An_item_carries_the_whole_article_under_the_identity_that_it_has_everywhere()
    {
        var article = SampleArticles.All[0];

        var item = Item(article);

        Assert.Equal(article.Identity, Text(item, "id"));
        Assert.Equal(article.Link.AbsoluteUri, Text(item, "url"));
        Assert.Equal(article.Title, Text(item, "title"));
        Assert.Equal(article.Html, Text(item, "content_html"));
        Assert.Equal(article.Summary, Text(item, "summary"));
        Assert.Equal(article.Image!.Address.AbsoluteUri, Text(item, "image"));
        Assert.Equal("2026-01-08T08:00:00Z", Text(item, "date_published"));
        Assert.Equal("2026-01-08T08:00:00Z", Text(item, "date_modified"));
        Assert.Equal([article.Author], Authors(item), StringComparer.Ordinal);
        Assert.Equal(["Médiocrité & Contentieux", "Référencement (SEO)"], item.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!), StringComparer.Ordinal);
        Assert.False(item.TryGetProperty("language", out _));
    }

    [Fact]
    public void Times_are_utc_and_another_language_is_named()
    {
        var item = Item(SampleArticles.All[1]);

        Assert.Equal("en", Text(item, "language"));
        Assert.Equal("2026-02-28T22:30:00Z", Text(item, "date_modified"));
    }

    [Fact]
    public void What_an_article_lacks_is_left_out()
    {
        var item = Item(SampleArticles.Create(1) with { Author = "", Summary = "", Categories = [] });

        string[] expected = ["id", "url", "title", "content_html", "date_published", "date_modified", "tags"];
        Assert.Equal(expected, item.EnumerateObject().Select(property => property.Name), StringComparer.Ordinal);
    }

    [Fact]
    public void Letters_stay_letters_and_nothing_can_end_a_script_around_it()
    {
        var article = SampleArticles.Create(1) with { Title = "L’été à l’œuvre 🚚\u00A0!", Html = "</script><!-- & \u2028\u2029\"\\\t\u007F" };

        var bytes = SampleArticles.Write(FeedFormat.Json, null, article);

        var text = Encoding.UTF8.GetString(bytes);
        Assert.Contains("L’été à l’œuvre 🚚\u00A0!", text, StringComparison.Ordinal);
        Assert.DoesNotContain(text, character => character is '<' or '&' or '\u2028' or '\u2029' or '\u007F' or < ' ');
        Assert.Equal(article.Html, Text(Read(bytes).GetProperty("items")[0], "content_html"));
    }

    [Fact]
    public void A_category_without_articles_has_a_feed_that_is_the_same_at_any_time()
    {
        var one = SampleArticles.Write(FeedFormat.Json, SampleArticles.Courts);

        Assert.Equal(one, SampleArticles.Write(FeedFormat.Json, SampleArticles.Courts));
        Assert.Equal(0, Read(one).GetProperty("items").GetArrayLength());
    }

    /// <summary>Reads as strictly as .NET can: UTF-8 without errors, no property twice, nothing behind it.</summary>
    internal static JsonElement Read(byte[] bytes)
    {
        using var document = JsonDocument.Parse(
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes),
            new JsonDocumentOptions { AllowDuplicateProperties = false });
        return document.RootElement.Clone();
    }

    internal static string? Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) ? value.GetString() : null;

    internal static IEnumerable<string> Authors(JsonElement parent) =>
        parent.TryGetProperty("authors", out var authors) ? authors.EnumerateArray().Select(author => Text(author, "name")!) : [];

    private static JsonElement Item(Article article) => Read(SampleArticles.Write(FeedFormat.Json, null, article)).GetProperty("items")[0];
}

using Feeds.Articles;

namespace Feeds.Syndication.Tests;

public sealed class EntryCacheTests
{
    private static readonly Enclosure Episode = new(new Uri("https://cdn.example/1.mp3"), "audio/mpeg", 1, null);
    private readonly EntryCache cache = new(new EntryWriter(new FeedAddresses(SampleArticles.Publication.Base), "fr"), generationBytes: 20_000);

    [Fact]
    public void An_article_that_was_read_again_without_a_change_keeps_its_bytes()
    {
        var first = For(SampleArticles.All[0]);

        var second = For(SampleArticles.All[0] with { Categories = [SampleArticles.Courts, SampleArticles.Search] });

        Assert.Same(first, second);
        Assert.Equal(1, cache.Written);
    }

    [Fact]
    public void Any_change_of_an_article_gives_it_new_bytes()
    {
        var article = SampleArticles.All[0];
        Article[] changed =
        [
            article with { Title = "x" }, article with { Author = "x" }, article with { Html = "x" }, article with { Summary = "x" },
            article with { Language = "de" }, article with { Published = article.Published.AddSeconds(-1) }, article with { Updated = article.Updated.AddSeconds(1) },
            article with { Link = new Uri(article.Link + "#part") }, article with { Image = null },
            article with { Image = article.Image! with { Address = new Uri(article.Image.Address + "#part") } },
            article with { Enclosure = Episode }, article with { Enclosure = Episode with { Address = new Uri(Episode.Address + "#part") } }, article with { Enclosure = Episode with { Length = 2 } },
            article with { Categories = [SampleArticles.Courts] }, article with { Categories = [SampleArticles.Search, SampleArticles.Courts] },
        ];

        foreach (var other in changed)
        {
            var before = For(article);
            Assert.NotSame(before, For(other));
        }

        Assert.NotSame(For(changed[^4]), For(changed[^5]));
    }

    [Fact]
    public void An_article_is_encoded_once_in_full_and_once_in_summary()
    {
        var article = SampleArticles.All[0];
        var (full, summary) = (For(article), For(article, FeedContent.Summary));

        Assert.NotSame(full, summary);
        Assert.Same(full, For(article));
        Assert.Same(summary, For(article, FeedContent.Summary));
        Assert.Equal(2, cache.Written);
    }

    [Fact]
    public void It_forgets_what_was_not_asked_for_lately_and_nothing_else()
    {
        var kept = For(SampleArticles.Create(1));
        var forgotten = For(SampleArticles.Create(2));

        for (var number = 3; number < 200; number++)
        {
            For(SampleArticles.Create(number));
            Assert.Same(kept, For(SampleArticles.Create(1)));
        }

        Assert.NotSame(forgotten, For(SampleArticles.Create(2)));
    }

    private Entry For(Article article, FeedContent content = FeedContent.Full) => cache.For(article, content);
}

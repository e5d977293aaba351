using System.Net;

namespace Feeds.Host.Tests.FeedHttp;

/// <summary>What a feed's address answers besides the feed: parts of it, other addresses, its end.</summary>
public sealed class OtherAnswersTests(FeedServer server) : IClassFixture<FeedServer>
{
    [Fact]
    public async Task Who_asks_for_what_is_new_since_a_tag_gets_only_that_under_the_tag_of_the_whole()
    {
        var before = await SendAsync("/feed.atom");
        await server.ChangeAsync(4, "Les Prix");
        var whole = await SendAsync("/feed.atom");

        var delta = await SendAsync("/feed.atom", ("A-IM", "feed, gzip;q=0"), ("If-None-Match", before.Headers.ETag!.ToString()));

        Assert.Equal(HttpStatusCode.IMUsed, delta.StatusCode);
        Assert.Equal(["feed"], delta.Headers.GetValues("IM"), StringComparer.Ordinal);
        Assert.Equal(whole.Headers.ETag, delta.Headers.ETag);
        Assert.True(delta.Headers.CacheControl!.NoStore);
        var text = await delta.Content.ReadAsStringAsync();
        Assert.Contains("Article 4", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Article 3", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotModified, (await SendAsync("/feed.atom", ("A-IM", "feed"), ("If-None-Match", delta.Headers.ETag!.ToString()))).StatusCode);
    }

    [Theory]
    [InlineData(10, "vcdiff", null)]
    [InlineData(11, "feed;q=0", null)]
    [InlineData(12, "feed;q=0.0", null)]
    [InlineData(13, "feed", "\"never-sent\"")]
    [InlineData(14, "feed", "not a tag")]
    [InlineData(15, null, null)]
    public async Task Who_does_not_ask_for_it_or_has_what_nobody_knows_gets_the_whole(int number, string? manipulation, string? tag)
    {
        var before = await SendAsync("/categories/les-prix/feed.rss");
        await server.ChangeAsync(number, "Les Prix");

        var answer = await SendAsync("/categories/les-prix/feed.rss", ("A-IM", manipulation), ("If-None-Match", tag ?? before.Headers.ETag!.ToString()));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("Article 2", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("IM"));
    }

    [Fact]
    public async Task A_combination_is_redirected_to_its_one_address_and_found_there()
    {
        await server.ChangeAsync(6, "Les Délais");

        var moved = await SendAsync("/feed.json?categories=les-prix,les-delais");
        var found = await SendAsync(new Uri(moved.Headers.Location!.AbsoluteUri).PathAndQuery);

        Assert.Equal(HttpStatusCode.PermanentRedirect, moved.StatusCode);
        Assert.Equal("https://journal.example/feed.json?categories=les-delais,les-prix", moved.Headers.Location!.AbsoluteUri);
        Assert.Equal(HttpStatusCode.OK, found.StatusCode);
        Assert.NotNull(found.Headers.ETag);
        Assert.Contains("feed.json?categories=les-delais,les-prix", await found.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ten_thousand_categories_are_refused_with_a_sentence()
    {
        // The web server itself refuses lines of more than 8 KB.
        var tooLong = await SendAsync("/feed.rss?categories=" + string.Join(',', Enumerable.Range(0, 1_000)));
        var muchTooLong = await SendAsync("/feed.rss?categories=" + string.Join(',', Enumerable.Range(0, 10_000)));

        Assert.Equal(HttpStatusCode.BadRequest, tooLong.StatusCode);
        Assert.Contains("Ask for fewer categories", await tooLong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.RequestUriTooLong, muchTooLong.StatusCode);
    }

    [Fact]
    public async Task A_category_that_ended_is_gone()
    {
        await server.ChangeAsync(7, "Les Retours");
        Assert.Equal(HttpStatusCode.OK, (await SendAsync("/categories/les-retours/feed.rss")).StatusCode);
        await server.ChangeAsync(7, "Les Prix");

        Assert.Equal(HttpStatusCode.Gone, (await SendAsync("/categories/les-retours/feed.rss")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync("/categories/les-retour/feed.rss")).StatusCode);
    }

    private Task<HttpResponseMessage> SendAsync(string address, params (string Name, string? Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        foreach (var (name, value) in headers.Where(header => header.Value is not null))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return server.Client.SendAsync(request);
    }
}

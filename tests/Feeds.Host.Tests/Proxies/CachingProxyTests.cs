using System.Net;
using System.Text.RegularExpressions;

namespace Feeds.Host.Tests.Proxies;

/// <summary>What nginx keeps of the program's answers, and what it never does.</summary>
public sealed class CachingProxyTests(FrontedSite fronted) : IClassFixture<FrontedSite>
{
    [SkippableFact]
    public async Task A_second_request_for_a_feed_does_not_reach_the_program_and_codings_stay_apart()
    {
        using var client = fronted.Open(FrontedSite.CachingNginx);
        foreach (var coding in (string[])["identity", "gzip", "br"])
        {
            using var first = await GetAsync(client, "/feed.atom?categories=ia,e-commerce", coding);
            using var moved = await GetAsync(client, first.Headers.Location!.PathAndQuery, coding);
            using var second = await GetAsync(client, first.Headers.Location.PathAndQuery, coding);
            Assert.Equal("MISS", Cached(moved));
            Assert.Equal("HIT", Cached(second));
            Assert.Equal(coding, second.Content.Headers.ContentEncoding.FirstOrDefault() ?? "identity");
            Assert.Equal(await moved.Content.ReadAsByteArrayAsync(), await second.Content.ReadAsByteArrayAsync());
        }
    }

    [SkippableFact]
    public async Task A_picture_is_kept_and_its_parts_can_be_had()
    {
        using var client = fronted.Open(FrontedSite.CachingNginx);
        var feed = await fronted.Client.GetStringAsync("/feed.json");
        var picture = Regex.Match(feed, "/media/[A-Za-z0-9_.-]+", RegexOptions.NonBacktracking).Value;
        using var whole = await GetAsync(client, picture, "identity");
        using var request = new HttpRequestMessage(HttpMethod.Get, picture);
        request.Headers.Add("Range", "bytes=0-9");
        using var part = await client.SendAsync(request);

        Assert.Equal("MISS", Cached(whole));
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal("HIT", Cached(part));
        Assert.Equal((await whole.Content.ReadAsByteArrayAsync())[..10], await part.Content.ReadAsByteArrayAsync());
    }

    [SkippableTheory]
    [InlineData("/")]
    [InlineData("/subscribe")]
    [InlineData("/admin")]
    [InlineData("/admin/login")]
    [InlineData("/confirm/x")]
    [InlineData("/unsubscribe/x")]
    [InlineData("/hub")]
    [InlineData("/health/ready")]
    public async Task A_page_is_asked_for_anew_each_time(string path)
    {
        using var client = fronted.Open(FrontedSite.CachingNginx);
        for (var number = 0; number < 3; number++)
        {
            using var expected = await fronted.Client.GetAsync(path);
            using var answer = await GetAsync(client, path, "identity");
            Assert.Equal(expected.StatusCode, answer.StatusCode);
            Assert.Equal("", Cached(answer));
            Assert.Equal(expected.Headers.Contains("Set-Cookie"), answer.Headers.Contains("Set-Cookie"));
        }
    }

    [SkippableTheory]
    [InlineData(FrontedSite.CachingNginx)]
    [InlineData(FrontedSite.CaddySite)]
    public async Task A_form_that_is_longer_than_the_program_takes_is_refused(string front)
    {
        using var client = fronted.Open(front);
        using var form = new StringContent(new string('x', 70_000), System.Text.Encoding.ASCII, "application/x-www-form-urlencoded");
        using var answer = await client.PostAsync("/hub", form);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [SkippableTheory]
    [InlineData(FrontedSite.CachingNginx, 2)]
    [InlineData(FrontedSite.CaddySite, 4)]
    public async Task Who_sends_too_many_forms_is_told_to_wait_alone_whatever_address_is_claimed(string front, int last)
    {
        using var greedy = fronted.Open(front, $"127.0.0.{last}");
        using var other = fronted.Open(front, $"127.0.0.{last + 1}");
        for (var number = 0; number < 20; number++)
        {
            Assert.NotEqual(HttpStatusCode.TooManyRequests, await PostAsync(greedy, number));
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await PostAsync(greedy, 20));
        Assert.NotEqual(HttpStatusCode.TooManyRequests, await PostAsync(other, 20));
    }

    private static async Task<HttpStatusCode> PostAsync(HttpClient client, int number)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/subscribe") { Content = new FormUrlEncodedContent([]) };
        request.Headers.Add("X-Forwarded-For", $"203.0.113.{number}");
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }

    private static Task<HttpResponseMessage> GetAsync(HttpClient client, string path, string coding)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Accept-Encoding", coding);
        return client.SendAsync(request);
    }

    private static string Cached(HttpResponseMessage answer) => answer.Headers.TryGetValues("X-Cache", out var values) ? string.Join(", ", values) : "";
}

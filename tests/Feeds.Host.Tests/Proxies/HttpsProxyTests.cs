using System.Net;
using Feeds.Storage;

namespace Feeds.Host.Tests.Proxies;

/// <summary>The program behind a proxy that speaks HTTPS for it, and plain HTTP to it.</summary>
public sealed class HttpsProxyTests
{
    [Fact]
    public async Task Forms_work_and_cookies_are_for_HTTPS_alone_as_the_public_address_is()
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var site = await RunningSite.StartAsync(folder, database, "--Publication:BaseUrl=https://blog.example");

        using var login = await site.Client.GetAsync("/admin/login");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/admin");
        request.Headers.Host = "blog.example";
        using var admin = await site.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, login.StatusCode);
        Assert.All(login.Headers.GetValues("Set-Cookie"), cookie => Assert.Contains("; secure", cookie, StringComparison.Ordinal));
        // Without a scheme, so that the visitor stays with theirs.
        Assert.StartsWith("/admin/login", admin.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_list_of_addresses_the_last_one_counts_which_the_proxy_itself_wrote()
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var site = await RunningSite.StartAsync(folder, database);
        for (var number = 0; number < 20; number++)
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, await PostAsync(site, $"203.0.113.{number}, 198.51.100.1"));
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await PostAsync(site, "203.0.113.20, 198.51.100.1"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await PostAsync(site, "203.0.113.20, 198.51.100.2"));
    }

    private static async Task<HttpStatusCode> PostAsync(RunningSite site, string forwardedFor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/subscribe") { Content = new FormUrlEncodedContent([]) };
        request.Headers.Add("X-Forwarded-For", forwardedFor);
        using var answer = await site.Client.SendAsync(request);
        return answer.StatusCode;
    }
}

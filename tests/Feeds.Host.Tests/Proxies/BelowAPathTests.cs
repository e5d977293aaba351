using System.Net;
using System.Text.RegularExpressions;
using Feeds.Storage;

namespace Feeds.Host.Tests.Proxies;

/// <summary>A publication whose public address has a path, as a part of somebody's site.</summary>
public sealed partial class BelowAPathTests
{
    [Theory]
    [InlineData("/lire")]
    [InlineData("")]
    public async Task Pages_links_feeds_and_forms_work_whether_the_proxy_takes_the_path_away_or_not(string left)
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var site = await RunningSite.StartAsync(folder, database, "--Publication:BaseUrl=https://blog.example/lire/");

        var home = await site.Client.GetStringAsync($"{left}/");
        var feed = await site.Client.GetStringAsync($"{left}/feed.atom");
        using var style = await site.Client.GetAsync($"{left}/site.css");
        using var admin = await site.Client.GetAsync($"{left}/admin");
        using var moved = await site.Client.GetAsync($"{left}/.well-known/feeds");

        var links = Links().Matches(home).Select(link => link.Groups["to"].Value).ToList();
        Assert.True(links.Count > 20, home);
        Assert.All(links, link => Assert.True(link.StartsWith("/lire/", StringComparison.Ordinal) || link.StartsWith("https://blog.example/lire", StringComparison.Ordinal) || link.StartsWith('#') || link.Equals("/lire", StringComparison.Ordinal), link));
        Assert.Contains("\"https://blog.example/lire/feed.atom\"", feed, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, style.StatusCode);
        Assert.StartsWith("/lire/admin/login", admin.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal("https://blog.example/lire/feeds.opml", moved.Headers.Location!.AbsoluteUri);
        foreach (var link in links.Where(link => link.StartsWith("/lire/", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal))
        {
            using var answer = await site.Client.GetAsync(left + link["/lire".Length..]);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, link);
        }
    }

    [GeneratedRegex("(href|src)=\"(?<to>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Links();
}

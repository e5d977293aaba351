using System.Net;
using System.Text.RegularExpressions;
using Feeds.Host.Pages;
using Feeds.Storage;

namespace Feeds.Host.Tests;

public sealed partial class PageTests : IAsyncLifetime, IDisposable
{
    private readonly TestFolder folder = new();
    private TestDatabase database = null!;
    private RunningSite site = null!;

    public async Task InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        site = await RunningSite.StartAsync(folder, database);
    }

    public async Task DisposeAsync()
    {
        await site.DisposeAsync();
        await database.DisposeAsync();
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_first_start_shows_the_sample_and_leaves_a_digest_of_it_in_the_mail_folder()
    {
        var home = await site.Client.GetStringAsync("/");
        var articles = CardLinks().Matches(home).Select(match => match.Groups["path"].Value).ToList();

        Assert.True(articles.Count >= 12, $"{articles.Count} articles");
        Assert.Equal(9, Regex.Count(home, "<span class=\"count\">", RegexOptions.None, TimeSpan.FromSeconds(1)));
        Assert.All(articles, path => Assert.Equal(HttpStatusCode.OK, site.Client.GetAsync(path).GetAwaiter().GetResult().StatusCode));
        var mail = Assert.Single(Directory.GetFiles(folder["mails"], "*.eml"));
        Assert.Contains("multipart/alternative", await File.ReadAllTextAsync(mail), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_category_has_a_page_that_names_its_own_feeds_first()
    {
        var seo = await site.Client.GetStringAsync("/categories/referencement-seo");
        var contentieux = await site.Client.GetAsync("/categories/mediocrite-contentieux");

        Assert.Equal(HttpStatusCode.OK, contentieux.StatusCode);
        var alternates = Alternates().Matches(seo).Select(match => match.Groups["address"].Value).ToList();
        Assert.Equal(
            [.. ((string[])["categories/referencement-seo/feed", "feed"]).SelectMany(feed => (string[])[$"{site.Address}{feed}.atom", $"{site.Address}{feed}.rss", $"{site.Address}{feed}.json"]), $"{site.Address}feeds.opml"],
            alternates);
    }

    [Theory]
    [InlineData("/articles/nowhere", HttpStatusCode.NotFound)]
    [InlineData("/articles/..%2f..%2fetc%2fpasswd", HttpStatusCode.NotFound)]
    [InlineData("/categories/nowhere", HttpStatusCode.NotFound)]
    [InlineData("/confirm/nonsense", HttpStatusCode.NotFound)]
    [InlineData("/unsubscribe/nonsense", HttpStatusCode.NotFound)]
    [InlineData("/admin/setup/nonsense", HttpStatusCode.NotFound)]
    [InlineData("/media/..%2ffeeds.db", HttpStatusCode.NotFound)]
    [InlineData("/status/404", HttpStatusCode.NotFound)]
    [InlineData("/admin", HttpStatusCode.Redirect)]
    [InlineData("/health/live", HttpStatusCode.OK)]
    [InlineData("/health/ready", HttpStatusCode.OK)]
    public async Task An_address_answers_as_it_should(string path, HttpStatusCode status) =>
        Assert.Equal(status, (await site.Client.GetAsync(path)).StatusCode);

    [Fact]
    public async Task A_page_runs_no_script_and_belongs_in_no_foreign_frame_and_names_no_software()
    {
        var response = await site.Client.GetAsync("/");

        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("script-src", policy, StringComparison.Ordinal);
        Assert.False(response.Headers.Contains("Server"));
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task The_page_with_the_copy_buttons_runs_its_own_file_and_no_other_script()
    {
        var response = await site.Client.GetAsync("/subscribe");

        Assert.EndsWith("frame-ancestors 'none'; script-src 'self'", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Equal("<script src=\"/subscribe.js\" defer></script>", Assert.Single(Scripts().Matches(await response.Content.ReadAsStringAsync())).Value);
        var script = await site.Client.GetAsync("/subscribe.js");
        Assert.Equal("text/javascript", script.Content.Headers.ContentType!.MediaType);
    }

    [Theory, Attack(24)]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    public async Task A_form_posted_by_another_site_is_refused(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/subscribe") { Content = new FormUrlEncodedContent([]) };
        request.Headers.Add(header, value);

        Assert.Equal(HttpStatusCode.Forbidden, (await site.Client.SendAsync(request)).StatusCode);
    }

    [Fact, Attack(31)]
    public async Task The_public_address_is_the_configured_one_whatever_the_request_says()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Host = "evil.example";
        request.Headers.Add("X-Forwarded-Host", "evil.example");

        var page = await (await site.Client.SendAsync(request)).Content.ReadAsStringAsync();

        Assert.DoesNotContain("evil.example", page, StringComparison.Ordinal);
        Assert.Contains($"href=\"{site.Address}feed.atom\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_form_comes_back_with_what_was_typed_and_a_sentence()
    {
        using var form = new FormUrlEncodedContent([new("email", "<b>nobody"), new("cadence", "weekly")]);

        var response = await site.Client.PostAsync("/subscribe", form);

        var page = await response.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Contains("role=\"alert\"", page, StringComparison.Ordinal);
        Assert.Contains("value=\"&lt;b&gt;nobody\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_sentence_of_the_pages_is_there_in_French()
    {
        var pages = Directory.EnumerateFiles(Path.Combine(SourceFolder(), "Pages"), "*.cshtml*", SearchOption.AllDirectories).Select(File.ReadAllText);
        var view = (SiteView)site.Services.GetService(typeof(SiteView))!;
        var sentences = pages.SelectMany(page => Sentences().Matches(page).Select(match => match.Groups["text"].Value)).Distinct(StringComparer.Ordinal).ToList();
        // The same word in both languages.
        string[] alike = ["Articles", "Administration"];

        Assert.True(sentences.Count > 40);
        Assert.Empty(sentences.Where(sentence => string.Equals(view[sentence], sentence, StringComparison.Ordinal)).Except(alike, StringComparer.Ordinal));
    }

    private static string SourceFolder([System.Runtime.CompilerServices.CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "src", "Feeds.Host"));

    [GeneratedRegex("<h2><a href=\"(?<path>/articles/[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CardLinks();

    [GeneratedRegex("<link rel=\"alternate\"[^>]* href=\"(?<address>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Alternates();

    [GeneratedRegex("<script.*?</script>", RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex Scripts();

    [GeneratedRegex("[sS]ite\\[\"(?<text>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Sentences();
}

using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Feeds.Storage;

namespace Feeds.Host.Tests;

/// <summary><c>POST /api/subscribe</c>, for programs and for the pages of named sites.</summary>
public sealed class JoinApiTests
{
    private const string Named = "https://shop.example";

    [Fact]
    public async Task A_program_asks_in_JSON_and_is_told_in_JSON()
    {
        await using var stand = await Stand.OpenAsync(DatabaseProvider.Sqlite);

        Assert.Equal((HttpStatusCode.Accepted, "taken"), await PostAsync(stand, """{"email":"lectrice@blog.example","cadence":"weekly","categories":["ia"]}"""));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "misspelt"), await PostAsync(stand, """{"email":"lectrice@gmial.com","cadence":"weekly"}"""));
        Assert.Equal((HttpStatusCode.Accepted, "taken"), await PostAsync(stand, """{"email":"lectrice@gmial.com","cadence":"weekly","sure":true}"""));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "refused"), await PostAsync(stand, """{"email":"lectrice","cadence":"weekly"}"""));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "refused"), await PostAsync(stand, """{"email":"a@blog.example","cadence":"weekly","categories":["none"]}"""));
        Assert.Equal((HttpStatusCode.NotFound, "refused"), await PostAsync(stand, """{"email":"a@blog.example","cadence":"none"}"""));
        foreach (var wrong in (string[])["", "null", "[]", "{", "{\"email\":1}", "{\"email\":\"a@blog.example\",\"cadence\":\"weekly\",\"categories\":[null]}", new string('[', 10_000)])
        {
            Assert.Contains((await PostAsync(stand, wrong)).Status, (HttpStatusCode[])[HttpStatusCode.BadRequest, HttpStatusCode.UnprocessableEntity]);
        }

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await PostAsync(stand, $"{{\"email\":\"{new string('a', 20_000)}\"}}")).Status);
        await stand.WaitForMailAsync("lectrice@gmial.com");
        Assert.Equal(["lectrice@blog.example", "lectrice@gmial.com"], stand.Recipients.Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [Theory, Attack(24)]
    [InlineData("/subscribe", "application/x-www-form-urlencoded")]
    [InlineData("/api/subscribe", "application/json")]
    [InlineData("/api/subscribe", "text/plain")]
    public async Task What_another_site_s_page_posts_is_refused_unless_the_site_is_named(string path, string type)
    {
        await using var stand = await Stand.OpenAsync(DatabaseProvider.Sqlite, $"--Newsletter:Join:AllowedOrigins:0={Named}");

        foreach (var origin in (string[])["https://evil.example", "null", "https://shop.example.evil.example", "http://shop.example", "https://shop.example:8443"])
        {
            using var answer = await stand.Site.Client.SendAsync(Request(path, type, origin));
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
        }

        using var allowed = await stand.Site.Client.SendAsync(Request(path, type, Named));
        Assert.Equal(type is "text/plain" ? HttpStatusCode.UnsupportedMediaType : path is "/subscribe" ? HttpStatusCode.OK : HttpStatusCode.Accepted, allowed.StatusCode);
    }

    [Fact, Attack(24)]
    public async Task JSON_sent_as_text_is_no_JSON_whoever_sends_it()
    {
        await using var stand = await Stand.OpenAsync(DatabaseProvider.Sqlite);
        using var request = Request("/api/subscribe", "text/plain", origin: null);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await stand.Site.Client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task A_named_site_s_script_may_ask_and_read_the_answer_and_another_s_may_not()
    {
        await using var stand = await Stand.OpenAsync(DatabaseProvider.Sqlite, $"--Newsletter:Join:AllowedOrigins:0={Named}");

        foreach (var (origin, allowed) in new[] { (Named, Named), ("https://evil.example", null) })
        {
            using var preflight = new HttpRequestMessage(HttpMethod.Options, "/api/subscribe");
            preflight.Headers.Add("Origin", origin);
            preflight.Headers.Add("Access-Control-Request-Method", "POST");
            preflight.Headers.Add("Access-Control-Request-Headers", "content-type");
            using var answer = await stand.Site.Client.SendAsync(preflight);
            Assert.Equal(allowed, answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values.Single() : null);
        }

        using var posted = await stand.Site.Client.SendAsync(Request("/api/subscribe", "application/json", Named));
        Assert.Equal(Named, Assert.Single(posted.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.False(posted.Headers.Contains("Access-Control-Allow-Credentials"));
    }

    private static HttpRequestMessage Request(string path, string type, string? origin)
    {
        var body = path is "/subscribe" ? "email=lectrice%40blog.example&cadence=weekly" : """{"email":"lectrice@blog.example","cadence":"weekly"}""";
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, type) };
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
            request.Headers.Add("Sec-Fetch-Site", "cross-site");
        }

        return request;
    }

    private static async Task<(HttpStatusCode Status, string? Outcome)> PostAsync(Stand stand, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await stand.Site.Client.PostAsync("/api/subscribe", content);
        return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("outcome").GetString());
    }
}

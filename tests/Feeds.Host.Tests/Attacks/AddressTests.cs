using System.Net;
using System.Text;
using Feeds.Articles;
using Feeds.Host.Tests.FeedHttp;
using Feeds.Syndication;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Host.Tests.Attacks;

/// <summary>Addresses that would lead out of a folder or off the site, and tokens that are nobody's.</summary>
[Collection(SharedStand.Name)]
public sealed class AddressTests(HostileStand stand)
{
    private static readonly string[] WaysOut =
    [
        "../../../../etc/passwd", "..%2f..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "%252e%252e%252f%252e%252e%252fetc%252fpasswd", "..%5c..%5c..%5cetc%5cpasswd",
        "%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd", "%c0%ae%c0%ae%c0%af%c0%ae%c0%ae%c0%afetc%c0%afpasswd", "%e0%80%ae%e0%80%ae/etc/passwd", "%uff0e%uff0e/etc/passwd", "....//....//etc/passwd",
        "/etc/passwd", "//etc/passwd", "file:///etc/passwd", "C:%5cWindows%5cwin.ini", "%5c%5cevil.example%5cshare", "CON", "con.eml", "NUL", "aux.json", "COM1", "x%00.eml", "x.eml%00", "x%0d%0aSet-Cookie:%20a=b",
        "..", ".", "%2e", "..;/", "..%00/", "appsettings.json", "..%2fappsettings.json", "feeds.db", "..%2fdata%2ffeeds.db", "key", "..%2fkey",
    ];

    [Fact, Attack(23)]
    public async Task No_address_leads_to_a_file_outside_whoever_asks()
    {
        foreach (var folder in (string[])["/", "/articles/", "/categories/", "/media/", "/newsletters/", "/newsletters/atelier/", "/editions/", "/images/", "/admin/mails/", "/status/", "/site.css/"])
        {
            foreach (var way in WaysOut)
            {
                var answer = await RawHttp.AskAsync(stand.Site.Address, $"GET {folder}{way} HTTP/1.1", $"Cookie: {stand.Session}");

                // The site's own pages are what dots in an address lead to, and no error of ours is.
                Assert.True(answer.Status is 200 or 302 or 308 or 400 or 404, $"{folder}{way}: {answer.Status}");
                var said = Encoding.Latin1.GetString(answer.Body);
                Assert.DoesNotContain("root:", said, StringComparison.Ordinal);
                Assert.DoesNotContain("SQLite format", said, StringComparison.Ordinal);
                Assert.DoesNotContain("ConnectionString", said, StringComparison.Ordinal);
                Assert.DoesNotContain(answer.Fields, field => field.StartsWith("Set-Cookie: a=", StringComparison.OrdinalIgnoreCase));
                Assert.True(answer["Location"] is null || Stays(answer["Location"]!), answer["Location"]);
                Assert.True(answer.Status is not 200 || answer["Content-Type"]!.StartsWith("text/html", StringComparison.Ordinal) || way is "." or "..", $"{folder}{way}: {answer["Content-Type"]}");
            }
        }
    }

    [Fact, Attack(23)]
    public async Task Whatever_articles_and_categories_are_called_what_is_published_stays_in_its_folder()
    {
        using var folder = new TestFolder();
        string[] names = ["../../dehors", "..", "%2e%2e/dehors", "CON", "C:\\Windows", "/etc/passwd", "a\\b", "nul.txt", ".htaccess", "\u202e../dehors", "．．／dehors"];
        foreach (var (name, number) in names.Select((name, number) => (name, number)))
        {
            folder.Write($"articles/{new string('文', number + 1)}.md", $"---\ntitle: '{name} {number}'\ndate: 2026-10-01\ncategories: ['{name}']\n---\nTexte.\n");
        }

        // In overlong UTF-8, which no decoder may take for dots and slashes.
        await File.WriteAllBytesAsync(folder["articles/overlong.md"], [.. "---\ntitle: Long\ndate: 2026-10-01\nslug: "u8, 0xC0, 0xAE, 0xC0, 0xAE, 0xC0, 0xAF, .. "dehors\n---\nTexte.\n"u8]);
        await using var database = await TestDatabase.CreateAsync(Storage.DatabaseProvider.Sqlite);
        await using var services = Commands.CommandServices.Create([$"--Storage:ConnectionString={database.ConnectionString}"]);
        await services.GetRequiredService<Storage.DatabaseMigrator>().MigrateAsync(default);
        await Startup.SeedStore.RunAsync(services, default);

        var report = await services.GetRequiredService<FolderImport>().ImportAsync(folder["articles"], default);
        await services.GetRequiredService<FeedFolder>().WriteAsync(folder["deep/down/site"], default);

        Assert.Contains("UTF-8", Assert.Single(report.Refused).Reason, StringComparison.Ordinal);
        Assert.Equal(names.Length, report.Added);
        var written = Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder.Path, file)).Where(file => !file.StartsWith("articles/", StringComparison.Ordinal)).ToList();
        Assert.True(written.Count > names.Length, string.Join('\n', written));
        Assert.All(written, file => Assert.Matches("^deep/down/site/([a-z0-9-]+/)*[a-z0-9-]*(\\.[a-z0-9-]+)+$", file));
        Assert.All(await services.GetRequiredService<ArticleStore>().LatestAsync(null, 100, default), article => Assert.Matches("^[a-z0-9][a-z0-9-]*$", article.Slug));
    }

    [Theory, Attack(30)]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("\\\\evil.example\\")]
    [InlineData("/%09/evil.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/admin/categories")]
    public async Task Where_one_is_led_after_signing_in_is_not_for_the_address_to_say(string wish)
    {
        var query = $"?ReturnUrl={Uri.EscapeDataString(wish)}&returnUrl={Uri.EscapeDataString(wish)}";
        using var answer = await stand.Site.PostPasswordAsync(AdminDoor.Password, "198.51.102.1", query);

        Assert.Equal((HttpStatusCode.Redirect, "/admin"), (answer.StatusCode, answer.Headers.Location!.OriginalString));
    }

    [Fact, Attack(30), Attack(31)]
    public async Task No_answer_leads_off_the_site_whatever_the_address_and_the_host_say()
    {
        var redirections = 0;
        foreach (var path in (string[])
        [
            "//evil.example", "//evil.example/admin", "/\\evil.example", "/admin//evil.example", "/admin/", "/admin?ReturnUrl=//evil.example", "/admin/categories", "/admin/mails/x.eml", "/.well-known/feeds", "/articles//evil.example",
            "/categories/%2f%2fevil.example", "/%2f%2fevil.example", "/subscribe/..//evil.example", "/newsletters/atelier?before=//evil.example", "/feed.atom?categories=//evil.example", "/confirm///evil.example",
        ])
        {
            foreach (var host in (string[])["localhost", "evil.example", "localhost@evil.example", "evil.example:80"])
            {
                var answer = await AskAsync(path, host);
                Assert.True(answer.Status < 500, $"{path} {host}: {answer.Status}");
                redirections += answer["Location"] is null ? 0 : 1;
                Assert.True(answer["Location"] is null || Stays(answer["Location"]!), $"{path} {host}: {answer["Location"]}");
            }
        }

        Assert.True(redirections > 0, "some of them redirect");
    }

    [Fact, Attack(25)]
    public async Task A_token_that_is_changed_or_anothers_or_for_something_else_is_answered_as_nonsense_is()
    {
        string[] kinds = ["preferences", "unsubscribe", "confirm", "keep", "address", "editions"];
        var tokens = kinds.Select(kind => (Kind: kind, Link: stand.Link(kind))).Where(found => found.Link.Length > 0).Select(found => (found.Kind, Token: found.Link.Split('/')[^1])).ToList();
        Assert.Equal(["preferences", "unsubscribe", "editions"], tokens.Select(token => token.Kind), StringComparer.Ordinal);
        var requests =
            from kind in kinds
            from page in (string[])[$"/{kind}/{{0}}", $"/{kind}/{{0}}/data"]
            from request in (string[])["GET ", "POST ", "POST ?handler=Leave", "POST ?handler=Settings", "POST ?handler=Erase", "POST ?handler=Why"]
            select (Method: new HttpMethod(request.Split(' ')[0]), Path: page + request.Split(' ')[1]);
        foreach (var (method, path) in requests)
        {
            var (_, expected) = await AnswerAsync(method, path, "nonsense");
            foreach (var (kind, token) in tokens)
            {
                var spoilt = ((int[])[0, 1, token.Length / 2, token.Length - 2]).Select(letter => HostileStand.Spoilt(token, letter)).Append(token[..^1]).Append($"{token}A");
                foreach (var one in path.StartsWith($"/{kind}/", StringComparison.Ordinal) ? spoilt : spoilt.Append(token))
                {
                    var (status, page) = await AnswerAsync(method, path, one);
                    Assert.True(status is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed, $"{method} {path} {one}: {status}");
                    Assert.Equal(expected, page);
                }
            }
        }
    }

    private async Task<(HttpStatusCode Status, string Page)> AnswerAsync(HttpMethod method, string path, string token)
    {
        using var form = new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click"), new("newsletter", "atelier"), new("sure", "yes")]);
        using var answer = await stand.AskAsync(method, string.Format(null, path, token), method == HttpMethod.Post ? form : null, from: "198.51.103.1");
        return (answer.StatusCode, $"{answer.StatusCode} {(await answer.Content.ReadAsStringAsync()).Replace(token, "·", StringComparison.Ordinal)}");
    }

    private async Task<RawAnswer> AskAsync(string path, string host)
    {
        var bytes = await RawHttp.ExchangeAsync(stand.Site.Address, $"GET {path} HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-Host: evil.example\r\nForwarded: host=evil.example\r\nConnection: close\r\n\r\n");
        return RawAnswer.Read(bytes, out _)!;
    }

    // As a browser reads it: on this site, whatever the site's own host is called.
    private bool Stays(string location) =>
        (location is ['/', not ('/' or '\\' or '\t'), ..] or "/") || location.StartsWith(stand.Site.Address.AbsoluteUri, StringComparison.Ordinal);
}

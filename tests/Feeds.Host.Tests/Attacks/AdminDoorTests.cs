using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Feeds.Host.Pages.Admin;
using Feeds.Host.Security;
using Feeds.Storage;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Host.Tests.Attacks;

/// <summary>Who gets through <c>/admin/login</c>, and what is behind it for whom.</summary>
[Collection(SharedStand.Name)]
public sealed partial class AdminDoorTests(HostileStand stand)
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

    // What is there for everybody, or by a token in its address. Whatever else there is has to ask who comes.
    private static readonly string[] Everybodys =
    [
        "", "Index", "admin/login", "admin/setup/{token}", "address/{token}", "api/subscribe", "api/v1/openapi.json", "articles/{slug}", "categories/{slug}", "confirm/{token}", "editions/{token}", "health/live", "health/ready", "hub", "keep/{token}",
        "mail/events/{relay}", "media/{name}", "newsletters/{name}", "newsletters/{name}/{edition}", "preferences/{token}", "preferences/{token}/data", "privacy", "robots.txt", "sitemap-{part}.xml", "sitemap.xml",
        "status/{code:int}", "subscribe", "unsubscribe/{token}",
    ];

    private IReadOnlyList<RouteEndpoint> Routes => [.. stand.Site.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    [Fact, Attack(39)]
    public void Each_route_is_for_everybody_by_name_or_asks_who_comes()
    {
        var open = Routes.Where(route => route.Metadata.GetMetadata<IAuthorizeData>() is null || route.Metadata.GetMetadata<IAllowAnonymous>() is not null);

        Assert.Empty(open.Select(Path).Except(Everybodys, StringComparer.Ordinal).Select(route => $"{route} asks nobody who they are: require a session or a token there, or name it here as everybody's"));
        Assert.Contains(Routes, route => Path(route).StartsWith("admin", StringComparison.Ordinal) && !open.Contains(route));
    }

    [Fact, Attack(39)]
    public async Task Without_an_open_session_every_route_and_every_form_of_the_admin_leads_to_its_door()
    {
        var closed = await stand.Site.SignInAsync("198.51.107.1");
        Assert.Equal(HttpStatusCode.OK, (await stand.Site.SendAsync(HttpMethod.Get, "/admin", "198.51.107.1", closed)).StatusCode);
        using (var over = await stand.Site.PostAsAdminAsync("/admin?handler=SignOut", closed, []))
        {
            Assert.Equal(HttpStatusCode.Redirect, over.StatusCode);
        }

        string[] cookies = ["", closed, $"{stand.Session[..^4]}AAAA", "feeds.admin=", "feeds.admin=admin", "feeds.admin=CfDJ8" + new string('A', 200), $"{stand.Session};"[..^2]];
        var paths = Routes.Select(Path)
            .Where(path => path.StartsWith("admin", StringComparison.OrdinalIgnoreCase) && !Everybodys.Contains(path, StringComparer.Ordinal))
            .Select(path => Parameter().Replace(path, "x.eml")).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var handlers = typeof(AdminModel).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(PageModel)))
            .SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Select(method => HandlerName().Match(method.Name).Groups["name"].Value).Where(name => name.Length > 0).Distinct(StringComparer.Ordinal)
            .Select(name => $"?handler={name}").Prepend("").ToList();
        Assert.Contains("admin/categories", paths, StringComparer.Ordinal);
        Assert.Contains("?handler=SignOut", handlers, StringComparer.Ordinal);

        foreach (var (path, cookie) in paths.Concat(paths.Select(path => path.ToUpperInvariant())).SelectMany(path => cookies.Select(cookie => (path, cookie))))
        {
            foreach (var (method, handler) in Methods.SelectMany(method => (cookie.Length == 0 ? handlers : [""]).Select(handler => (method, handler))))
            {
                using var form = method is "GET" or "HEAD" ? null : new FormUrlEncodedContent([new("cadence", "weekly"), new("cron", "0 0 9 * * ?"), new("minimum", "1")]);
                using var answer = await stand.Site.SendAsync(new HttpMethod(method), $"/{path}{handler}", "198.51.107.2", cookie, form);

                Assert.True(answer.StatusCode is HttpStatusCode.Redirect or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, $"{method} /{path}{handler} with {cookie}: {answer.StatusCode}");
                Assert.StartsWith("/admin/login?ReturnUrl=", answer.Headers.Location?.OriginalString ?? "/admin/login?ReturnUrl=", StringComparison.Ordinal);
            }
        }

        Assert.Equal(HttpStatusCode.OK, (await stand.AskAsync(HttpMethod.Get, "/admin", asAdmin: true)).StatusCode);
    }

    [Fact, Attack(38), Attack(39)]
    public async Task Each_sign_in_begins_a_session_of_its_own_whatever_cookie_comes_with_it_and_signing_out_ends_that_one()
    {
        var first = await stand.Site.SignInAsync("198.51.108.1", cookie: "feeds.admin=chosen-by-somebody-else");
        var second = await stand.Site.SignInAsync("198.51.108.1", cookie: first);
        Assert.DoesNotContain("chosen", first, StringComparison.Ordinal);
        Assert.NotEqual(first, second, StringComparer.Ordinal);

        using var over = await stand.Site.PostAsAdminAsync("/admin?handler=SignOut", second, []);
        Assert.Contains(over.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith("feeds.admin=;", StringComparison.Ordinal));
        using var after = await stand.Site.SendAsync(HttpMethod.Get, "/admin", "198.51.108.1", second);
        using var other = await stand.Site.SendAsync(HttpMethod.Get, "/admin", "198.51.108.1", first);
        Assert.Equal((HttpStatusCode.Redirect, HttpStatusCode.OK), (after.StatusCode, other.StatusCode));
    }

    [Fact, Attack(38)]
    public async Task The_eleventh_guess_of_a_network_is_not_looked_at_nor_is_the_password_itself_and_others_get_in()
    {
        for (var guess = 1; guess <= PasswordGuesses.MostOfOneNetwork; guess++)
        {
            using var wrong = await stand.Site.PostPasswordAsync($"guess {guess} of many", $"203.0.113.{guess}");
            Assert.Equal(HttpStatusCode.OK, wrong.StatusCode);
            Assert.Contains("Ce n’est pas le mot de passe", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        using var late = await stand.Site.PostPasswordAsync("one more", "203.0.113.77");
        using var right = await stand.Site.PostPasswordAsync(AdminDoor.Password, "203.0.113.78");
        Assert.Equal((HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests), (late.StatusCode, right.StatusCode));
        Assert.Equal("3600", Assert.Single(late.Headers.GetValues("Retry-After")));
        Assert.Contains("Aucun n’est examiné pendant 60 minutes", await right.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(right.Headers.Contains("Set-Cookie"));
        await stand.Site.SignInAsync("203.0.114.1");
    }

    [Fact, Attack(38)]
    public async Task A_session_ends_after_a_week_however_often_it_is_used_and_is_forgotten_at_the_next_sign_in()
    {
        var values = stand.Site.Services.GetRequiredService<StoredValues>();
        var before = await SessionsAsync();
        var session = await stand.Site.SignInAsync("198.51.109.1");
        var stored = Assert.Single((await SessionsAsync()).Except(before, StringComparer.Ordinal));
        var (at, name) = (long.Parse(stored.Split(' ')[0], CultureInfo.InvariantCulture), stored.Split(' ')[1]);

        foreach (var (began, status) in ((long, HttpStatusCode)[])[(at, HttpStatusCode.OK), (at - (long)AdminSessions.Longest.TotalSeconds, HttpStatusCode.OK), (at - (long)AdminSessions.Longest.TotalSeconds - 60, HttpStatusCode.Redirect)])
        {
            await values.SetAsync(name, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{began} {name}")), default);
            using var answer = await stand.Site.SendAsync(HttpMethod.Get, "/admin", "198.51.109.1", session);
            Assert.Equal(status, answer.StatusCode);
        }

        await stand.Site.SignInAsync("198.51.109.1");
        Assert.DoesNotContain(await SessionsAsync(), value => value.EndsWith(name, StringComparison.Ordinal));

        async Task<IReadOnlyList<string>> SessionsAsync() => [.. (await values.ListAsync("admin.session.", default)).Select(Encoding.ASCII.GetString)];
    }

    private static string Path(RouteEndpoint route) => route.RoutePattern.RawText!.TrimStart('/');

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.None, 1000)]
    private static partial Regex Parameter();

    [GeneratedRegex("^On(Get|Post)(?<name>[A-Za-z]*?)(Async)?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HandlerName();
}

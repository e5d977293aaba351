using System.Net;
using Feeds.Host.Api;
using Feeds.Storage;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Host.Tests.Api;

/// <summary>Who may do what by <c>/api/v1</c>.</summary>
public sealed class ApiTokenTests
{
    [Fact, Attack(39)]
    public async Task Each_endpoint_is_for_tokens_with_its_scope_alone_and_a_new_one_would_be_closed()
    {
        await using var stand = await ApiStand.OpenAsync(DatabaseProvider.Sqlite);
        await stand.AddAsync("ada@example.org");
        var endpoints = stand.Site.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.TrimStart('/').StartsWith("api/v1/", StringComparison.Ordinal) && !endpoint.RoutePattern.RawText!.EndsWith("openapi.json", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(endpoints);

        foreach (var endpoint in endpoints)
        {
            var method = new HttpMethod(endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Single());
            var path = "/" + endpoint.RoutePattern.RawText!.TrimStart('/')["api/v1/".Length..].Replace("{id:long}", "1", StringComparison.Ordinal).Replace("{newsletter}", "atelier", StringComparison.Ordinal);
            var needed = endpoint.Metadata.GetMetadata<NeededScope>()!.Name;
            var others = await stand.NewTokenAsync([.. ApiScope.All.Where(scope => !string.Equals(scope, needed, StringComparison.Ordinal))]);

            var nobody = await stand.SendAsync(method, path, null, ("Authorization", ""));
            var wrong = await stand.SendAsync(method, path, null, ("Authorization", $"Bearer {others}"));

            Assert.Equal((HttpStatusCode.Unauthorized, "unauthenticated"), (nobody.Status, nobody.Problem));
            Assert.Equal((HttpStatusCode.Forbidden, "insufficient-scope"), (wrong.Status, wrong.Problem));
            Assert.Contains($"scope=\"{needed}\"", wrong.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal("confirmed", (await stand.GetAsync("/subscribers/1")).Body.GetProperty("subscriptions")[0].GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_token_that_is_changed_revoked_or_over_is_worth_nothing_and_all_are_answered_alike()
    {
        await using var stand = await ApiStand.OpenAsync(DatabaseProvider.Sqlite);
        var revoked = await stand.NewTokenAsync(ApiScope.Read);
        Assert.True(await stand.Site.Services.GetRequiredService<ApiTokens>().RevokeAsync(revoked.Split('_')[1], default));
        var flipped = stand.Token[..^1] + (stand.Token[^1] == 'A' ? 'B' : 'A');
        string[] wrong = [flipped, revoked, stand.Token + "x", stand.Token[..^1], "feeds_", "", new string('f', 10_000), stand.Token.Replace("feeds_", "feeds-", StringComparison.Ordinal), "feeds_00000000_" + stand.Token.Split('_', 3)[2]];

        var answers = new List<(HttpStatusCode, string?, string)>();
        foreach (var token in wrong)
        {
            var answer = await stand.GetAsync("/newsletters", ("Authorization", $"Bearer {token}"));
            answers.Add((answer.Status, answer.Problem, answer.Body.ToString()));
        }

        Assert.Single(answers.Distinct());
        Assert.Equal(HttpStatusCode.Unauthorized, answers[0].Item1);
        Assert.Equal(HttpStatusCode.OK, (await stand.GetAsync("/newsletters")).Status);
        stand.Site.Pass(TimeSpan.FromDays(30));
        Assert.Equal("unauthenticated", (await stand.GetAsync("/newsletters")).Problem);
    }

    [Fact]
    public async Task A_session_of_the_admin_opens_nothing_here_and_a_token_in_the_address_is_none()
    {
        await using var stand = await ApiStand.OpenAsync(DatabaseProvider.Sqlite);

        Assert.Equal("unauthenticated", (await stand.GetAsync($"/newsletters?access_token={stand.Token}", ("Authorization", ""))).Problem);
        Assert.Equal("unauthenticated", (await stand.GetAsync("/newsletters", ("Authorization", ""), ("Cookie", "feeds.admin=anything"))).Problem);
        Assert.Equal("unauthenticated", (await stand.GetAsync("/newsletters", ("Authorization", $"Basic {stand.Token}"))).Problem);
    }

    [DatabaseTheory, EachDatabase, Attack(40)]
    public async Task The_store_holds_no_token_that_could_be_used_and_no_key_of_a_request(DatabaseProvider provider)
    {
        await using var stand = await ApiStand.OpenAsync(provider);
        await stand.PostAsync("/subscribers", """{"email":"ada@example.org","cadence":"weekly"}""", ("Idempotency-Key", "a-key-of-the-shop"));

        var stored = string.Join('\n', await stand.StoredAsync());

        Assert.Contains(stand.Token.Split('_')[1], stored, StringComparison.Ordinal);
        Assert.DoesNotContain(stand.Token.Split('_', 3)[2], stored, StringComparison.Ordinal);
        Assert.DoesNotContain("a-key-of-the-shop", stored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shell_makes_lists_and_revokes_tokens_and_shows_each_once()
    {
        using var folder = new TestFolder();

        var made = await ProgramProcess.RunAsync(folder.Path, "token", "add", "the shop", "--scope", ApiScope.Read, "--scope", ApiScope.Write, "--days", "7");
        var token = made.Output.Trim();
        var list = await ProgramProcess.RunAsync(folder.Path, "token", "list");
        var wrong = await ProgramProcess.RunAsync(folder.Path, "token", "add", "the shop", "--scope", "everything");
        var tooLong = await ProgramProcess.RunAsync(folder.Path, "token", "add", "the shop", "--scope", ApiScope.Read, "--days", "0");
        var revoked = await ProgramProcess.RunAsync(folder.Path, "token", "revoke", token.Split('_')[1]);
        var again = await ProgramProcess.RunAsync(folder.Path, "token", "revoke", token.Split('_')[1]);

        Assert.Equal((0, 0, 2, 2, 0, 1), (made.ExitCode, list.ExitCode, wrong.ExitCode, tooLong.ExitCode, revoked.ExitCode, again.ExitCode));
        Assert.Matches("^feeds_[0-9a-f]{8}_[A-Za-z0-9_-]{43}$", token);
        Assert.Matches($@"{token.Split('_')[1]}\s+the shop\s+subscribers:read subscribers:write\s+20", list.Output);
        Assert.DoesNotContain(token.Split('_', 3)[2], list.Output, StringComparison.Ordinal);
    }
}

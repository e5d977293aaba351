using System.Net;
using System.Text.Json;
using Feeds.Newsletter;
using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Host.Tests.Api;

/// <summary>Many subscribers, a page at a time.</summary>
public sealed class ApiListTests
{
    [DatabaseTheory, EachDatabase]
    public async Task Who_is_there_all_the_while_is_met_once_while_others_come_and_go(DatabaseProvider provider)
    {
        await using var stand = await ApiStand.OpenAsync(provider);
        var ids = new List<long>();
        for (var number = 0; number < 9; number++)
        {
            ids.Add((await stand.AddAsync($"reader{number}@example.org")).Id);
        }

        var met = new List<long>();
        string? next = null;
        do
        {
            var page = await stand.GetAsync($"/subscribers?limit=2{(next is null ? "" : $"&cursor={next}")}");
            met.AddRange(page.Body.GetProperty("subscribers").EnumerateArray().Select(one => one.GetProperty("id").GetInt64()));
            next = page.Body.GetProperty("next").GetString();
            if (met.Count == 4)
            {
                // One that was met goes, one that wasn't goes, and one comes.
                await stand.SendAsync(HttpMethod.Delete, $"/subscribers/{ids[0]}", null);
                await stand.SendAsync(HttpMethod.Delete, $"/subscribers/{ids[6]}", null);
                await stand.AddAsync("late@example.org");
            }
        }
        while (next is not null);

        Assert.Equal(ids.Where((_, place) => place != 6), met.Where(ids.Contains));
        Assert.Equal(met.Distinct(), met);
    }

    [DatabaseTheory, EachDatabase]
    public async Task By_newsletter_and_state_and_by_an_address_that_stands_in_no_address_of_a_request(DatabaseProvider provider)
    {
        await using var stand = await ApiStand.OpenAsync(provider);
        var ada = await stand.AddAsync("Ada@example.org");
        var bob = await stand.AddAsync("bob@example.org");
        await stand.SendAsync(HttpMethod.Delete, $"/subscribers/{bob.Id}/subscriptions/atelier", null);

        Assert.Equal([ada.Id], await ListAsync("?state=confirmed"));
        Assert.Equal([bob.Id], await ListAsync("?state=left&newsletter=atelier"));
        Assert.Equal([], await ListAsync("?newsletter=nothing"));
        Assert.Equal(ada.Id, (await stand.PostAsync("/subscribers/lookup", """{"email":"ada@EXAMPLE.org"}""")).Id);
        Assert.Equal("not-found", (await stand.PostAsync("/subscribers/lookup", """{"email":"eve@example.org"}""")).Problem);

        async Task<IEnumerable<long>> ListAsync(string query) => (await stand.GetAsync($"/subscribers{query}")).Body.GetProperty("subscribers").EnumerateArray().Select(one => one.GetProperty("id").GetInt64()).ToList();
    }

    [DatabaseTheory, EachDatabase, Attack(1), Attack(2)]
    public async Task What_is_no_filter_is_refused_and_SQL_in_one_is_a_text_that_nobody_has(DatabaseProvider provider)
    {
        await using var stand = await ApiStand.OpenAsync(provider);
        await stand.AddAsync("ada@example.org");
        string[] texts = ["' OR 1=1 --", "'||CASE WHEN 1=1 THEN '' END||'", "\"; DROP TABLE subscriber; --", "atelier' --", "%", "_", "\\", "\u0000", "é\u2028", new string('x', 5_000)];

        foreach (var text in texts.Select(Uri.EscapeDataString))
        {
            var byNewsletter = await stand.GetAsync($"/subscribers?newsletter={text}");
            Assert.Equal((HttpStatusCode.OK, 0), (byNewsletter.Status, byNewsletter.Body.GetProperty("subscribers").GetArrayLength()));
            foreach (var query in (string[])[$"state={text}", $"cursor={text}", $"limit={text}", $"sort={text}", $"order_by={text}", $"{text}=1"])
            {
                Assert.Equal((HttpStatusCode.BadRequest, "invalid-request"), await StatusAsync($"/subscribers?{query}"));
            }

            // The web server itself refuses a path with NUL.
            if (!text.Contains("%00", StringComparison.Ordinal))
            {
                Assert.Equal((HttpStatusCode.NotFound, "not-found"), await StatusAsync($"/subscribers/1/subscriptions/{text}"));
            }
        }

        foreach (var text in texts)
        {
            Assert.Equal("not-found", (await stand.PostAsync("/subscribers/lookup", JsonSerializer.Serialize(new { email = text }))).Problem);
        }

        foreach (var query in (string[])["limit=0", "limit=201", "limit=-1", "limit=1&limit=2", "cursor=AAAAAAAAAAA", "cursor=__________8", "state=1", "state=Confirmed"])
        {
            Assert.Equal((HttpStatusCode.BadRequest, "invalid-request"), await StatusAsync($"/subscribers?{query}"));
        }

        Assert.Single(await stand.ListAsync());

        async Task<(HttpStatusCode, string?)> StatusAsync(string path)
        {
            var answer = await stand.GetAsync(path);
            return (answer.Status, answer.Problem);
        }
    }

    [Fact]
    public async Task Whoever_reads_again_what_did_not_change_gets_304()
    {
        await using var stand = await ApiStand.OpenAsync(DatabaseProvider.Sqlite);
        var ada = await stand.AddAsync("ada@example.org");

        foreach (var path in (string[])[$"/subscribers/{ada.Id}", $"/subscribers/{ada.Id}/subscriptions/atelier"])
        {
            var first = await stand.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotModified, (await stand.GetAsync(path, ("If-None-Match", $"\"other\", W/{first.Version}"))).Status);
            Assert.Equal(HttpStatusCode.NotModified, (await stand.GetAsync(path, ("If-None-Match", "*"))).Status);
            await stand.Site.Services.GetRequiredService<SubscriberDirectory>().ChangeAsync(ada.Id, "atelier", new SubscriptionSettings { Cadence = "weekly", FullText = path.EndsWith("atelier", StringComparison.Ordinal) is false }, null, null, "test", default);
            Assert.Equal(HttpStatusCode.OK, (await stand.GetAsync(path, ("If-None-Match", first.Version!))).Status);
        }
    }
}

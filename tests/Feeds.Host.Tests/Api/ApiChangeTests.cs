using System.Net;
using System.Text;
using System.Text.Json;
using Feeds.Newsletter;
using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Host.Tests.Api;

/// <summary>What programs change, and what they can't.</summary>
public sealed class ApiChangeTests
{
    private const string Subscription = "/subscribers/1/subscriptions/atelier";

    [DatabaseTheory, EachDatabase]
    public async Task Of_several_who_decide_on_the_same_state_one_is_in_force_and_the_others_are_told(DatabaseProvider provider)
    {
        await using var stand = await ApiStand.OpenAsync(provider);
        await stand.AddAsync("ada@example.org");
        var version = (await stand.GetAsync(Subscription)).Version!;

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(hour => stand.SendAsync(
            HttpMethod.Put, Subscription, $$"""{"sendTime":{"zone":"Europe/Paris","hour":{{hour}} },"cadence":"daily"}""", ("If-Match", version))));

        var done = Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.All(answers.Except([done]), answer => Assert.Equal((HttpStatusCode.PreconditionFailed, "precondition-failed"), (answer.Status, answer.Problem)));
        var now = await stand.GetAsync(Subscription);
        Assert.Equal(done.Version, now.Version);
        Assert.Equal(done.Body.ToString(), now.Body.ToString());
        // What is so already is left alone.
        var again = await stand.SendAsync(HttpMethod.Put, Subscription, now.Body.GetProperty("settings").ToString(), ("If-Match", now.Version!));
        Assert.Equal((HttpStatusCode.OK, now.Version), (again.Status, again.Version));
        Assert.Equal(2, (await stand.GetAsync("/subscribers/1/record")).Body.GetProperty("consent").GetArrayLength());
    }

    [Fact]
    public async Task Everything_that_a_person_can_choose_is_taken_and_what_can_t_be_had_is_said_with_what_can()
    {
        await using var stand = await ApiStand.OpenAsync(DatabaseProvider.Sqlite);
        await stand.AddAsync("ada@example.org");
        var category = (await stand.GetAsync("/newsletters")).Body.GetProperty("newsletters")[0].GetProperty("categories")[0].GetProperty("slug").GetString();
        const string Rest = "\"language\":\"en\",\"fullText\":true,\"plainText\":true,\"pausedUntil\":\"2026-12-24T00:00:00+01:00\"}";

        var done = await PutAsync($$"""{"cadence":"daily","categories":["{{category}}"],"withoutAuthors":[],"sendTime":{"zone":"America/Toronto","hour":23},{{Rest}}""");

        Assert.Equal(HttpStatusCode.OK, done.Status);
        var person = (await stand.Site.Services.GetRequiredService<SubscriberDirectory>().FindAsync(1, default))!.Subscriptions[0];
        Assert.Equal(("daily", new SendTime("America/Toronto", 23), "en", true, true), (person.Settings.Cadence, person.Settings.Time, person.Settings.Language, person.Settings.FullText, person.Settings.PlainText));
        Assert.Equal([category!], person.Settings.Categories, StringComparer.Ordinal);
        Assert.Equal(new DateTimeOffset(2026, 12, 23, 23, 0, 0, TimeSpan.Zero), person.PausedUntil);
        foreach (var (wrong, says) in ((string, string)[])
        [
            ("""{"cadence":"nothing"}""", "daily, weekly"),
            ("""{"cadence":"daily","categories":["nothing"]}""", category!),
            ("""{"cadence":"daily","withoutAuthors":["Nobody"]}""", "author"),
            ("""{"cadence":"daily","sendTime":{"zone":"Mars/Olympus","hour":1}}""", "Europe/Paris"),
            ("""{"cadence":"daily","sendTime":{"zone":"Europe/Paris","hour":-1}}""", "0 to 23"),
            ("""{"cadence":"daily","language":"xx"}""", "en, fr"),
            ("""{"cadence":"daily","pausedUntil":"2036-01-01T00:00:00Z"}""", "366 days"),
            ($$"""{"cadence":"daily","categories":[{{string.Join(',', Enumerable.Repeat("\"a\"", 201))}}]}""", "200"),
            ("""{"cadence":"daily","categories":[null]}""", "null"),
        ])
        {
            var refused = await PutAsync(wrong);
            Assert.Equal((HttpStatusCode.UnprocessableEntity, "invalid-request"), (refused.Status, refused.Problem));
            Assert.Contains(says, refused.Body.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal(done.Version, (await stand.GetAsync(Subscription)).Version);

        Task<ApiAnswer> PutAsync(string body) => stand.SendAsync(HttpMethod.Put, Subscription, body, ("If-Match", "*"));
    }

    [Fact]
    public async Task A_change_names_what_it_was_decided_upon_and_subscribes_nobody()
    {
        await using var stand = await ApiStand.OpenAsync(DatabaseProvider.Sqlite);
        var ada = await stand.AddAsync("ada@example.org");
        const string Body = """{"cadence":"daily"}""";

        Assert.Equal((HttpStatusCode)428, (await stand.SendAsync(HttpMethod.Put, Subscription, Body)).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await stand.SendAsync(HttpMethod.Put, Subscription, Body, ("If-Match", "W/" + (await stand.GetAsync(Subscription)).Version))).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await stand.SendAsync(HttpMethod.Put, Subscription, Body, ("If-Match", "no tag"))).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await stand.SendAsync(HttpMethod.Delete, Subscription, null, ("If-Match", "\"other\""))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await stand.SendAsync(HttpMethod.Put, "/subscribers/99/subscriptions/atelier", Body, ("If-Match", "*"))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await stand.SendAsync(HttpMethod.Put, "/subscribers/1/subscriptions/emploi", Body, ("If-Match", "*"))).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await stand.SendAsync(HttpMethod.Delete, Subscription, null)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await stand.SendAsync(HttpMethod.Delete, Subscription, null)).Status);
        Assert.Equal("not-subscribed", (await stand.SendAsync(HttpMethod.Put, Subscription, Body, ("If-Match", "*"))).Problem);
        Assert.Equal(HttpStatusCode.NoContent, (await stand.SendAsync(HttpMethod.Delete, $"/subscribers/{ada.Id}", null)).Status);
        Assert.Equal("erased", (await stand.PostAsync("/subscribers", """{"email":"ada@example.org","cadence":"weekly","consent":{"source":"a fair"}}""")).Problem);
        Assert.DoesNotContain(await stand.StoredAsync(), row => row.Contains("ada@example.org", StringComparison.OrdinalIgnoreCase));
    }

    [DatabaseTheory, EachDatabase]
    public async Task The_same_request_sent_many_times_at_once_is_done_once(DatabaseProvider provider)
    {
        await using var stand = await ApiStand.OpenAsync(provider);
        const string Body = """{"email":"ada@example.org","cadence":"weekly","consent":{"source":"a fair"}}""";

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => stand.PostAsync("/subscribers", Body, ("Idempotency-Key", "first"))));
        var later = await stand.PostAsync("/subscribers", Body, ("Idempotency-Key", "first"));

        Assert.All(answers, answer => Assert.True(answer.Status == HttpStatusCode.OK || answer is { Status: HttpStatusCode.Conflict, Problem: "request-in-progress" }));
        Assert.Equal(HttpStatusCode.OK, later.Status);
        Assert.Single(answers.Where(answer => answer.Status == HttpStatusCode.OK).Append(later).Select(answer => answer.Body.ToString()).Distinct(StringComparer.Ordinal));
        Assert.Equal(1, (await stand.GetAsync($"/subscribers/{later.Id}/record")).Body.GetProperty("consent").GetArrayLength());

        // Another's key, another request, and a day later.
        var other = await stand.NewTokenAsync("subscribers:write");
        Assert.Equal(HttpStatusCode.OK, (await stand.PostAsync("/subscribers", Body.Replace("ada", "bob", StringComparison.Ordinal), ("Idempotency-Key", "first"), ("Authorization", $"Bearer {other}"))).Status);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "idempotency-key-reused"), await ProblemAsync(Body.Replace("ada", "eve", StringComparison.Ordinal), "first"));
        Assert.Equal((HttpStatusCode.BadRequest, "invalid-request"), await ProblemAsync(Body, new string('k', 256)));
        stand.Site.Pass(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1));
        Assert.Equal((HttpStatusCode.OK, null), await ProblemAsync(Body.Replace("ada", "eve", StringComparison.Ordinal), "first"));

        // What was refused is judged anew, and who was erased is shown to nobody.
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "invalid-request"), await ProblemAsync("""{"email":"nobody","cadence":"weekly"}""", "second"));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "invalid-request"), await ProblemAsync("""{"email":"nobody","cadence":"weekly"}""", "second"));
        await stand.PostAsync("/subscribers", Body, ("Idempotency-Key", "third"));
        await stand.SendAsync(HttpMethod.Delete, $"/subscribers/{later.Id}", null);
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await ProblemAsync(Body, "third"));

        async Task<(HttpStatusCode, string?)> ProblemAsync(string body, string key)
        {
            var answer = await stand.PostAsync("/subscribers", body, ("Idempotency-Key", key));
            return (answer.Status, answer.Problem);
        }
    }

    [Fact, Attack(36)]
    public async Task Who_can_prove_nothing_has_the_person_asked_by_mail_and_learns_not_whether_they_are_known()
    {
        await using var stand = await ApiStand.OpenAsync(DatabaseProvider.Sqlite);
        await stand.AddAsync("ada@example.org");

        var known = await stand.PostAsync("/subscribers", """{"email":"ada@example.org","cadence":"weekly","visitor":"203.0.113.7"}""");
        var unknown = await stand.PostAsync("/subscribers", """{"email":"bob@example.org","cadence":"weekly","visitor":"2001:db8::7"}""");
        var slip = await stand.PostAsync("/subscribers", """{"email":"bob@gmial.com","cadence":"weekly"}""");

        Assert.Equal((HttpStatusCode.Accepted, known.Body.ToString()), (unknown.Status, unknown.Body.ToString()));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "misspelt-address", "bob@gmail.com"), (slip.Status, slip.Problem, slip.Body.GetProperty("suggestion").GetString()));
        Assert.Equal(HttpStatusCode.Accepted, (await stand.PostAsync("/subscribers", """{"email":"bob@gmial.com","cadence":"weekly","sure":true}""")).Status);
        foreach (var wrong in (string[])["\"visitor\":\"nowhere\"", "\"consent\":{\"source\":\" \"}", "\"consent\":{\"source\":\"a\\nb\"}", $"\"consent\":{{\"source\":\"{new string('x', 191)}\"}}"])
        {
            Assert.Equal((HttpStatusCode)422, (await stand.PostAsync("/subscribers", $$"""{"email":"eve@example.org","cadence":"weekly",{{wrong}}}""")).Status);
        }

        await stand.Site.StepUntilAsync(async () => (await stand.ListAsync()).Any(one => one is { Email: "bob@example.org", State: SubscriptionState.Unconfirmed }), "bob is asked");
    }

    [Fact, Attack(20), Attack(24)]
    public async Task What_is_no_request_of_ours_is_a_problem_that_says_so_and_changes_nothing()
    {
        await using var stand = await ApiStand.OpenAsync(DatabaseProvider.Sqlite);
        string[] bodies =
        [
            "", "null", "[]", "{", "\"x\"", "{\"email\":1,\"cadence\":\"weekly\"}", "{\"email\":\"a@example.org\"}", "{\"email\":null,\"cadence\":\"weekly\"}",
            "{\"email\":\"a@example.org\",\"cadence\":\"weekly\",\"more\":1}", "{\"email\":\"a@example.org\",\"email\":\"b@example.org\",\"cadence\":\"weekly\"}",
            new('[', 60_000), "{\"email\":\"a@example.org\",\"cadence\":\"weekly\",\"consent\":" + new string('[', 1_000) + new string(']', 1_000) + "}",
            "{\"email\":\"\\ud800@example.org\",\"cadence\":\"weekly\"}",
        ];
        foreach (var body in bodies)
        {
            var answer = await stand.PostAsync("/subscribers", body);
            Assert.True(answer is { Problem: "invalid-request", Status: HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity }, $"{body[..Math.Min(50, body.Length)]}: {answer}");
        }

        Assert.Equal("too-large", (await RawAsync("/subscribers", "application/json", new string(' ', 70_000))).Problem);
        Assert.Equal("unsupported", (await RawAsync("/subscribers", "text/plain", """{"email":"a@example.org","cadence":"weekly"}""")).Problem);
        Assert.Equal(HttpStatusCode.Forbidden, (await stand.SendAsync(HttpMethod.Post, "/nothing", "{}", ("Origin", "https://evil.example"))).Status);
        Assert.Equal("not-found", (await stand.GetAsync("/nothing")).Problem);
        Assert.Equal("not-found", (await stand.GetAsync("/subscribers/99999999999999999999")).Problem);
        Assert.Equal("unsupported", (await stand.SendAsync(HttpMethod.Patch, "/subscribers", "{}")).Problem);
        Assert.Empty(await stand.ListAsync());

        async Task<ApiAnswer> RawAsync(string path, string type, string body)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1{path}") { Content = new StringContent(body, Encoding.UTF8, type) };
            request.Headers.Authorization = new("Bearer", stand.Token);
            using var response = await stand.Site.Client.SendAsync(request);
            return new ApiAnswer(response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement, response.Headers);
        }
    }

    [Fact]
    public async Task A_shell_changes_and_ends_what_a_program_does()
    {
        using var folder = new TestFolder();
        await ProgramProcess.RunAsync(folder.Path, "subscriber", "add", "ada@example.org", "--cadence", "weekly", "--confirmed");

        var set = await ProgramProcess.RunAsync(folder.Path, "subscriber", "set", "ada@example.org", "--cadence", "daily", "--time", "7@Asia/Tokyo", "--text", "full", "--layout", "plain", "--language", "en", "--pause-until", "2126-12-24T00:00:00+01:00");
        var done = await ProgramProcess.RunAsync(folder.Path, "subscriber", "set", "ada@example.org", "--cadence", "daily", "--time", "7@Asia/Tokyo", "--text", "full", "--layout", "plain", "--language", "en");
        var shown = JsonDocument.Parse((await ProgramProcess.RunAsync(folder.Path, "subscriber", "show", "ada@example.org", "--json")).Output).RootElement.GetProperty("subscriptions")[0];
        var wrong = await ProgramProcess.RunAsync(folder.Path, "subscriber", "set", "ada@example.org", "--time", "soon");
        var left = await ProgramProcess.RunAsync(folder.Path, "subscriber", "leave", "ada@example.org");
        var late = await ProgramProcess.RunAsync(folder.Path, "subscriber", "set", "ada@example.org", "--text", "summaries");
        var nobody = await ProgramProcess.RunAsync(folder.Path, "subscriber", "leave", "eve@example.org");

        Assert.Equal((1, 0, 1, 0, 1, 1), (set.ExitCode, done.ExitCode, wrong.ExitCode, left.ExitCode, late.ExitCode, nobody.ExitCode));
        Assert.Contains("366 days", set.Errors, StringComparison.Ordinal);
        Assert.Contains("7@Europe/Paris", wrong.Errors, StringComparison.Ordinal);
        Assert.Equal(("daily", "Asia/Tokyo", 7, true, true, "en"), (shown.GetProperty("cadence").GetString(), shown.GetProperty("sendZone").GetString(), shown.GetProperty("sendHour").GetInt32(), shown.GetProperty("fullText").GetBoolean(), shown.GetProperty("plainText").GetBoolean(), shown.GetProperty("language").GetString()));
    }
}

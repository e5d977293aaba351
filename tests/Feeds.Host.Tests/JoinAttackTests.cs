using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Feeds.Newsletter;
using Feeds.Storage;
using Feeds.Testing.Smtp;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Host.Tests;

/// <summary>What strangers try at the form, against the running program.</summary>
public sealed class JoinAttackTests
{
    private const string Victim = "victim@blog.example";

    [DatabaseTheory, EachDatabase, Attack(37)]
    public async Task A_thousand_sign_ups_at_once_for_one_address_are_one_mail_that_day_and_everybody_is_answered_alike(DatabaseProvider provider)
    {
        await using var stand = await Stand.OpenAsync(provider);

        var answers = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(number => stand.AskAsync(number % 2 == 0 ? Victim : Victim.ToUpperInvariant(), network: number)));
        Assert.Single(answers.Distinct());
        Assert.Equal(HttpStatusCode.OK, answers[0].Status);
        await stand.AskAsync("honest@blog.example", network: 5_000);
        await stand.WaitForMailAsync("honest@blog.example");

        Assert.Equal([Victim, "honest@blog.example"], stand.Recipients.Order(StringComparer.OrdinalIgnoreCase).Reverse(), StringComparer.OrdinalIgnoreCase);
    }

    [DatabaseTheory, EachDatabase, Attack(37)]
    public async Task A_thousand_sign_ups_at_once_from_one_network_cause_its_budget_of_mails(DatabaseProvider provider)
    {
        await using var stand = await Stand.OpenAsync(provider, "--Newsletter:Join:MailsPerHourAndNetwork=12");

        // As many addresses as an IPv6 network of one owner has; each of them alone is within its rate limit.
        var answers = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(number => stand.AskFromAsync($"a{number}@d{number}.example", string.Create(CultureInfo.InvariantCulture, $"2001:db8:7:{number:x}::1"))));
        await stand.AskAsync("honest@blog.example", network: 5_000);
        await stand.WaitForMailAsync("honest@blog.example");

        Assert.Equal(4, stand.Recipients.Count);
        Assert.Equal((6, 994), (answers.Count(answer => answer.Status == HttpStatusCode.OK), answers.Count(answer => answer.Status == HttpStatusCode.ServiceUnavailable)));
    }

    [DatabaseTheory, EachDatabase, Attack(37)]
    public async Task When_all_places_are_taken_known_and_unknown_are_asked_to_come_back_and_a_form_of_ours_still_gets_in(DatabaseProvider provider)
    {
        await using var stand = await Stand.OpenAsync(provider, "--Newsletter:Join:MailsPerHour=8", "--Newsletter:Join:MostWaiting=8");
        await stand.AddAsync(Victim);
        var page = await stand.OpenFormAsync(network: 9_000);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(number => stand.AskAsync($"a@d{number}.example", network: number)));

        var known = await stand.AskAsync(Victim, network: 6_000);
        var unknown = await stand.AskAsync("unknown@blog.example", network: 6_001);
        stand.Site.Clock.Advance(TimeSpan.FromSeconds(2));
        var honest = await stand.AskAsync("honest@blog.example", network: 9_000, token: page);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, known.Status);
        Assert.Equal("600", known.RetryAfter);
        Assert.Equal(known, unknown);
        Assert.Equal(HttpStatusCode.OK, honest.Status);
        await stand.WaitForMailAsync("honest@blog.example");
    }

    [DatabaseTheory, EachDatabase, Attack(36)]
    public async Task Known_and_unknown_addresses_are_answered_with_the_same_page_in_the_same_time(DatabaseProvider provider)
    {
        const int Rounds = 60;
        await using var stand = await Stand.OpenAsync(provider, "--Newsletter:Join:MailsPerHour=10000", "--Newsletter:Join:MailsPerHourAndDomain=10000");
        foreach (var number in Enumerable.Range(0, Rounds))
        {
            await stand.AddAsync($"known{number}@blog.example");
        }

        var times = new Dictionary<string, List<double>>(StringComparer.Ordinal) { ["known"] = [], ["unknown"] = [] };
        var pages = new HashSet<Answer>();
        foreach (var number in Enumerable.Range(0, Rounds))
        {
            foreach (var who in number % 2 == 0 ? (string[])["known", "unknown"] : ["unknown", "known"])
            {
                var started = TimeProvider.System.GetTimestamp();
                pages.Add(await stand.AskAsync($"{who}{number}@blog.example", network: number));
                times[who].Add(TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
            }
        }

        Assert.Single(pages);
        var (known, unknown) = (Median(times["known"]), Median(times["unknown"]));
        Assert.True(Math.Abs(known - unknown) < Math.Max(3, 0.5 * Math.Min(known, unknown)), $"known {known:0.0} ms, unknown {unknown:0.0} ms");
    }

    [Fact, Attack(32)]
    public async Task What_a_visitor_writes_before_the_proxy_s_own_word_about_them_changes_no_rate_limit()
    {
        await using var stand = await Stand.OpenAsync(DatabaseProvider.Sqlite);

        var answers = new List<HttpStatusCode>();
        foreach (var number in Enumerable.Range(0, 25))
        {
            answers.Add((await stand.AskFromAsync($"a{number}@d{number}.example", string.Create(CultureInfo.InvariantCulture, $"10.{number}.0.1, 198.51.{number}.7, 203.0.113.9"))).Status);
        }

        Assert.Equal(Enumerable.Repeat(HttpStatusCode.TooManyRequests, 5), answers.Skip(20));
    }

    [Theory, Attack(33)]
    [InlineData("a@blog.example\r\nBcc: b@blog.example")]
    [InlineData("\"a\r\nRCPT TO:<x@blog.example>\"@blog.example")]
    [InlineData("a\0@blog.example")]
    [InlineData("a\u2028@blog.example")]
    [InlineData("a@blog.example,b@blog.example")]
    [InlineData("<a@blog.example> NOTIFY=NEVER")]
    [InlineData("a@blog.example\n")]
    public async Task An_address_with_more_than_an_address_in_it_is_refused_and_the_next_mail_has_one_recipient(string address)
    {
        await using var stand = await Stand.OpenAsync(DatabaseProvider.Sqlite);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await stand.AskAsync(address, network: 1)).Status);
        using var json = JsonContent.Create(new { email = address, cadence = "weekly" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await stand.Site.Client.PostAsync("/api/subscribe", json)).StatusCode);
        await stand.AskAsync(Victim, network: 2);
        await stand.WaitForMailAsync(Victim);
        Assert.Equal([Victim], stand.Recipients, StringComparer.Ordinal);
    }

    [Fact, Attack(31)]
    public async Task A_mail_s_links_begin_with_the_configured_address_whatever_the_request_says()
    {
        await using var stand = await Stand.OpenAsync(DatabaseProvider.Sqlite);
        using var request = Stand.Form(Victim, "10.0.0.1");
        request.Headers.Host = "evil.example";
        request.Headers.Add("X-Forwarded-Host", "evil.example");
        request.Headers.Add("X-Forwarded-Proto", "gopher");

        Assert.Equal(HttpStatusCode.OK, (await stand.Site.Client.SendAsync(request)).StatusCode);
        await stand.WaitForMailAsync(Victim);

        var mail = stand.MailTo(Victim);
        Assert.DoesNotContain("evil", mail.ToString(), StringComparison.Ordinal);
        Assert.Contains($"{stand.Site.Address}confirm/", mail.TextBody, StringComparison.Ordinal);
        Assert.Equal("v=1", mail.Headers["Form-Sub"]);
    }

    [Fact, Attack(26)]
    public async Task Who_knows_nothing_but_an_address_can_neither_confirm_nor_end_anything_for_it()
    {
        await using var stand = await Stand.OpenAsync(DatabaseProvider.Sqlite);
        await stand.AddAsync("other@blog.example");
        await stand.AskAsync(Victim, network: 1);
        await stand.WaitForMailAsync(Victim);
        var before = await stand.ListAsync();

        foreach (var token in (string[])[Victim, Uri.EscapeDataString(Victim), Convert.ToBase64String("1"u8), System.Buffers.Text.Base64Url.EncodeToString("other@blog.example"u8), "1", "s1.weekly", new string('A', 60)])
        {
            foreach (var page in (string[])["confirm", "unsubscribe"])
            {
                using var form = new FormUrlEncodedContent([new("email", Victim), new("List-Unsubscribe", "One-Click")]);
                Assert.Equal(HttpStatusCode.NotFound, (await stand.Site.Client.PostAsync($"/{page}/{token}", form)).StatusCode);
            }
        }

        Assert.Equal(before, await stand.ListAsync());
    }

    [Fact, Attack(27)]
    public async Task A_private_newsletter_is_not_found_by_the_form_nor_by_a_program_and_is_on_no_page()
    {
        await using var stand = await Stand.OpenAsync(
            DatabaseProvider.Sqlite, "--Newsletter:Newsletters:1:Name=maison", "--Newsletter:Newsletters:1:Private=true", "--Newsletter:Cadences:2:Name=interne", "--Newsletter:Cadences:2:Newsletter=maison", "--Newsletter:Cadences:2:Cron=0 0 8 ? * MON");

        var inside = await stand.AskAsync(Victim, network: 1, cadence: "interne");
        var nowhere = await stand.AskAsync(Victim, network: 1, cadence: "nowhere");
        using var json = JsonContent.Create(new { email = Victim, cadence = "interne" });

        Assert.Equal(HttpStatusCode.NotFound, inside.Status);
        Assert.Equal(HttpStatusCode.NotFound, nowhere.Status);
        Assert.Equal(HttpStatusCode.NotFound, (await stand.Site.Client.PostAsync("/api/subscribe", json)).StatusCode);
        Assert.DoesNotContain("interne", await stand.Site.Client.GetStringAsync("/subscribe"), StringComparison.Ordinal);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}

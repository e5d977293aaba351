using System.Net;
using System.Text.RegularExpressions;
using Feeds.Newsletter;
using Feeds.Storage;
using LinqToDB.Data;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Host.Tests;

/// <summary>What the site tells about personal data, and that it does so by itself.</summary>
public sealed partial class PrivacyPageTests
{
    [Fact]
    public async Task The_page_about_personal_data_says_what_is_configured_in_the_publication_s_language_and_every_page_leads_there()
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var site = await RunningSite.StartAsync(
            folder, database, "--Newsletter:Retention:UnconfirmedDays=11", "--Newsletter:Retention:LeftDays=12", "--Newsletter:Retention:InactiveMonths=13", "--Newsletter:Retention:AnswerDays=14", "--Mail:From=L’Atelier <lettres@example.net>",
            "--Newsletter:Webhooks:0:Name=crm", "--Newsletter:Webhooks:0:Address=https://crm.example.net/", $"--Newsletter:Webhooks:0:SecretFile={WebhookProgramTests.WriteSecret(folder, new byte[32])}");

        var page = await PageAsync(site, "/privacy");

        foreach (var said in (string[])["11 jours, puis elle est oubliée", ": 12 jours, puis votre adresse", "départ pendant 12 jours", "pendant 13 mois", "sous 14 jours", "mailto:lettres@example.net", "L’équipe de l’Atelier", "Il n’efface pas ces fichiers", "D’autres programmes que nous utilisons apprennent, avec votre adresse"])
        {
            Assert.Contains(said, page, StringComparison.Ordinal);
        }

        Assert.DoesNotMatch("(?i)[ >](your|the|kept|without|mails)[ <.,]", Content().Match(page).Value);
        foreach (var from in (string[])["/", "/subscribe", "/privacy"])
        {
            Assert.Contains("<a href=\"/privacy\">Vos données</a>", await PageAsync(site, from), StringComparison.Ordinal);
        }

        Assert.Contains("<a href=\"/privacy\">Ce que deviennent vos données</a>", await PageAsync(site, "/subscribe"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_English_and_where_silent_subscribers_are_kept_it_says_that()
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var site = await RunningSite.StartAsync(folder, database, "--Publication:Language=en", "--Newsletter:Retention:InactiveMonths=0");

        var page = await PageAsync(site, "/privacy");

        Assert.Contains("A request that is not confirmed: 7 days, then it is forgotten.", page, StringComparison.Ordinal);
        Assert.Contains("As long as you are subscribed.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("months", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Other programs", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Once_a_day_the_site_forgets_who_did_not_confirm_and_asks_who_was_silent_whose_answer_a_button_takes()
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var site = await RunningSite.StartAsync(folder, database);
        var subscribers = site.Services.GetRequiredService<Subscribers>();
        var store = site.Services.GetRequiredService<Database>();
        using var form = Stand.Form("omar@example.net", "10.0.0.7");
        (await site.Client.SendAsync(form)).EnsureSuccessStatusCode();
        await site.StepUntilAsync(async () => (await subscribers.ListAsync(default)).Count == 1, "a stranger asked");
        await subscribers.AddConfirmedAsync("ines@example.net", "weekly", [], default);
        await store.WriteAsync(transaction => transaction.ExecuteAsync("UPDATE subscriber SET created_at = 1, last_seen_at = CASE WHEN email LIKE 'ines%' THEN 1 END; UPDATE subscription SET asked_at = 1"), default);

        site.Clock.Advance(TimeSpan.FromMinutes(10));
        await site.StepUntilAsync(async () => (await subscribers.ListAsync(default)).Count == 1, "the one who didn't confirm is forgotten");
        var link = "";
        await site.StepUntilAsync(
            async () =>
            {
                foreach (var mail in Directory.GetFiles(folder["mails"], "*.eml"))
                {
                    link = KeepLink().Match((await File.ReadAllTextAsync(mail)).Replace("=\r\n", "", StringComparison.Ordinal)) is { Success: true } found ? found.Value : link;
                }

                return link.Length > 0;
            },
            "the other one is asked");

        var question = await site.Client.GetAsync(new Uri(link));
        Assert.Equal((HttpStatusCode.OK, true), (question.StatusCode, question.Headers.CacheControl!.NoStore));
        Assert.Contains("i•••@e•••.net", await question.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(1, await AskedAsync());
        var answer = await site.Client.PostAsync(new Uri(link), null);
        Assert.Contains("C’est noté, merci", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await AskedAsync());
        Assert.Equal(HttpStatusCode.NotFound, (await site.Client.GetAsync("/keep/nonsense")).StatusCode);

        Task<int> AskedAsync() => store.ReadAsync(connection => connection.ExecuteAsync<int>("SELECT COUNT(*) FROM subscriber WHERE asked_again_at IS NOT NULL"));
    }

    // Spaces that don't break are spaces here.
    private static async Task<string> PageAsync(RunningSite site, string path) =>
        (await site.Client.GetStringAsync(path)).Replace('\u00A0', ' ').Replace('\u202F', ' ').Replace("&#xA0;", " ", StringComparison.Ordinal).Replace("&#x202F;", " ", StringComparison.Ordinal);

    [GeneratedRegex(@"http://\S+/keep/[A-Za-z0-9_-]+", RegexOptions.None, 1000)]
    private static partial Regex KeepLink();

    [GeneratedRegex("<main.*</main>", RegexOptions.Singleline, 1000)]
    private static partial Regex Content();
}

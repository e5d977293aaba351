using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter.Making;
using Feeds.Newsletter.Tests.EmailRules;
using Feeds.Storage;
using LinqToDB.Data;

namespace Feeds.Newsletter.Tests;

public sealed class EditionsTests
{
    [DatabaseTheory, EachDatabase, Fault("Two nodes start together; SIGSTOP > lease then CONT")]
    public async Task A_slot_has_one_edition_even_when_several_make_it_at_once(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.PublishAsync("Un");
        await room.AddAsync("ines@atelier.example.net");

        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => room.MakeAsync("weekly", 0))));

        Assert.Single(results, result => result.MadeNow);
        Assert.All(results, result => Assert.Equal(results[0].MailingKey, result.MailingKey));
        Assert.Single(await room.MailsAsync());
        Assert.Single(await room.Editions.ListAsync(10, default));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Slots_made_at_once_share_the_articles_without_repeating_one(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.PublishAsync("Un");
        await room.PublishAsync("Deux");
        await room.AddAsync("ines@atelier.example.net");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(hour => Task.Run(() => room.MakeAsync("weekly", hour))));

        string[] both = ["Deux", "Un"];
        Assert.Equal(both, (await room.MailsAsync()).SelectMany(mail => mail.Titles).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal(3, (await room.Editions.ListAsync(10, default)).Count(edition => edition.State == EditionState.Skipped));
    }

    [DatabaseTheory, EachDatabase]
    public async Task An_article_that_is_imported_late_with_an_old_date_comes_in_the_next_edition(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.AddAsync("ines@atelier.example.net");
        await room.PublishAsync("Récent", day: 20);
        await room.MakeAsync("weekly", 0);
        await room.PublishAsync("Antidaté", day: 2);

        var result = await room.MakeAsync("weekly", 1);

        Assert.Equal(["Antidaté"], Assert.Single(await room.MailsAsync(result.MailingKey)).Titles);
        Assert.Equal(EditionState.Sending, result.Edition.State);
        Assert.Equal(1, result.Edition.Counts.Pending);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Too_little_is_recorded_as_skipped_and_waits_for_the_next_slot(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider, ("Newsletter:Cadences:0:MinimumArticles", "2"));
        await room.AddAsync("ines@atelier.example.net");
        await room.PublishAsync("Un");

        var skipped = await room.MakeAsync("weekly", 0);
        await room.PublishAsync("Deux", day: 2);
        var again = await room.MakeAsync("weekly", 0);
        var made = await room.MakeAsync("weekly", 1);

        Assert.Equal((EditionState.Skipped, true, null, 1), (skipped.Edition.State, skipped.MadeNow, skipped.MailingKey, skipped.Edition.Articles));
        Assert.False(again.MadeNow);
        Assert.Equal(EditionState.Skipped, again.Edition.State);
        Assert.Equal(["Deux", "Un"], Assert.Single(await room.MailsAsync(made.MailingKey)).Titles);
    }

    [DatabaseTheory, EachDatabase]
    public async Task People_get_only_their_categories_each_article_once_and_each_content_is_rendered_once(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider, new MailTemplates(Mails.TemplatesFolder));
        await room.PublishAsync("Les deux", 3, "Prix", "Livraison & retours");
        await room.PublishAsync("Prix seul", 2, "Prix");
        await room.PublishAsync("Sans thème", 1);
        await room.PublishAsync("SEO", 4, "Référencement (SEO)");
        await room.AddAsync("tout@atelier.example.net");
        await room.AddAsync("tout2@atelier.example.net");
        await room.AddAsync("prix@atelier.example.net", "weekly", "prix");
        await room.AddAsync("prix2@atelier.example.net", "weekly", "prix", "livraison-retours");
        await room.AddAsync("livraison@atelier.example.net", "weekly", "livraison-retours");
        await room.AddAsync("autre@atelier.example.net", "daily");
        var before = room.Templates.Renderings;

        var result = await room.MakeAsync("weekly", 0);

        var mails = (await room.MailsAsync(result.MailingKey)).ToDictionary(mail => mail.Address.Split('@')[0], StringComparer.Ordinal);
        Assert.Equal(5, mails.Count);
        Assert.Equal(["SEO", "Les deux", "Prix seul", "Sans thème"], mails["tout"].Titles);
        Assert.Equal(["Les deux", "Prix seul"], mails["prix"].Titles);
        Assert.Equal(["Les deux", "Prix seul"], mails["prix2"].Titles);
        Assert.Equal(["Les deux"], mails["livraison"].Titles);
        // Three contents, HTML and text.
        Assert.Equal(before + 6, room.Templates.Renderings);
        Assert.Equal(5, mails.Values.Select(mail => mail.MessageId).Distinct(StringComparer.Ordinal).Count());
        Assert.All(mails.Values, mail => Assert.EndsWith("@atelier.example.net", mail.MessageId, StringComparison.Ordinal));
        Assert.All(mails.Values, mail => Assert.Equal(mail.UnsubscribeUrl, mail.Link("unsubscribe")));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_cadence_of_some_categories_tells_of_no_others_whether_named_by_slug_or_by_name(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(
            provider, ("Newsletter:Cadences:0:Categories:0", "prix"), ("Newsletter:Cadences:0:Categories:1", "Livraison & retours"), ("Newsletter:Cadences:0:MaximumArticles", "1"));
        await room.PublishAsync("Prix", 1, "Prix");
        await room.PublishAsync("Livraison", 2, "Livraison & retours");
        await room.PublishAsync("SEO", 3, "Référencement (SEO)");
        await room.AddAsync("ines@atelier.example.net");

        Assert.NotNull(await room.Subscribers.AddConfirmedAsync("ines@atelier.example.net", "weekly", ["referencement-seo"], default));
        var mail = Assert.Single(await room.MailsAsync((await room.MakeAsync("weekly", 0)).MailingKey));

        Assert.Equal(["Livraison"], mail.Titles);
        Assert.Contains("et 1\u00A0autre article à lire sur L’Atelier du commerce", mail.Text, StringComparison.Ordinal);
        Assert.Equal("Livraison et 1\u00A0autre", mail.Subject);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Whoever_leaves_gets_nothing_more_not_even_what_is_already_frozen(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.PublishAsync("Un");
        await room.AddAsync("ines@atelier.example.net");
        await room.AddAsync("ines@atelier.example.net", "daily");
        await room.AddAsync("omar@atelier.example.net");
        var weekly = await room.MakeAsync("weekly", 0);
        var daily = await room.MakeAsync("daily", 0);
        var token = Newsroom.TokenIn((await room.MailsAsync(weekly.MailingKey))[0].UnsubscribeUrl);

        var link = await room.Subscribers.UnsubscribeAsync(token, default);
        var again = await room.Subscribers.UnsubscribeAsync(token, default);
        await room.PublishAsync("Deux", 2);
        var next = await room.MakeAsync("weekly", 1);

        Assert.Equivalent(new PersonalLink("i•••@a•••.net", "Le récap’ du lundi", SubscriptionState.Left, ["daily"], CanReturn: true), link, strict: true);
        Assert.Equivalent(link, again, strict: true);
        var counts = (await room.Editions.ListAsync(10, default)).ToDictionary(edition => (edition.Cadence, edition.Slot), edition => edition.Counts);
        Assert.Equal((1, 1), (counts[("weekly", Newsroom.Slot(0))].Suppressed, counts[("weekly", Newsroom.Slot(0))].Pending));
        Assert.Equal((0, 1), (counts[("daily", Newsroom.Slot(0))].Suppressed, counts[("daily", Newsroom.Slot(0))].Pending));
        Assert.Equal("omar@atelier.example.net", Assert.Single(await room.MailsAsync(next.MailingKey)).Address);
        Assert.NotNull(daily.MailingKey);
    }

    [DatabaseTheory, EachDatabase, Fault("Unsubscribe, bounce, erasure mid-send")]
    public async Task Leaving_while_an_edition_is_frozen_leaves_no_open_delivery(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.AddAsync("ines@atelier.example.net");
        await room.PublishAsync("Un");
        var token = Newsroom.TokenIn(Assert.Single(await room.MailsAsync((await room.MakeAsync("weekly", 0)).MailingKey)).UnsubscribeUrl);
        for (var round = 1; round <= 8; round++)
        {
            await room.AddAsync("ines@atelier.example.net");
            await room.PublishAsync($"Article {round}");
            await Task.WhenAll(Task.Run(() => room.MakeAsync("weekly", round)), Task.Run(() => room.Subscribers.UnsubscribeAsync(token, default)));

            Assert.All(await room.MailsAsync(), mail => Assert.Equal("suppressed", mail.State));
        }
    }

    [DatabaseTheory, EachDatabase]
    public async Task Without_an_audience_the_edition_is_done_and_newcomers_begin_with_what_follows(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.PublishAsync("Avant");

        var nobody = await room.MakeAsync("weekly", 0);
        await room.AddAsync("ines@atelier.example.net");
        await room.PublishAsync("Après", 2);
        var next = await room.MakeAsync("weekly", 1);

        Assert.Equal((true, null, EditionState.Done, 0), (nobody.MadeNow, nobody.MailingKey, nobody.Edition.State, nobody.Edition.Counts.Total));
        Assert.Equal(["Après"], Assert.Single(await room.MailsAsync(next.MailingKey)).Titles);
        Assert.Null(await room.Editions.MakeAsync("monthly", Newsroom.Slot(0), default));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_preview_is_the_whole_mail_and_changes_nothing(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        using var target = new MemoryStream();
        Assert.False(await room.Editions.PreviewAsync("weekly", Newsroom.Slot(0), target, default));
        for (var day = 1; day <= 13; day++)
        {
            await room.PublishAsync($"Article {day}", day);
        }

        Assert.True(await room.Editions.PreviewAsync("weekly", Newsroom.Slot(0), target, default));
        Assert.False(await room.Editions.PreviewAsync("monthly", Newsroom.Slot(0), target, default));

        var message = await MimeKit.MimeMessage.LoadAsync(new MemoryStream(target.ToArray()));
        Assert.Equal("Article 13 et 12\u00A0autres", message.Subject);
        Assert.Equal("lettre@atelier.example.net", message.To.Mailboxes.Single().Address);
        Assert.Contains("et 3\u00A0autres articles à lire", message.TextBody, StringComparison.Ordinal);
        var leave = message.Headers["List-Unsubscribe"]!.Trim('<', '>');
        Assert.StartsWith(Newsroom.Base + "unsubscribe/", leave, StringComparison.Ordinal);
        Assert.Null(await room.Subscribers.FindUnsubscribeAsync(Newsroom.TokenIn(leave), default));
        Assert.Empty(EmailLinter.Check(target.ToArray(), new Expectation { OwnLinks = [Newsroom.Base, Newsroom.Base + "unsubscribe/AwA"] }));
        Assert.Empty(await room.Editions.ListAsync(10, default));
        Assert.Empty(await room.MailsAsync());
    }

    [DatabaseTheory, EachDatabase]
    public async Task Twenty_thousand_subscribers_are_frozen_in_seconds(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.PublishAsync("Un", 1, "Prix");
        await room.AddAsync("ines@atelier.example.net");
        await room.Get<Database>().WriteAsync(
            async connection =>
            {
                await connection.ExecuteAsync(
                    """
                    WITH RECURSIVE number(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM number WHERE n < 20000)
                    INSERT INTO subscriber (email, email_key, created_at) SELECT 's' || n || '@atelier.example.net', 's' || n || '@atelier.example.net', 0 FROM number
                    """);
                await connection.ExecuteAsync("""INSERT INTO choice (key, choice) VALUES ('prix', '{"categories":["prix"]}')""");
                await connection.ExecuteAsync(
                    """
                    INSERT INTO subscription (subscriber_id, newsletter, cadence, choice_id, send_zone, send_hour, state, position, asked, asked_number, answered_number, asked_at, asked_position)
                    SELECT id, 'weekly', 'weekly', (SELECT id FROM choice WHERE choice = CASE WHEN subscriber.id % 2 = 0 THEN '{}' ELSE '{"categories":["prix"]}' END), '', -1, 1, 0, '', 1, 1, 0, 0
                    FROM subscriber WHERE email LIKE 's%'
                    """);
            },
            default);
        var started = TimeProvider.System.GetTimestamp();

        var result = await room.MakeAsync("weekly", 0);

        Assert.Equal(20_000, result.Edition.Counts.Pending);
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }
}

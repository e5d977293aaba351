using Feeds.Mail;
using Feeds.Newsletter.Subscribing;
using Feeds.Storage;
using Feeds.Testing.Smtp;

namespace Feeds.Newsletter.Tests;

/// <summary>The link of a mail to itself.</summary>
public sealed class EditionViewTests
{
    [DatabaseTheory, EachDatabase]
    public async Task All_in_a_cohort_have_one_link_in_both_parts_and_it_shows_what_their_mail_tells_of(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider, new MailTemplates(Mails.TemplatesFolder), ("Newsletter:Cadences:0:MaximumArticles", "1"));
        await room.PublishAsync("Un", 1, "Prix");
        await room.PublishAsync("Deux", 2);
        await room.AddAsync("ines@atelier.example.net");
        await room.AddAsync("omar@atelier.example.net");
        await room.AddAsync("zoe@atelier.example.net", "weekly", "prix");

        await room.MakeAsync("weekly", 0);

        var mails = await room.MailsAsync();
        Assert.Equal(Token(mails[0]), Token(mails[1]), StringComparer.Ordinal);
        Assert.NotEqual(Token(mails[0]), Token(mails[2]), StringComparer.Ordinal);
        Assert.All(mails, mail => Assert.Contains($"href=\"{Newsroom.Base}editions/{Token(mail)}\"", mail.Html, StringComparison.Ordinal));
        // Two bodies, HTML and text each.
        Assert.Equal(4, room.Templates.Renderings);
        foreach (var mail in mails)
        {
            var view = await FindAsync(room, Token(mail));
            Assert.Equal(mail.Titles, view!.Text!.Articles.Select(article => article.Title), StringComparer.Ordinal);
            Assert.Equal("weekly", view.Newsletter);
        }

        Assert.Equal((1, 0), ((await FindAsync(room, Token(mails[0])))!.Text!.More, (await FindAsync(room, Token(mails[2])))!.Text!.More));
    }

    [DatabaseTheory, EachDatabase]
    public async Task It_is_in_the_language_and_of_the_length_that_the_cohort_chose(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.PublishAsync("Un");
        await room.AddAsync("ines@atelier.example.net");
        await ChooseAsync(room, new SubscriptionSettings { Cadence = "weekly", Language = "en", FullText = true });

        await room.MakeAsync("weekly", 0);

        var text = (await FindAsync(room, TokenIn(Assert.Single(await room.MailsAsync()), "View in a browser")))!.Text!;
        Assert.Equal(("en", true, new DateOnly(2026, 11, 23)), (text.Language, text.FullText, text.Day));
    }

    [DatabaseTheory, EachDatabase]
    public async Task It_works_years_later_also_for_a_private_newsletter_and_without_what_was_withdrawn_since(DatabaseProvider provider)
    {
        await using var server = ScriptedSmtpServer.Start();
        await using var room = await Newsroom.OpenAsync(
            provider,
            [.. Newsroom.Live(server.Port), ("Newsletter:Newsletters:0:Name", "weekly"), ("Newsletter:Newsletters:0:Private", "true"), ("Newsletter:Cadences:0:Newsletter", "weekly")]);
        await room.PublishAsync("Un");
        await room.PublishAsync("Deux", 2);
        await room.AddAsync("ines@atelier.example.net");
        await room.MakeAsync("weekly", 0);
        await room.Loop.TickAsync(default);
        var token = Token(Assert.Single(await room.MailsAsync()));

        room.Clock.Advance(TimeSpan.FromDays(800));
        await room.SetStatusAsync(2, "removed");
        // What was kept for withdrawals is forgotten by that.
        await room.Loop.TickAsync(default);

        var view = await FindAsync(room, token);
        Assert.Equal(("Un", null), (Assert.Single(view!.Text!.Articles).Title, view.Newsletter));
        await room.SetStatusAsync(1, "removed");
        Assert.Null((await FindAsync(room, token))!.Text);
    }

    [DatabaseTheory, EachDatabase]
    public async Task An_article_withdrawn_while_the_edition_goes_out_leaves_the_link_as_it_was(DatabaseProvider provider)
    {
        await using var server = ScriptedSmtpServer.Start();
        await using var room = await Newsroom.OpenAsync(provider, [.. Newsroom.Live(server.Port)]);
        await room.PublishAsync("Un");
        await room.PublishAsync("Deux", 2);
        await room.AddAsync("ines@atelier.example.net");
        await room.MakeAsync("weekly", 0);
        var before = Assert.Single(await room.MailsAsync());

        await room.SetStatusAsync(2, "removed");
        await room.Loop.TickAsync(default);

        Assert.Equal("Un", Assert.Single((await FindAsync(room, Token(before)))!.Text!.Articles).Title);
        var sent = Assert.Single(await room.MailsAsync());
        Assert.NotEqual(before.Text, sent.Text, StringComparer.Ordinal);
        Assert.Equal(Token(before), Token(sent), StringComparer.Ordinal);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Its_token_is_nobody_s_authority_and_nobody_s_token_shows_an_edition(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.PublishAsync("Un");
        await room.AddAsync("ines@atelier.example.net");
        await room.MakeAsync("weekly", 0);
        var mail = Assert.Single(await room.MailsAsync());
        var token = Token(mail);

        Assert.Null(await room.Get<Preferences>().FindAsync(token, default));
        Assert.Null(await room.Subscribers.FindUnsubscribeAsync(token, default));
        Assert.Null(await room.Subscribers.FindConfirmationAsync(token, default));
        Assert.Null(await FindAsync(room, Newsroom.TokenIn(mail.Link("unsubscribe"))));
        Assert.Null(await FindAsync(room, Newsroom.TokenIn(mail.Link("preferences"))));
        Assert.Null(await FindAsync(room, token[..^1] + (token[^1] == 'A' ? 'Q' : 'A')));
        // Of an edition that isn't there: the sentence, and the archive.
        var key = await room.Get<LinkTokens>().KeyAsync(default);
        var lost = await FindAsync(room, LinkTokens.View(key, "weekly", Newsroom.Slot(99), 0));
        Assert.Equal((null, "weekly"), (lost!.Text, lost.Newsletter));
    }

    private static Task<EditionView?> FindAsync(Newsroom room, string token) => room.Get<EditionArchive>().FindViewAsync(token, default);

    private static string Token(SentMail mail) => TokenIn(mail, "Voir dans le navigateur");

    private static string TokenIn(SentMail mail, string words)
    {
        var lines = mail.Text.Split('\n');
        var address = lines[Array.FindIndex(lines, line => line.StartsWith(words, StringComparison.Ordinal)) + 1];
        Assert.StartsWith($"{Newsroom.Base}editions/", address, StringComparison.Ordinal);
        return Newsroom.TokenIn(address);
    }

    private static async Task ChooseAsync(Newsroom room, SubscriptionSettings settings)
    {
        var key = await room.Get<LinkTokens>().KeyAsync(default);
        var token = LinkTokens.Write(key, LinkPurpose.Preferences, new LinkReference(1, "", 0));
        Assert.Null(await room.Get<Preferences>().ChangeAsync(token, "weekly", settings, default));
    }
}

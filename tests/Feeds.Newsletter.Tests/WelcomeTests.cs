using Feeds.Newsletter.Joining;
using Feeds.Newsletter.Subscribing;
using Feeds.Storage;

namespace Feeds.Newsletter.Tests;

/// <summary>What a newcomer gets at once, where a newsletter has it so.</summary>
public sealed class WelcomeTests
{
    private const string Ines = "ines@atelier.example.net";

    [DatabaseTheory, EachDatabase]
    public async Task A_newcomer_gets_what_they_want_of_the_last_four_weeks_once_and_the_next_edition_repeats_none_of_it(DatabaseProvider provider)
    {
        await using var room = await OpenAsync(provider, "Recent");
        await room.AddAsync("omar@atelier.example.net");
        await room.PublishAsync("Vieux", 1, "Prix");
        await room.PublishAsync("Prix", 30, "Prix");
        await room.PublishAsync("SEO", 31, "Référencement (SEO)");
        await room.PublishAsync("Prix encore", 31, "Prix");
        await room.MakeAsync("weekly", 0);
        await room.PublishAsync("Nouveau", 31, "Prix");

        await JoinAsync(room, "prix");
        await room.Get<JoinDesk>().StepAsync(default);
        await room.PublishAsync("Dernier", 31, "Prix");
        var welcome = Assert.Single(await WelcomesAsync(room));
        var next = (await room.MailsAsync((await room.MakeAsync("weekly", 1)).MailingKey)).Single(mail => mail.Address is Ines);

        Assert.Equal((Ines, "Bienvenue\u00A0: Le récap’ du lundi"), (welcome.Address, welcome.Subject));
        Assert.Equal(["Prix encore", "Prix"], welcome.Titles, StringComparer.Ordinal);
        Assert.Contains("avant votre arrivée", welcome.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("/editions/", welcome.Text, StringComparison.Ordinal);
        Assert.Equal(["Dernier", "Nouveau"], next.Titles, StringComparer.Ordinal);
        Assert.Equal(SubscriptionState.Left, (await room.Subscribers.UnsubscribeAsync(Newsroom.TokenIn(welcome.UnsubscribeUrl), default))!.State);
        // Who comes back is no newcomer.
        await room.Subscribers.ReturnAsync(Newsroom.TokenIn(welcome.UnsubscribeUrl), default);
        await room.Get<JoinDesk>().StepAsync(default);
        Assert.Single(await WelcomesAsync(room));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Or_the_latest_edition_at_once(DatabaseProvider provider)
    {
        await using var room = await OpenAsync(provider, "Latest");
        await room.AddAsync("omar@atelier.example.net");
        await room.PublishAsync("Un", 1);
        await room.MakeAsync("weekly", 0);
        await room.PublishAsync("Deux", 2);
        await room.MakeAsync("weekly", 1);
        await room.PublishAsync("Trois", 3);

        await JoinAsync(room);

        Assert.Equal(["Deux"], Assert.Single(await WelcomesAsync(room)).Titles, StringComparer.Ordinal);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Nobody_is_welcomed_who_left_meanwhile_who_was_brought_over_or_where_nothing_was_published_or_no_welcome_is_wanted(DatabaseProvider provider)
    {
        await using var room = await OpenAsync(provider, "Recent");
        await JoinAsync(room);
        await room.PublishAsync("Un", 31);
        await room.AddAsync("omar@atelier.example.net");
        await room.MakeAsync("weekly", 0);
        await room.AddAsync("zoe@atelier.example.net");
        await AskAsync(room, "lea@atelier.example.net");
        var token = Newsroom.TokenIn((await room.MailsAsync()).Single(mail => mail.Address is "lea@atelier.example.net").Link("confirm"));
        await room.Subscribers.ConfirmAsync(token, default);
        await room.Subscribers.UnsubscribeAsync(await UnsubscribeTokenAsync(room, 3 + 1), default);
        await room.Get<JoinDesk>().StepAsync(default);

        Assert.Empty(await WelcomesAsync(room));
    }

    private static Task<Newsroom> OpenAsync(DatabaseProvider provider, string welcome) => Newsroom.OpenAsync(
        provider, ("Newsletter:Newsletters:0:Name", "lettre"), ("Newsletter:Newsletters:0:Title", "La lettre"), ("Newsletter:Newsletters:0:Welcome", welcome), ("Newsletter:Cadences:0:Newsletter", "lettre"));

    private static async Task AskAsync(Newsroom room, string email, params string[] categories) => Assert.Null(await room.AskAsync(email, "weekly", categories));

    private static async Task JoinAsync(Newsroom room, params string[] categories)
    {
        await AskAsync(room, Ines, categories);
        var asked = (await room.MailsAsync()).Single(mail => mail.Address is Ines);
        await room.Subscribers.ConfirmAsync(Newsroom.TokenIn(asked.Link("confirm")), default);
        await room.Get<JoinDesk>().StepAsync(default);
    }

    private static async Task<string> UnsubscribeTokenAsync(Newsroom room, long subscriber) =>
        LinkTokens.Write(await room.Get<LinkTokens>().KeyAsync(default), LinkPurpose.Unsubscribe, new LinkReference(subscriber, "lettre", 0));

    private static async Task<IReadOnlyList<SentMail>> WelcomesAsync(Newsroom room) =>
        [.. (await room.MailsAsync()).Where(mail => mail.MailingKey.StartsWith("welcome:", StringComparison.Ordinal))];
}

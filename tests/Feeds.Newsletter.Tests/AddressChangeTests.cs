using Feeds.Mail;
using Feeds.Newsletter.Subscribing;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Newsletter.Tests;

/// <summary>How a person's mails come to go elsewhere, and why they left.</summary>
public sealed class AddressChangeTests
{
    private const string Old = "ines@atelier.example.net";
    private const string New = "Ines.B@maison.example";

    [DatabaseTheory, EachDatabase]
    public async Task Nothing_changes_before_the_new_address_agrees_and_then_everything_goes_there_and_nothing_is_told_twice(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.AddAsync(Old);
        await room.PublishAsync("Un");
        var token = await TokenAsync(room, Old);
        await room.MakeAsync("weekly", 0);

        Assert.Null(await room.Get<AddressChanges>().AskAsync(token, $" {New}", default));
        await room.PublishAsync("Deux");
        var before = Assert.Single(await room.MailsAsync((await room.MakeAsync("weekly", 1)).MailingKey));
        var asked = (await room.MailsAsync()).Single(mail => mail.MailingKey.StartsWith("address:", StringComparison.Ordinal));
        var link = Newsroom.TokenIn(asked.Link("confirm"));
        Assert.Equal((Old, New), (before.Address, asked.Address));
        Assert.Equal(("I•••@m•••.example", AddressChangeState.Open), Facts(await room.Get<AddressChanges>().FindAsync(link, default)));

        Assert.Equal(AddressChangeState.Done, (await room.Get<AddressChanges>().ConfirmAsync(link, default))!.State);
        Assert.Equal(AddressChangeState.Done, (await room.Get<AddressChanges>().ConfirmAsync(link, default))!.State);
        await room.PublishAsync("Trois");
        var after = Assert.Single(await room.MailsAsync((await room.MakeAsync("weekly", 2)).MailingKey));

        Assert.Equal((New, "Trois"), (after.Address, Assert.Single(after.Titles)));
        // Whoever still reads the old mailbox decides nothing any more, but what came there still ends by its link.
        Assert.Null(await room.Get<Preferences>().FindAsync(token, default));
        Assert.NotNull(await room.Get<Preferences>().FindAsync(Newsroom.TokenIn(after.Link("preferences")), default));
        Assert.Equal(Old, Assert.Single(await room.MailsAsync(), mail => mail.MailingKey.StartsWith("moved:", StringComparison.Ordinal)).Address);
        Assert.Equal(SubscriptionState.Left, (await room.Subscribers.UnsubscribeAsync(Newsroom.TokenIn(before.UnsubscribeUrl), default))!.State);
        var held = (await room.Get<Held>().ReadAsync(1, default))!;
        Assert.Equal(["confirmed", "addresschanged", "left"], held.Consent.Select(one => one.Kind), StringComparer.Ordinal);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_link_confirms_the_address_that_it_was_mailed_to_and_no_other_and_not_after_seven_days(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.AddAsync(Old);
        var changes = room.Get<AddressChanges>();
        var token = await TokenAsync(room, Old);

        Assert.Null(await changes.AskAsync(token, "slip@maison.example", default));
        Assert.Contains("heure", (await changes.AskAsync(token, New, default))!, StringComparison.Ordinal);
        room.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Null(await changes.AskAsync(token, New, default));
        var links = (await room.MailsAsync()).Select(mail => Newsroom.TokenIn(mail.Link("confirm"))).ToList();

        Assert.Null(await changes.ConfirmAsync(links[0], default));
        Assert.Equal(AddressChangeState.Open, (await changes.FindAsync(links[1], default))!.State);
        room.Clock.Advance(TimeSpan.FromDays(7));
        Assert.Null(await changes.ConfirmAsync(links[1], default));
        await room.Get<Retention>().RunAsync(default);
        Assert.Equal(0, await room.Get<Database>().ReadAsync(connection => connection.GetTable<AddressChangeRow>().CountAsync(default)));
        Assert.Equal(Old, Assert.Single(await room.Subscribers.ListAsync(default)).Email);
    }

    [DatabaseTheory, EachDatabase]
    public async Task An_address_with_newsletters_of_its_own_keeps_them_and_one_that_ended_makes_room(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.AddAsync(Old);
        await room.AddAsync(New, "daily");
        var changes = room.Get<AddressChanges>();
        Assert.Null(await changes.AskAsync(await TokenAsync(room, Old), New, default));
        var link = Newsroom.TokenIn(Assert.Single(await room.MailsAsync()).Link("confirm"));

        Assert.Equal(AddressChangeState.Taken, (await changes.ConfirmAsync(link, default))!.State);
        Assert.Equal([New, Old], (await room.Subscribers.ListAsync(default)).Select(one => one.Email).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        await room.Get<Preferences>().LeaveAsync(await TokenAsync(room, New), null, default);
        Assert.Equal(AddressChangeState.Done, (await changes.ConfirmAsync(link, default))!.State);

        Assert.Equal((New, "weekly"), Assert.Single((await room.Subscribers.ListAsync(default)).Select(one => (one.Email, one.Cadence))));
    }

    [DatabaseTheory, EachDatabase, Attack(25)]
    public async Task An_address_gets_one_such_mail_a_day_and_tokens_for_anything_else_do_nothing(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.AddAsync(Old);
        await room.AddAsync("omar@atelier.example.net");
        var changes = room.Get<AddressChanges>();
        Assert.Null(await changes.AskAsync(await TokenAsync(room, Old), New, default));
        Assert.Null(await changes.AskAsync(await TokenAsync(room, "omar@atelier.example.net"), New.ToUpperInvariant(), default));
        var mail = Assert.Single(await room.MailsAsync());
        Assert.Null(await room.AskAsync(New));
        Assert.Single(await room.MailsAsync());

        var link = Newsroom.TokenIn(mail.Link("confirm"));
        List<string> others = [await TokenAsync(room, Old), "", .. Enumerable.Range(0, link.Length).Select(place => link[..place] + (link[place] == 'A' ? 'B' : 'A') + link[(place + 1)..])];
        foreach (var other in others)
        {
            Assert.Null(await changes.ConfirmAsync(other, default));
        }

        Assert.NotNull(await changes.AskAsync(await TokenAsync(room, Old), "nobody@nowhere@", default));
        Assert.NotNull(await changes.AskAsync(link, New, default));
        Assert.All(await room.Subscribers.ListAsync(default), one => Assert.EndsWith("@atelier.example.net", one.Email, StringComparison.Ordinal));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Who_leaves_may_say_why_once_each_time_and_the_operator_sees_how_many(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.AddAsync(Old);
        await room.AddAsync("omar@atelier.example.net");
        var (preferences, token) = (room.Get<Preferences>(), await TokenAsync(room, Old));
        await preferences.SayWhyAsync(token, "weekly", LeavingReason.Other, default);
        Assert.Empty(await room.Subscribers.ReasonsAsync(default, default));

        await preferences.LeaveAsync(token, "weekly", default);
        await preferences.SayWhyAsync(token, "weekly", LeavingReason.TooOften, default);
        await preferences.SayWhyAsync(token, "weekly", LeavingReason.Other, default);
        room.Clock.Advance(TimeSpan.FromHours(1));
        await preferences.ReturnAsync(token, "weekly", default);
        await preferences.LeaveAsync(token, "weekly", default);
        await preferences.SayWhyAsync(token, "weekly", LeavingReason.TooOften, default);
        var unsubscribe = LinkTokens.Write(await room.Get<LinkTokens>().KeyAsync(default), LinkPurpose.Unsubscribe, new LinkReference(2, "weekly", 0));
        await room.Subscribers.UnsubscribeAsync(unsubscribe, default);
        await room.Subscribers.SayWhyAsync(unsubscribe, LeavingReason.NeverAsked, default);

        Assert.Equal([new LeavingCount("weekly", LeavingReason.TooOften, 2), new LeavingCount("weekly", LeavingReason.NeverAsked, 1)], await room.Subscribers.ReasonsAsync(default, default));
        Assert.Empty(await room.Subscribers.ReasonsAsync(room.Clock.GetUtcNow().AddSeconds(1), default));
    }

    private static (string Email, AddressChangeState State) Facts(AddressChange? change) => (change!.Email, change.State);

    private static async Task<string> TokenAsync(Newsroom room, string email)
    {
        var row = await room.Get<Database>().ReadAsync(connection => connection.GetTable<SubscriberRow>().Where(row => row.Email == email).SingleAsync(default));
        return LinkTokens.Write(await room.Get<LinkTokens>().KeyAsync(default), LinkPurpose.Preferences, new LinkReference(row.Id, "", row.LinkGeneration));
    }
}

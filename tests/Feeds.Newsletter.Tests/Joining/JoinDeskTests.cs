using System.Net;
using Feeds.Newsletter.Joining;
using Feeds.Newsletter.Subscribing;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;

namespace Feeds.Newsletter.Tests.Joining;

public sealed class JoinDeskTests
{
    private const string Ines = "ines@atelier.example.net";

    [DatabaseTheory, EachDatabase]
    public async Task Who_finds_no_room_is_mailed_as_the_budget_refills_and_who_shows_more_comes_first(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider, ("Newsletter:Join:MailsPerHourAndNetwork", "8"));
        foreach (var number in Enumerable.Range(0, 4))
        {
            await AskAsync(room, $"bare{number}@d{number}.example");
        }

        Assert.Equal(["bare0@d0.example", "bare1@d1.example"], await AddressesAsync(room), StringComparer.Ordinal);
        await StepAtAsync(room, BudgetBook.Window - TimeSpan.FromSeconds(10));
        Assert.Equal(2, (await AddressesAsync(room)).Count);

        await AskAsync(room, "form@d.example", withForm: true);
        await AskAsync(room, "form2@d.example", withForm: true);
        await AskAsync(room, "form3@d.example", withForm: true);
        Assert.Equal(["form2@d.example", "form@d.example"], (await AddressesAsync(room)).Skip(2).Order(StringComparer.Ordinal), StringComparer.Ordinal);

        await StepAtAsync(room, JoinDesk.Round);
        Assert.Equal(["bare2@d2.example", "form3@d.example"], (await AddressesAsync(room)).Skip(4).Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_request_that_found_no_room_in_a_day_is_forgotten(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider, ("Newsletter:Join:MailsPerHour", "4"));
        await AskAsync(room, "first@one.example");
        await AskAsync(room, Ines);
        await StepAtAsync(room, JoinDesk.Patience);

        Assert.DoesNotContain(Ines, await AddressesAsync(room), StringComparer.Ordinal);
        Assert.Empty(await RequestsAsync(room));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Who_does_not_answer_is_reminded_once_by_the_same_link_and_forgotten_after_seven_days(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.PublishAsync("Prix", 1, "Prix");
        await room.AskAsync(Ines, "weekly", ["prix"]);
        var first = Assert.Single(await room.MailsAsync());

        await StepAtAsync(room, Unanswered.ReminderAfter - TimeSpan.FromSeconds(1));
        Assert.Single(await room.MailsAsync());
        await StepAtAsync(room, TimeSpan.FromSeconds(1) + JoinDesk.Round);
        await StepAtAsync(room, TimeSpan.FromDays(3));
        var mails = await room.MailsAsync();

        Assert.Equal(2, mails.Count);
        Assert.Equal(first.Link("confirm"), mails[1].Link("confirm"));
        Assert.StartsWith("Encore à confirmer", mails[1].Subject, StringComparison.Ordinal);
        Assert.Contains("- Prix\n", mails[1].Text, StringComparison.Ordinal);
        Assert.NotNull(await room.Subscribers.FindConfirmationAsync(Newsroom.TokenIn(first.Link("confirm")), default));

        await StepAtAsync(room, TimeSpan.FromDays(3));
        await StepAtAsync(room, TimeSpan.FromDays(1));
        Assert.Null(await room.Subscribers.FindConfirmationAsync(Newsroom.TokenIn(first.Link("confirm")), default));
        Assert.Empty(await room.Subscribers.ListAsync(default));
        await using var connection = room.Get<Database>().Open();
        Assert.Equal(0, await connection.GetTable<SubscriberRow>().CountAsync());
        Assert.Equal(0, await connection.GetTable<UnansweredRow>().CountAsync());
        Assert.All(await room.MailsAsync(), mail => Assert.Equal(("", "{}"), (mail.Address, mail.Personal ?? "{}")));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Who_answered_is_neither_reminded_nor_forgotten_and_who_was_a_subscriber_once_is_remembered_to_have_left(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.AskAsync(Ines);
        await room.AskAsync("omar@atelier.example.net");
        var mails = await room.MailsAsync();
        await room.Subscribers.ConfirmAsync(Newsroom.TokenIn(mails[0].Link("confirm")), default);
        await room.Subscribers.ConfirmAsync(Newsroom.TokenIn(mails[1].Link("confirm")), default);
        await room.Subscribers.UnsubscribeAsync(Newsroom.TokenIn(mails[1].Link("unsubscribe")), default);
        await StepAtAsync(room, TimeSpan.FromDays(2));
        await room.AskAsync("omar@atelier.example.net");
        Assert.Equal(3, (await room.MailsAsync()).Count);

        await StepAtAsync(room, TimeSpan.FromDays(1) + JoinDesk.Round);
        await StepAtAsync(room, TimeSpan.FromDays(7));

        Assert.Equal(["omar@atelier.example.net"], (await AddressesAsync(room)).Skip(3), StringComparer.Ordinal);
        Assert.Equal([(Ines, SubscriptionState.Confirmed), ("omar@atelier.example.net", SubscriptionState.Left)], (await room.Subscribers.ListAsync(default)).Select(one => (one.Email, one.State)));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Where_an_address_is_asked_for_again_that_day_it_gets_no_reminder_besides(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.AskAsync(Ines, "weekly");
        room.Clock.Advance(BudgetBook.AddressPause);
        await room.Subscribers.AskAsync(new JoinForm(Ines, "daily", []), default);
        await room.Get<JoinDesk>().StepAsync(default);
        await StepAtAsync(room, TimeSpan.FromHours(20));

        Assert.Equal(2, (await room.MailsAsync()).Count);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Two_processes_write_each_mail_and_each_reminder_once(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await using var beside = room.OpenBeside();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(number => room.Subscribers.AskAsync(new JoinForm($"a{number}@d{number}.example", "weekly", []) { From = new IPAddress([10, 0, (byte)number, 1]) }, default)));

        await Task.WhenAll(Enumerable.Range(0, 6).Select(number => Task.Run(() => (number % 2 == 0 ? room : beside).Get<JoinDesk>().StepAsync(default))));
        Assert.Equal(20, (await room.MailsAsync()).Count);

        room.Clock.Advance(Unanswered.ReminderAfter + JoinDesk.Round);
        beside.Clock.Advance(Unanswered.ReminderAfter + JoinDesk.Round);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(number => Task.Run(() => (number % 2 == 0 ? room : beside).Get<JoinDesk>().StepAsync(default))));
        Assert.Equal(40, (await room.MailsAsync()).Count);
        Assert.Equal(20, (await AddressesAsync(room)).Distinct(StringComparer.Ordinal).Count());
    }

    [DatabaseTheory, EachDatabase, Attack(27)]
    public async Task A_private_newsletter_can_t_be_asked_for_and_looks_like_one_that_is_not_there(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(
            provider, ("Newsletter:Newsletters:0:Name", "maison"), ("Newsletter:Newsletters:0:Private", "true"), ("Newsletter:Cadences:1:Newsletter", "maison"));

        var inside = await room.Subscribers.AskAsync(new JoinForm(Ines, "daily", []), default);
        var nowhere = await room.Subscribers.AskAsync(new JoinForm(Ines, "nowhere", []), default);

        Assert.Equal(JoinOutcome.Unknown, inside.Outcome);
        Assert.Equal(nowhere, inside);
        Assert.Empty(await RequestsAsync(room));
        Assert.Null(await room.Subscribers.AddConfirmedAsync(Ines, "daily", [], default));
    }

    private static async Task StepAtAsync(Newsroom room, TimeSpan later)
    {
        room.Clock.Advance(later);
        await room.Get<JoinDesk>().StepAsync(default);
    }

    private static async Task AskAsync(Newsroom room, string email, bool withForm = false)
    {
        var ticket = await room.Subscribers.IssueFormAsync(null, null, default);
        room.Clock.Advance(withForm ? JoinForms.Youngest : TimeSpan.Zero);
        Assert.Equal(JoinOutcome.Taken, (await room.Subscribers.AskAsync(new JoinForm(email, "weekly", []) { Token = withForm ? ticket.Token : null }, default)).Outcome);
        await room.Get<JoinDesk>().StepAsync(default);
    }

    private static async Task<IReadOnlyList<string>> AddressesAsync(Newsroom room) => [.. (await room.MailsAsync()).Select(mail => mail.Address)];

    private static async Task<IReadOnlyList<JoinRequestRow>> RequestsAsync(Newsroom room)
    {
        await using var connection = room.Get<Database>().Open();
        return await connection.GetTable<JoinRequestRow>().ToListAsync();
    }
}

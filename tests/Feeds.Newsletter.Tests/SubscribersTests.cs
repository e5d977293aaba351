using Feeds.Newsletter.Content;
using Feeds.Newsletter.Joining;
using Feeds.Newsletter.Subscribing;
using Feeds.Storage;

namespace Feeds.Newsletter.Tests;

public sealed class SubscribersTests
{
    private const string Ines = "ines@atelier.example.net";

    [DatabaseTheory, EachDatabase]
    public async Task Nothing_is_sent_before_the_person_confirms_and_confirming_twice_changes_nothing(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.PublishAsync("Prix", 1, "Prix");
        await room.PublishAsync("SEO", 2, "Référencement (SEO)");

        Assert.Null(await room.AskAsync(Ines, "weekly", ["prix"]));
        Assert.Equal(EditionState.Done, (await room.MakeAsync("weekly", 0)).Edition.State);
        var mail = Assert.Single(await room.MailsAsync());
        var token = Newsroom.TokenIn(mail.Link("confirm"));
        Assert.StartsWith(Newsroom.Base + "confirm/", mail.Link("confirm"), StringComparison.Ordinal);
        Assert.Contains("- Prix\n", mail.Text, StringComparison.Ordinal);
        Assert.Null(mail.UnsubscribeUrl);

        var before = await room.Subscribers.FindConfirmationAsync(token, default);
        var confirmed = await room.Subscribers.ConfirmAsync(token, default);
        var again = await room.Subscribers.ConfirmAsync(token, default);
        await room.PublishAsync("Prix encore", 3, "Prix");
        await room.PublishAsync("SEO encore", 4, "Référencement (SEO)");
        var edition = await room.MakeAsync("weekly", 1);

        Assert.Equal(SubscriptionState.Unconfirmed, before!.State);
        Assert.Equivalent(new PersonalLink("i•••@a•••.net", "Le récap’ du lundi", SubscriptionState.Confirmed, [], CanReturn: false), confirmed, strict: true);
        Assert.Equivalent(confirmed, again, strict: true);
        // What was new when they asked waited for their answer.
        Assert.Equal(["Prix encore", "Prix"], Assert.Single(await room.MailsAsync(edition.MailingKey)).Titles);
        var listed = Assert.Single(await room.Subscribers.ListAsync(default));
        Assert.Equal((Ines, "weekly", SubscriptionState.Confirmed, room.Clock.GetUtcNow()), (listed.Email, listed.Cadence, listed.State, listed.Since));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Known_and_unknown_addresses_get_the_same_answer_and_each_a_mail(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.AddAsync(Ines);

        var known = await room.AskAsync(Ines, "weekly", []);
        var unknown = await room.AskAsync("omar@atelier.example.net", "weekly", []);

        Assert.Null(known);
        Assert.Null(unknown);
        var mails = await room.MailsAsync();
        Assert.Equal([Ines, "omar@atelier.example.net"], mails.Select(mail => mail.Address), StringComparer.Ordinal);
        Assert.Contains("reçoit déjà", mails[0].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("/confirm/", mails[0].Text, StringComparison.Ordinal);
        Assert.NotNull(await room.Subscribers.FindUnsubscribeAsync(Newsroom.TokenIn(mails[0].Link("unsubscribe")), default));
        Assert.DoesNotContain("/unsubscribe/", mails[1].Text, StringComparison.Ordinal);
    }

    [DatabaseTheory, EachDatabase]
    public async Task An_address_gets_one_mail_a_day_however_it_is_spelt_and_however_many_ask(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);

        await Task.WhenAll(Enumerable.Range(0, 12).Select(number => Task.Run(() =>
            room.AskAsync(number % 2 == 0 ? Ines : "INES@Atelier.Example.NET", number % 3 == 0 ? "weekly" : "daily", []))));
        Assert.Single(await room.MailsAsync());

        room.Clock.Advance(BudgetBook.AddressPause - TimeSpan.FromSeconds(1));
        await room.AskAsync(Ines, "weekly", []);
        Assert.Single(await room.MailsAsync());

        room.Clock.Advance(TimeSpan.FromSeconds(1));
        await room.AskAsync(Ines, "weekly", []);
        Assert.Equal(2, (await room.MailsAsync()).Count);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_mail_confirms_what_it_names_and_a_newer_one_replaces_it(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.PublishAsync("Prix", 1, "Prix", "Livraison");
        await room.AskAsync(Ines, "weekly", ["prix"]);
        // Within the day nobody changes what the mail on its way will confirm.
        await room.AskAsync(Ines, "weekly", ["livraison"]);
        var first = Newsroom.TokenIn(Assert.Single(await room.MailsAsync()).Link("confirm"));
        Assert.Equal(SubscriptionState.Unconfirmed, (await room.Subscribers.FindConfirmationAsync(first, default))!.State);

        room.Clock.Advance(BudgetBook.AddressPause);
        await room.AskAsync(Ines, "weekly", ["livraison"]);
        var second = Newsroom.TokenIn((await room.MailsAsync())[1].Link("confirm"));

        Assert.Null(await room.Subscribers.ConfirmAsync(first, default));
        Assert.NotNull(await room.Subscribers.ConfirmAsync(second, default));
        Assert.Equal(["livraison"], Assert.Single(await room.Subscribers.ListAsync(default)).Categories);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_subscriber_s_categories_change_only_when_they_confirm(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.PublishAsync("Prix", 1, "Prix", "Livraison");
        await room.AddAsync(Ines, "weekly", "prix");

        await room.AskAsync(Ines, "weekly", ["livraison"]);
        var asked = Assert.Single(await room.Subscribers.ListAsync(default));
        var mail = Assert.Single(await room.MailsAsync());
        await room.Subscribers.ConfirmAsync(Newsroom.TokenIn(mail.Link("confirm")), default);
        var changed = Assert.Single(await room.Subscribers.ListAsync(default));

        Assert.Equal((SubscriptionState.Confirmed, "prix"), (asked.State, Assert.Single(asked.Categories)));
        Assert.Equal((SubscriptionState.Confirmed, "livraison"), (changed.State, Assert.Single(changed.Categories)));
        Assert.Contains("/unsubscribe/", mail.Html, StringComparison.Ordinal);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_confirmation_works_for_seven_days_and_never_undoes_a_departure(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.AskAsync(Ines, "weekly", []);
        var old = Newsroom.TokenIn(Assert.Single(await room.MailsAsync()).Link("confirm"));

        room.Clock.Advance(Answers.ConfirmationLife);
        Assert.Null(await room.Subscribers.ConfirmAsync(old, default));

        await room.AskAsync(Ines, "weekly", []);
        var fresh = (await room.MailsAsync())[1];
        room.Clock.Advance(Answers.ConfirmationLife - TimeSpan.FromSeconds(1));
        Assert.Equal(SubscriptionState.Confirmed, (await room.Subscribers.ConfirmAsync(Newsroom.TokenIn(fresh.Link("confirm")), default))!.State);
        Assert.Equal(SubscriptionState.Left, (await room.Subscribers.UnsubscribeAsync(Newsroom.TokenIn(fresh.Link("unsubscribe")), default))!.State);
        Assert.Equal(SubscriptionState.Left, (await room.Subscribers.ConfirmAsync(Newsroom.TokenIn(fresh.Link("confirm")), default))!.State);

        await room.AskAsync(Ines, "weekly", []);
        var back = (await room.MailsAsync())[2];
        Assert.Equal(SubscriptionState.Confirmed, (await room.Subscribers.ConfirmAsync(Newsroom.TokenIn(back.Link("confirm")), default))!.State);
        room.Clock.Advance(TimeSpan.FromDays(1000));
        Assert.Equal(SubscriptionState.Left, (await room.Subscribers.UnsubscribeAsync(Newsroom.TokenIn(back.Link("unsubscribe")), default))!.State);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Tokens_of_another_purpose_subscriber_or_cadence_or_with_a_bit_changed_find_nothing(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.AskAsync(Ines, "weekly", []);
        var mail = Assert.Single(await room.MailsAsync());
        var (confirm, leave) = (Newsroom.TokenIn(mail.Link("confirm")), Newsroom.TokenIn(mail.Link("unsubscribe")));

        Assert.Null(await room.Subscribers.FindUnsubscribeAsync(confirm, default));
        Assert.Null(await room.Subscribers.UnsubscribeAsync(confirm, default));
        Assert.Null(await room.Subscribers.FindConfirmationAsync(leave, default));
        Assert.Null(await room.Subscribers.ConfirmAsync(leave, default));
        foreach (var wrong in new[] { "", " ", "confirm", confirm + "A", confirm[..^1], confirm + "=", " " + confirm, new string('A', 5000), Ines, "../" + confirm, null })
        {
            Assert.Null(await room.Subscribers.ConfirmAsync(wrong!, default));
            Assert.Null(await room.Subscribers.FindUnsubscribeAsync(wrong!, default));
        }

        var key = await room.Get<StoredValues>().KeyAsync("newsletter.links", 32, default);
        Assert.NotNull(LinkTokens.Read(key, LinkPurpose.Confirm, confirm));
        Assert.Null(await room.Subscribers.FindUnsubscribeAsync(LinkTokens.Write(key, LinkPurpose.Unsubscribe, new LinkReference(1, "daily", 0)), default));
        Assert.Null(await room.Subscribers.FindUnsubscribeAsync(LinkTokens.Write(key, LinkPurpose.Unsubscribe, new LinkReference(2, "weekly", 0)), default));
        Assert.Equal(SubscriptionState.Unconfirmed, Assert.Single(await room.Subscribers.ListAsync(default)).State);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_form_that_can_t_be_taken_is_answered_in_words_and_stores_nothing(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.PublishAsync("Prix", 1, "Prix");
        var words = Phrases.Of("fr");

        foreach (var address in new[] { null, "", "ines", "a@b\r\nBcc: c@d.net", "\"a\r\nRCPT TO:<x>\"@d.net", "a\0@d.net", "a\u2028@d.net", "a@d.net\n", $"{new string('a', 300)}@d.net" })
        {
            Assert.Equal(words.AddressRefused, await room.AskAsync(address, "weekly", []));
        }

        foreach (var cadence in new[] { null, "", "monthly", "weekly\0", "@{System.IO.File.Delete(\"x\")}" })
        {
            Assert.Equal(words.CadenceUnknown, await room.AskAsync(Ines, cadence, []));
        }

        foreach (var category in new[] { "", "Prix", "prix'--", "\r\nBcc: x", "livraison" })
        {
            Assert.Equal(words.CategoryUnknown, await room.AskAsync(Ines, "weekly", ["prix", category]));
        }

        Assert.Equal(words.CategoryUnknown, await room.AskAsync(Ines, "weekly", [.. Enumerable.Repeat("prix", 100_000)]));
        Assert.Empty(await room.Subscribers.ListAsync(default));
        Assert.Empty(await room.MailsAsync());
    }
}

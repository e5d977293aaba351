using Feeds.Newsletter.Content;
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

        Assert.Null(await room.Subscribers.AskAsync(Ines, "weekly", ["prix"], default));
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
        Assert.Equal(new PersonalLink("i•••@a•••.net", "Le récap’ du lundi", SubscriptionState.Confirmed), confirmed);
        Assert.Equal(confirmed, again);
        Assert.Equal(["Prix encore"], Assert.Single(await room.MailsAsync(edition.MailingKey)).Titles);
        var listed = Assert.Single(await room.Subscribers.ListAsync(default));
        Assert.Equal((Ines, "weekly", SubscriptionState.Confirmed, room.Clock.GetUtcNow()), (listed.Email, listed.Cadence, listed.State, listed.Since));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Known_and_unknown_addresses_get_the_same_answer_and_each_a_mail(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.AddAsync(Ines);

        var known = await room.Subscribers.AskAsync(Ines, "weekly", [], default);
        var unknown = await room.Subscribers.AskAsync("omar@atelier.example.net", "weekly", [], default);

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
    public async Task An_address_gets_one_mail_an_hour_however_it_is_spelt_and_however_many_ask(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);

        await Task.WhenAll(Enumerable.Range(0, 12).Select(number => Task.Run(() =>
            room.Subscribers.AskAsync(number % 2 == 0 ? Ines : "INES@Atelier.Example.NET", number % 3 == 0 ? "weekly" : "daily", [], default))));
        Assert.Single(await room.MailsAsync());

        room.Clock.Advance(Requests.MailPause - TimeSpan.FromSeconds(1));
        await room.Subscribers.AskAsync(Ines, "weekly", [], default);
        Assert.Single(await room.MailsAsync());

        room.Clock.Advance(TimeSpan.FromSeconds(1));
        await room.Subscribers.AskAsync(Ines, "weekly", [], default);
        Assert.Equal(2, (await room.MailsAsync()).Count);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_mail_confirms_what_it_names_and_a_newer_one_replaces_it(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.PublishAsync("Prix", 1, "Prix", "Livraison");
        await room.Subscribers.AskAsync(Ines, "weekly", ["prix"], default);
        // Within the hour nobody changes what the mail on its way will confirm.
        await room.Subscribers.AskAsync(Ines, "weekly", ["livraison"], default);
        var first = Newsroom.TokenIn(Assert.Single(await room.MailsAsync()).Link("confirm"));
        Assert.Equal(SubscriptionState.Unconfirmed, (await room.Subscribers.FindConfirmationAsync(first, default))!.State);

        room.Clock.Advance(TimeSpan.FromHours(2));
        await room.Subscribers.AskAsync(Ines, "weekly", ["livraison"], default);
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

        await room.Subscribers.AskAsync(Ines, "weekly", ["livraison"], default);
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
        await room.Subscribers.AskAsync(Ines, "weekly", [], default);
        var old = Newsroom.TokenIn(Assert.Single(await room.MailsAsync()).Link("confirm"));

        room.Clock.Advance(Answers.ConfirmationLife);
        Assert.Null(await room.Subscribers.ConfirmAsync(old, default));

        await room.Subscribers.AskAsync(Ines, "weekly", [], default);
        var fresh = (await room.MailsAsync())[1];
        room.Clock.Advance(Answers.ConfirmationLife - TimeSpan.FromSeconds(1));
        Assert.Equal(SubscriptionState.Confirmed, (await room.Subscribers.ConfirmAsync(Newsroom.TokenIn(fresh.Link("confirm")), default))!.State);
        Assert.Equal(SubscriptionState.Left, (await room.Subscribers.UnsubscribeAsync(Newsroom.TokenIn(fresh.Link("unsubscribe")), default))!.State);
        Assert.Equal(SubscriptionState.Left, (await room.Subscribers.ConfirmAsync(Newsroom.TokenIn(fresh.Link("confirm")), default))!.State);

        await room.Subscribers.AskAsync(Ines, "weekly", [], default);
        var back = (await room.MailsAsync())[2];
        Assert.Equal(SubscriptionState.Confirmed, (await room.Subscribers.ConfirmAsync(Newsroom.TokenIn(back.Link("confirm")), default))!.State);
        room.Clock.Advance(TimeSpan.FromDays(1000));
        Assert.Equal(SubscriptionState.Left, (await room.Subscribers.UnsubscribeAsync(Newsroom.TokenIn(back.Link("unsubscribe")), default))!.State);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Tokens_of_another_purpose_subscriber_or_cadence_or_with_a_bit_changed_find_nothing(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.Subscribers.AskAsync(Ines, "weekly", [], default);
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
            Assert.Equal(words.AddressRefused, await room.Subscribers.AskAsync(address, "weekly", [], default));
        }

        foreach (var cadence in new[] { null, "", "monthly", "weekly\0", "@{System.IO.File.Delete(\"x\")}" })
        {
            Assert.Equal(words.CadenceUnknown, await room.Subscribers.AskAsync(Ines, cadence, [], default));
        }

        foreach (var category in new[] { "", "Prix", "prix'--", "\r\nBcc: x", "livraison" })
        {
            Assert.Equal(words.CategoryUnknown, await room.Subscribers.AskAsync(Ines, "weekly", ["prix", category], default));
        }

        Assert.Equal(words.CategoryUnknown, await room.Subscribers.AskAsync(Ines, "weekly", [.. Enumerable.Repeat("prix", 100_000)], default));
        Assert.Empty(await room.Subscribers.ListAsync(default));
        Assert.Empty(await room.MailsAsync());
    }
}

using Feeds.Mail;
using Feeds.Newsletter.Joining;
using Feeds.Newsletter.Subscribing;
using Feeds.Newsletter.Webhooks;
using Feeds.Storage;
using LinqToDB.Data;

namespace Feeds.Newsletter.Tests.Webhooks;

/// <summary>What webhooks are told of, each once, signed, and in the order in which it happened to a person.</summary>
public sealed class WebhookEventTests
{
    private const string Ines = WebhookRoom.Ines;

    [DatabaseTheory, EachDatabase]
    public async Task Everything_that_happens_to_a_subscription_is_told_once_with_how_it_came_about(DatabaseProvider provider)
    {
        await using var room = await WebhookRoom.OpenAsync(provider);
        var began = room.News.Clock.GetUtcNow();
        await room.JoinAsync();
        var number = await room.NumberAsync();
        var (leave, choose) = (await room.UnsubscribeTokenAsync(), await room.PreferencesTokenAsync());
        await room.News.Subscribers.UnsubscribeAsync(leave, default);
        await room.News.Subscribers.UnsubscribeAsync(leave, default);
        await room.News.Subscribers.ReturnAsync(leave, default);
        await room.News.Get<Preferences>().LeaveAsync(choose, "weekly", default);
        Assert.Null(await room.News.Get<Preferences>().ChangeAsync(choose, "daily", new SubscriptionSettings { Cadence = "daily" }, default));
        // Neither a choice nor a pause is news to them.
        Assert.Null(await room.News.Get<Preferences>().ChangeAsync(choose, "daily", new SubscriptionSettings { Cadence = "daily", PlainText = true }, default));
        Assert.Null(await room.News.Get<Preferences>().PauseAsync(choose, "daily", new DateOnly(2026, 12, 1), default));
        await room.News.AddAsync(Ines, "weekly");
        await room.SettleAsync();
        await room.News.Get<Erasure>().EraseAsync(number, default);
        await room.SettleAsync();

        var told = room.Told();
        Assert.Equal(
            [
                "subscription.joined weekly form", "subscription.confirmed weekly link", "subscription.left weekly link", "subscription.confirmed weekly return",
                "subscription.left weekly preferences", "subscription.confirmed daily preferences", "subscription.confirmed weekly operator", "subscriber.erased  wish",
            ],
            told.Select(one => one.Words),
            StringComparer.Ordinal);
        Assert.All(told, one => Assert.Equal((number, began, began), (one.Subscriber, one.At, one.Sent)));
        Assert.Equal([.. Enumerable.Repeat(Ines, 7), null], told.Select(one => one.Email), StringComparer.Ordinal);
        Assert.Equal(8, told.Select(one => one.Id).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(0, await room.WaitingAsync());
        Assert.Equal(("204", 0, 0L), ((await room.ListedAsync()).LastAnswer, (await room.ListedAsync()).Waiting, (await room.ListedAsync()).GivenUp));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Who_never_answers_has_left_and_is_to_be_forgotten_and_who_was_subscribed_once_only_has_left(DatabaseProvider provider)
    {
        await using var room = await WebhookRoom.OpenAsync(provider);
        await room.JoinAsync("omar@atelier.example.net");
        await room.News.Subscribers.UnsubscribeAsync(await room.UnsubscribeTokenAsync("omar@atelier.example.net"), default);
        room.News.Clock.Advance(TimeSpan.FromDays(1));
        await room.News.AskAsync("omar@atelier.example.net");
        await room.News.AskAsync(Ines);
        var (omar, ines) = (await room.NumberAsync("omar@atelier.example.net"), await room.NumberAsync());
        await room.SettleAsync();
        var before = room.Told().Count;

        room.News.Clock.Advance(Answers.ConfirmationLife + JoinDesk.Round);
        await room.News.Get<JoinDesk>().StepAsync(default);
        await room.SettleAsync();

        Assert.Equal(
            [(omar, "subscription.left weekly expired", "omar@atelier.example.net"), (ines, "subscription.left weekly expired", null), (ines, "subscriber.erased  expired", null)],
            room.Told().Skip(before).OrderBy(one => one.Subscriber).Select(one => (one.Subscriber!.Value, one.Words, one.Email)));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Who_is_subscribed_and_asks_for_something_else_has_not_joined(DatabaseProvider provider)
    {
        await using var room = await WebhookRoom.OpenAsync(provider);
        await room.News.PublishAsync("Prix", 1, "Prix");
        await room.News.AddAsync(Ines);
        await room.News.AskAsync(Ines, "weekly", ["prix"]);
        var mail = Assert.Single(await room.News.MailsAsync());
        await room.News.Subscribers.ConfirmAsync(Newsroom.TokenIn(mail.Link("confirm")), default);
        await room.SettleAsync();

        Assert.Equal(["subscription.confirmed weekly operator"], room.Told().Select(one => one.Words), StringComparer.Ordinal);
    }

    [DatabaseTheory, EachDatabase]
    public async Task What_is_rolled_back_is_told_to_nobody_and_without_webhooks_nothing_is_written(DatabaseProvider provider)
    {
        await using var room = await WebhookRoom.OpenAsync(provider);
        var database = room.News.Get<Database>();
        await room.News.AddAsync(Ines);
        var number = await room.NumberAsync();
        await Assert.ThrowsAsync<TimeoutException>(() => database.WriteAsync(
            async transaction =>
            {
                await ConsentRow.AddAsync(transaction, number, "weekly", room.News.Clock.GetUtcNow(), ConsentKind.Left, "mail", "", default);
                Assert.Equal(2, await transaction.ExecuteAsync<int>("SELECT COUNT(*) FROM webhook_delivery"));
                throw new TimeoutException();
            },
            default));
        await room.SettleAsync();
        Assert.Equal(["subscription.confirmed weekly operator"], room.Told().Select(one => one.Words), StringComparer.Ordinal);

        await room.News.AddAsync(Ines, "daily");
        Assert.Equal(1, await room.WaitingAsync());
        await room.Book.SetAsync([], default);
        Assert.Equal(0, await room.WaitingAsync());
        await room.News.Get<Erasure>().EraseAsync(number, default);
        Assert.Equal(0, await room.WaitingAsync());
    }

    [DatabaseTheory, EachDatabase]
    public async Task Each_is_told_of_what_it_names_and_a_file_of_people_tells_nobody_anything(DatabaseProvider provider)
    {
        await using var room = await WebhookRoom.OpenAsync(
            provider, receivers: 2, (WebhookRoom.Key(1, "Events:0"), "subscriber.erased"), (WebhookRoom.Key(1, "Events:1"), "subscription.left"));
        await room.News.AddAsync(Ines);
        using var folder = new TestFolder();
        // Ines is subscribed, and by the file she has left since.
        var file = folder.Write("people.csv", $"email,state,unsubscribed_at\n{Ines},unsubscribed,2026-11-23 07:00:00\nomar@atelier.example.net,confirmed,\nzoe@atelier.example.net,bounced,\n");
        room.News.Clock.Advance(TimeSpan.FromHours(2));
        var report = await room.News.Get<SubscriberFiles>().ImportAsync(new SubscriberImportRequest(file) { Cadence = "weekly", Source = "mail" }, null, default);
        Assert.Equal(0, report.RefusedCount);
        Assert.Equal(
            [(Ines, SubscriptionState.Left), ("omar@atelier.example.net", SubscriptionState.Confirmed)], (await room.News.Subscribers.ListAsync(default)).Select(one => (one.Email, one.State)));
        await room.News.Get<Erasure>().EraseAsync(await room.NumberAsync(), default);
        await room.SettleAsync();

        Assert.Equal(["subscription.confirmed weekly operator", "subscriber.erased  wish"], room.Told(0).Select(one => one.Words), StringComparer.Ordinal);
        Assert.Equal(["subscriber.erased  wish"], room.Told(1).Select(one => one.Words), StringComparer.Ordinal);
        Assert.Equal(room.Told(0)[1].Id, room.Told(1)[0].Id);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Of_who_is_erased_webhooks_are_told_the_number_and_neither_table_nor_log_has_an_address(DatabaseProvider provider)
    {
        await using var room = await WebhookRoom.OpenAsync(provider);
        room.Receivers[0].Script = CallbackServer.Answer(500);
        await room.JoinAsync();
        await room.SettleAsync();
        var number = await room.NumberAsync();
        Assert.Equal(Ines, Assert.Single(room.Told()).Email);
        Assert.DoesNotContain(await StoredText.ReadAsync(room.News.Get<Database>()), row => row.StartsWith("webhook", StringComparison.Ordinal) && row.Contains('@', StringComparison.Ordinal));

        await room.News.Get<Erasure>().EraseAsync(number, default);
        room.Receivers[0].Script = CallbackServer.AgreeAsync;
        await room.PassAsync(TimeSpan.FromHours(1));

        Assert.Equal(["subscription.joined weekly form", "subscription.confirmed weekly link", "subscriber.erased  wish"], room.Told().Skip(1).Select(one => one.Words), StringComparer.Ordinal);
        Assert.All(room.Told().Skip(1), one => Assert.Equal((number, null), (one.Subscriber, one.Email)));
        Assert.DoesNotContain(await StoredText.ReadAsync(room.News.Get<Database>()), row => row.Contains("ines@", StringComparison.OrdinalIgnoreCase));
        Assert.NotEmpty(room.Logs.Of(4030));
        Assert.DoesNotContain('@', room.Logs.Text);
        Assert.DoesNotContain("hidden", room.Logs.Text, StringComparison.Ordinal);
    }
}

using System.Globalization;
using Feeds.Newsletter.Webhooks;
using Feeds.Storage;

namespace Feeds.Newsletter.Tests.Webhooks;

/// <summary>That each event arrives, whatever a receiver answers and whenever a process ends.</summary>
public sealed class WebhookDeliveryTests
{
    private const string Ines = WebhookRoom.Ines;

    [DatabaseTheory, EachDatabase]
    public async Task What_is_not_taken_is_sent_again_after_growing_pauses_under_its_id_and_given_up_after_three_days(DatabaseProvider provider)
    {
        await using var room = await WebhookRoom.OpenAsync(provider);
        room.Receivers[0].Script = CallbackServer.Answer(500);
        var began = room.News.Clock.GetUtcNow();
        await room.News.AddAsync(Ines);
        await room.SettleAsync();
        TimeSpan[] pauses =
        [
            TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
            TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
        ];
        foreach (var (number, pause) in pauses.Index())
        {
            Assert.Equal(number + 1, room.Told().Count);
            await room.PassAsync(pause - TimeSpan.FromSeconds(1));
            Assert.Equal(number + 1, room.Told().Count);
            Assert.Equal((1, began, 0L, "500"), ((await room.ListedAsync()).Waiting, (await room.ListedAsync()).WaitingSince, (await room.ListedAsync()).GivenUp, (await room.ListedAsync()).LastAnswer));
            await room.PassAsync(TimeSpan.FromSeconds(1));
        }

        await room.PassAsync(TimeSpan.FromDays(30));
        var told = room.Told();
        Assert.Equal(10, told.Count);
        var id = Assert.Single(told.Select(one => one.Id).Distinct(StringComparer.Ordinal));
        Assert.Equal(began + TimeSpan.FromHours(75) + TimeSpan.FromMinutes(35) + TimeSpan.FromSeconds(5), told[^1].Sent);
        Assert.All(told, one => Assert.Equal(began, one.At));
        Assert.Equal((0, 1L), ((await room.ListedAsync()).Waiting, (await room.ListedAsync()).GivenUp));
        // Of ten failures one line tells, and another of the end.
        Assert.Single(room.Logs.Of(4030));
        Assert.Contains(id, Assert.Single(room.Logs.Of(4033)), StringComparison.Ordinal);
        Assert.DoesNotContain('@', room.Logs.Text);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Who_asks_for_a_pause_gets_it_up_to_a_day_and_never_a_shorter_one_than_planned(DatabaseProvider provider)
    {
        await using var room = await WebhookRoom.OpenAsync(provider);
        var answers = new Queue<string>(["1", "600", "9999999", Date(room.News.Clock.GetUtcNow() + TimeSpan.FromDays(2))]);
        room.Receivers[0].Script = (_, response) =>
        {
            response.StatusCode = 503;
            response.AddHeader("Retry-After", answers.Dequeue());
            return Task.CompletedTask;
        };
        await room.News.AddAsync(Ines);
        await room.SettleAsync();
        foreach (var (number, pause) in ((TimeSpan[])[TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(10), TimeSpan.FromHours(24)]).Index())
        {
            await room.PassAsync(pause - TimeSpan.FromSeconds(1));
            Assert.Equal(number + 1, room.Told().Count);
            await room.PassAsync(TimeSpan.FromSeconds(1));
            Assert.Equal(number + 2, room.Told().Count);
        }

        // The fourth names an instant, which is 23 hours, 49 minutes and 55 seconds away now.
        room.Receivers[0].Script = CallbackServer.AgreeAsync;
        await room.PassAsync(TimeSpan.FromHours(24) - TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(6));
        Assert.Equal(4, room.Told().Count);
        await room.PassAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(5, room.Told().Count);
        Assert.Equal(0, await room.WaitingAsync());

        static string Date(DateTimeOffset at) => at.ToString("R", CultureInfo.InvariantCulture);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Of_one_person_nothing_overtakes_what_came_before_and_others_don_t_wait(DatabaseProvider provider)
    {
        await using var room = await WebhookRoom.OpenAsync(provider);
        room.Receivers[0].Script = CallbackServer.Answer(500);
        await room.JoinAsync();
        await room.SettleAsync();
        Assert.Single(room.Told());

        room.Receivers[0].Script = CallbackServer.AgreeAsync;
        await room.News.AddAsync("omar@atelier.example.net");
        await room.News.Subscribers.UnsubscribeAsync(await room.UnsubscribeTokenAsync(), default);
        await room.SettleAsync();
        Assert.Equal(["subscription.joined weekly form", "subscription.confirmed weekly operator"], room.Told().Select(one => one.Words), StringComparer.Ordinal);

        await room.PassAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(
            ["subscription.joined weekly form", "subscription.confirmed weekly link", "subscription.left weekly link"],
            room.Told().Skip(2).Select(one => one.Words),
            StringComparer.Ordinal);
        Assert.Equal(room.Told()[0].Id, room.Told()[2].Id);
        Assert.Single(room.Logs.Of(4031));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Who_says_that_it_is_gone_is_told_nothing_until_the_next_start_and_then_everything_since(DatabaseProvider provider)
    {
        await using var room = await WebhookRoom.OpenAsync(provider);
        room.Receivers[0].Script = CallbackServer.Answer(410);
        await room.News.AddAsync(Ines);
        await room.SettleAsync();
        room.Receivers[0].Script = CallbackServer.AgreeAsync;
        await room.News.AddAsync("omar@atelier.example.net");
        await room.PassAsync(TimeSpan.FromDays(2));

        Assert.Single(room.Told());
        Assert.Equal((true, 2, "410"), ((await room.ListedAsync()).IsEnded, (await room.ListedAsync()).Waiting, (await room.ListedAsync()).LastAnswer));
        Assert.Contains("hook0", Assert.Single(room.Logs.Of(4032)), StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.1", room.Logs.Text, StringComparison.Ordinal);

        await room.Book.SetAsync([room.Hook], default);
        await room.SettleAsync();
        Assert.Equal([Ines, Ines, "omar@atelier.example.net"], room.Told().Select(one => one.Email).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.False((await room.ListedAsync()).IsEnded);
    }

    [DatabaseTheory, EachDatabase]
    public async Task What_nobody_would_take_for_a_fortnight_is_given_up_so_that_it_is_not_kept_for_ever(DatabaseProvider provider)
    {
        await using var room = await WebhookRoom.OpenAsync(provider);
        room.Receivers[0].Script = CallbackServer.Answer(410);
        await room.News.AddAsync(Ines);
        await room.SettleAsync();
        await room.PassAsync(WebhookPauses.Oldest - TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, await room.WaitingAsync());
        room.News.Clock.Advance(TimeSpan.FromHours(1));
        await room.News.AddAsync("omar@atelier.example.net");
        await room.SettleAsync();

        Assert.Equal((1, 1L), ((await room.ListedAsync()).Waiting, (await room.ListedAsync()).GivenUp));
        Assert.Contains(room.Told()[0].Id, Assert.Single(room.Logs.Of(4034)), StringComparison.Ordinal);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_redirect_is_not_followed_and_tried_again(DatabaseProvider provider)
    {
        await using var room = await WebhookRoom.OpenAsync(provider);
        using var elsewhere = CallbackServer.Start();
        room.Receivers[0].Script = (_, response) =>
        {
            response.Redirect(elsewhere.Address());
            response.StatusCode = 308;
            return Task.CompletedTask;
        };
        await room.News.AddAsync(Ines);
        await room.SettleAsync();
        await room.PassAsync(TimeSpan.FromSeconds(5));

        Assert.Equal(2, room.Told().Count);
        Assert.Empty(elsewhere.Calls);
        Assert.Equal("308, and redirects are not followed", (await room.ListedAsync()).LastAnswer);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Who_never_answers_holds_up_no_other_and_is_waited_for_fifteen_seconds(DatabaseProvider provider)
    {
        await using var room = await WebhookRoom.OpenAsync(provider, receivers: 2);
        var answered = new TaskCompletionSource();
        room.Receivers[0].Script = (_, _) => answered.Task;
        for (var person = 0; person < 6; person++)
        {
            await room.News.AddAsync(FormattableString.Invariant($"p{person}@atelier.example.net"));
        }

        await Eventually.TrueAsync(
            async () =>
            {
                await room.Desk.StepAsync(default);
                return room.Told(1).Count == 6 && room.Told(0).Count == WebhookDesk.MostAtOnce;
            },
            () => "the other is told everything");
        Assert.Equal(WebhookDesk.MostAtOnce, room.News.Get<RunningExchanges>().With("hook0"));

        room.News.Clock.Advance(WebhookHttp.Patience - TimeSpan.FromSeconds(1));
        Assert.Equal(WebhookDesk.MostAtOnce, room.News.Get<RunningExchanges>().With("hook0"));
        room.News.Clock.Advance(TimeSpan.FromSeconds(1));
        await room.News.Get<RunningExchanges>().WhenDoneAsync();
        Assert.Equal((6, "no answer within 15 seconds"), ((await room.ListedAsync()).Waiting, (await room.ListedAsync()).LastAnswer));
        answered.SetResult();
    }

    [DatabaseTheory, EachDatabase]
    public async Task Who_ends_between_sending_and_noting_leaves_it_to_another_process_which_sends_it_under_the_same_id(DatabaseProvider provider)
    {
        await using var room = await WebhookRoom.OpenAsync(provider);
        await using var beside = room.OpenBeside();
        await room.JoinAsync();
        // What a process does that ends in the middle.
        var claim = Assert.Single(await beside.Book.ClaimAsync("hook0", 4, default));
        var answer = await beside.News.Get<WebhookHttp>().PostAsync(beside.Hook, WebhookMessage.Of(claim, Ines), default);
        Assert.True(answer.IsTaken);

        await room.PassAsync(WebhookBook.ClaimDuration - TimeSpan.FromMilliseconds(1));
        Assert.Single(room.Told());
        var again = Assert.Single(await PassAndClaimAsync(room, TimeSpan.FromMilliseconds(1)));
        // It had only been slow: what it knows counts no more.
        await beside.Book.TakenAsync(claim, answer, default);
        Assert.Equal(2, await room.WaitingAsync());
        await room.Book.LaterAsync(again, answer, TimeSpan.Zero, default);
        await room.SettleAsync();

        Assert.Equal(["subscription.joined weekly form", "subscription.joined weekly form", "subscription.confirmed weekly link"], room.Told().Select(one => one.Words), StringComparer.Ordinal);
        Assert.Equal(room.Told()[0].Id, room.Told()[1].Id);
        Assert.Equal(0, await room.WaitingAsync());

        static Task<IReadOnlyList<WebhookDeliveryRow>> PassAndClaimAsync(WebhookRoom room, TimeSpan time)
        {
            room.News.Clock.Advance(time);
            return room.Book.ClaimAsync("hook0", 4, default);
        }
    }

    [DatabaseTheory, EachDatabase]
    public async Task Of_two_processes_on_one_database_each_event_is_sent_by_one(DatabaseProvider provider)
    {
        await using var room = await WebhookRoom.OpenAsync(provider, receivers: 2);
        await using var beside = room.OpenBeside();
        for (var person = 0; person < 30; person++)
        {
            await room.News.AddAsync(FormattableString.Invariant($"p{person}@atelier.example.net"));
        }

        await Task.WhenAll(Enumerable.Range(0, 2).Select(number => Task.Run((number == 0 ? room : beside).SettleAsync)));
        await room.SettleAsync();

        foreach (var receiver in (int[])[0, 1])
        {
            Assert.Equal(30, room.Told(receiver).Count);
            Assert.Equal(30, room.Told(receiver).Select(one => one.Id).Distinct(StringComparer.Ordinal).Count());
        }
    }
}

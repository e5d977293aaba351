using Feeds.Mail;
using Feeds.Storage;
using Feeds.Testing.Smtp;
using LinqToDB;
using LinqToDB.Async;

namespace Feeds.Newsletter.Tests;

/// <summary>Who is forgotten without being asked for it, and when.</summary>
public sealed class RetentionTests
{
    private const string Ines = "ines@atelier.example.net";
    private const string Omar = "omar@atelier.example.net";

    [DatabaseTheory, EachDatabase]
    public async Task A_request_that_nobody_confirms_is_forgotten_after_seven_days_and_keeps_nobody_from_being_added(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.AskAsync(Ines, "weekly", []);
        await room.AddAsync(Omar);

        room.Clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, await room.Get<Retention>().StepAsync(default));
        room.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, await room.Get<Retention>().StepAsync(default));
        Assert.Equal(0, await room.Get<Retention>().StepAsync(default));

        Assert.Equal([Omar], (await room.Subscribers.ListAsync(default)).Select(one => one.Email), StringComparer.Ordinal);
        Assert.DoesNotContain(await StoredText.ReadAsync(room.Get<Database>()), row => row.Contains("ines@", StringComparison.Ordinal));
        Assert.Empty(await room.Get<SuppressionList>().FindAsync(new SuppressionSearch(), 10, default));
        await room.AddAsync(Ines);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Who_left_everything_is_forgotten_when_it_can_be_undone_no_more_and_who_left_only_some_is_not(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        foreach (var person in new[] { Ines, Omar })
        {
            await room.AddAsync(person);
        }

        await room.AddAsync(Omar, "daily");
        await room.PublishAsync("Un", 1);
        var edition = await room.MakeAsync("weekly", 0);
        foreach (var mail in await room.MailsAsync(edition.MailingKey))
        {
            await room.Subscribers.UnsubscribeAsync(Newsroom.TokenIn(mail.Link("unsubscribe")), default);
        }

        room.Clock.Advance(TimeSpan.FromDays(30) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, await room.Get<Retention>().StepAsync(default));
        room.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, await room.Get<Retention>().StepAsync(default));

        Assert.Equal(["daily confirmed", "weekly left"], (await room.Subscribers.ListAsync(default)).Select(one => $"{one.Newsletter} {one.State.ToString().ToLowerInvariant()}"), StringComparer.Ordinal);
        Assert.Equal(SuppressionCause.Erased, Assert.Single(await room.Get<SuppressionList>().FindAsync(new SuppressionSearch { Beginning = Ines }, 10, default)).Cause);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Who_is_silent_for_three_years_is_asked_kept_when_they_say_so_and_forgotten_when_they_don_t(DatabaseProvider provider)
    {
        await using var server = ScriptedSmtpServer.Start();
        await using var room = await Newsroom.OpenAsync(provider, Newsroom.Live(server.Port));
        await room.AddAsync(Ines);
        await room.AddAsync(Ines, "daily");
        await room.AddAsync(Omar);
        var retention = room.Get<Retention>();
        room.Clock.SetUtcNow(room.Clock.GetUtcNow().AddMonths(36).AddMilliseconds(-1));
        Assert.Equal(0, await retention.StepAsync(default));
        room.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(2, await retention.StepAsync(default));
        Assert.Equal(0, await retention.StepAsync(default));

        var mails = await room.MailsAsync();
        Assert.Equal([Ines, Omar], mails.Select(mail => mail.Address), StringComparer.Ordinal);
        await room.Loop.TickAsync(default);
        Assert.Contains("- daily\n- Le récap’ du lundi\n", mails[0].Text, StringComparison.Ordinal);
        Assert.Contains("avant le 23\u00A0décembre 2029", mails[0].Text, StringComparison.Ordinal);
        var token = Newsroom.TokenIn(mails[0].Link("confirm"));
        Assert.Equal("Le récap’ du lundi", Assert.Single((await room.Get<StillWanted>().FindAsync(token, default))!.Others));
        Assert.Null(await room.Get<StillWanted>().KeepAsync(Newsroom.TokenIn(mails[0].Link("confirm"))[..^2] + "AA", default));
        Assert.NotNull((await room.Get<Held>().ReadAsync((await room.Get<Held>().FindAsync(Ines, default))!.Value, default))!.AskedAgainAt);
        Assert.NotNull(await room.Get<StillWanted>().KeepAsync(token, default));
        Assert.NotNull(await room.Get<StillWanted>().KeepAsync(token, default));

        room.Clock.Advance(TimeSpan.FromDays(30));
        Assert.Equal(1, await retention.StepAsync(default));
        Assert.Equal([Ines, Ines], (await room.Subscribers.ListAsync(default)).Select(one => one.Email), StringComparer.Ordinal);
        var held = (await room.Get<Held>().ReadAsync((await room.Get<Held>().FindAsync(Ines, default))!.Value, default))!;
        Assert.Null(held.AskedAgainAt);
        Assert.Single(held.Consent, one => one.Kind is "kept");
        Assert.Equal(0, await retention.StepAsync(default));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Who_could_not_be_asked_in_time_is_asked_anew_with_another_day_and_forgotten_only_after_that(DatabaseProvider provider)
    {
        await using var server = ScriptedSmtpServer.Start();
        await using var room = await Newsroom.OpenAsync(provider, Newsroom.Live(server.Port));
        await room.AddAsync(Ines);
        await room.AddAsync(Omar);
        var retention = room.Get<Retention>();
        room.Clock.SetUtcNow(room.Clock.GetUtcNow().AddMonths(36));
        await retention.RunAsync(default);
        var first = await room.MailsAsync();

        // Nothing goes out for a month.
        room.Clock.Advance(TimeSpan.FromDays(30));
        await retention.RunAsync(default);
        await room.Loop.TickAsync(default);

        Assert.Equal([Ines, Omar], (await room.Subscribers.ListAsync(default)).Select(one => one.Email), StringComparer.Ordinal);
        Assert.Equal([Ines, Omar], server.Ledger.Recipients, StringComparer.Ordinal);
        var second = (await room.MailsAsync()).Skip(first.Count).ToList();
        Assert.Equal(second.Select(mail => mail.MessageId), server.Ledger.Messages.Select(message => message.MessageId), StringComparer.Ordinal);
        Assert.All(first, mail => Assert.Contains("avant le 23\u00A0décembre 2029", mail.Text, StringComparison.Ordinal));
        Assert.All(second, mail => Assert.Contains("avant le 22\u00A0janvier 2030", mail.Text, StringComparison.Ordinal));

        room.Clock.Advance(TimeSpan.FromDays(30) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, await retention.StepAsync(default));
        room.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(2, await retention.StepAsync(default));
        Assert.Empty(await room.Subscribers.ListAsync(default));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Where_it_is_set_so_the_silent_are_kept_and_the_others_forgotten_later(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider, ("Newsletter:Retention:InactiveMonths", "0"), ("Newsletter:Retention:UnconfirmedDays", "20"));
        await room.AddAsync(Omar);
        room.Clock.Advance(TimeSpan.FromDays(20 * 365));
        await room.AskAsync(Ines, "weekly", []);

        room.Clock.Advance(TimeSpan.FromDays(19));
        Assert.Equal(0, await room.Get<Retention>().StepAsync(default));
        room.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, await room.Get<Retention>().StepAsync(default));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Hundreds_are_forgotten_by_and_by_and_those_who_come_back_meanwhile_are_not(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        for (var number = 0; number < 130; number++)
        {
            await room.AddAsync($"reader{number}@atelier.example.net");
        }

        var left = room.Clock.GetUtcNow();
        await room.Get<Database>().WriteAsync(connection => connection.GetTable<SubscriptionRow>().Set(row => row.State, SubscriptionState.Left).Set(row => row.LeftAt, left).UpdateAsync(default), default);
        room.Clock.Advance(TimeSpan.FromDays(31));
        await room.AddAsync("reader5@atelier.example.net");

        Assert.Equal(100, await room.Get<Retention>().StepAsync(default));
        await room.Get<Retention>().RunAsync(default);
        Assert.Equal("reader5@atelier.example.net", Assert.Single(await room.Subscribers.ListAsync(default)).Email);
    }

    [Theory]
    [InlineData("UnconfirmedDays", "6")]
    [InlineData("LeftDays", "0")]
    [InlineData("InactiveMonths", "5")]
    [InlineData("AnswerDays", "13")]
    public void What_is_out_of_range_is_named(string key, string value)
    {
        var options = new NewsletterOptions();
        typeof(RetentionOptions).GetProperty(key)!.SetValue(options.Retention, int.Parse(value, System.Globalization.CultureInfo.InvariantCulture));

        var result = new NewsletterOptionsCheck().Validate(null, options);

        Assert.StartsWith($"Newsletter:Retention:{key} is {value}; write a number from", Assert.Single(result.Failures!), StringComparison.Ordinal);
    }
}

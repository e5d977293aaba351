using System.Diagnostics.Metrics;
using Feeds.Storage;
using Feeds.Testing.Smtp;
using LinqToDB.Data;

namespace Feeds.Mail.Tests;

/// <summary>Stopping a mailing and having it go on, and what is known of it meanwhile.</summary>
public sealed class ControlTests
{
    private static readonly TimeSpan PastBackOff = TimeSpan.FromMinutes(16);

    [DatabaseTheory, EachDatabase]
    public async Task A_paused_mailing_is_claimed_no_more_says_what_is_out_and_goes_on_when_resumed(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { BeforeAnswer = Hold("reader3@", reached, goOn) });
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port, ("Mail:Smtp:Connections", "1"));
        var control = room.Get<MailingControl>();
        await room.AddAsync(Mailings.Edition("weekly", 6));
        await room.AddAsync(Mailings.Edition("daily", 2));
        var sending = Task.Run(() => room.Loop.TickAsync(default));
        await reached.Task;

        var paused = await control.PauseAsync("weekly", "a wrong link", default);
        var again = await control.PauseAsync("weekly", "once more", default);
        goOn.SetResult();
        await sending;
        await room.Loop.TickAsync(default);

        Assert.Equal((2, 1, 3), (paused.Standing!.Counts.Accepted, paused.Standing.Counts.InFlight, paused.Standing.Counts.Pending));
        Assert.Contains("a wrong link", again.Refused, StringComparison.Ordinal);
        Assert.Equal(new DeliveryCounts(3, 0, 3, 0, 0, 0, 0), await room.CountAsync("weekly"));
        Assert.Equal(2, (await room.CountAsync("daily")).Accepted);

        Assert.Null((await control.ResumeAsync("weekly", default)).Refused);
        await room.Loop.TickAsync(default);
        Assert.Equal(new DeliveryCounts(0, 0, 6, 0, 0, 0, 0), await room.CountAsync("weekly"));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_cancelled_mailing_ends_what_is_not_begun_and_does_not_try_again_what_was_in_flight(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var hold = Hold("reader2@", reached, goOn);
        await using var server = ScriptedSmtpServer.Start(new SmtpScript
        {
            BeforeAnswer = hold,
            Fault = address => address.StartsWith("reader2@", StringComparison.Ordinal) ? SmtpFault.DropAfterDotKeeping : null,
            Rcpt = address => address.StartsWith("reader1@", StringComparison.Ordinal) ? "450 4.2.0 later" : null,
        });
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:Smtp:Connections", "1"));
        var control = room.Get<MailingControl>();
        await room.AddAsync(Mailings.Edition("weekly", 5));
        var sending = Task.Run(() => room.Loop.TickAsync(default));
        await reached.Task;

        var cancelled = await control.CancelAsync("weekly", default);
        goOn.SetResult();
        await sending;
        await room.TickLaterAsync(clock, PastBackOff);

        Assert.Equal(4, cancelled.Changed);
        Assert.Equal(new DeliveryCounts(0, 0, 0, 0, 0, 4, 1) { PossiblyTwice = 1, Held = 1 }, await room.CountAsync("weekly"));
        Assert.Equal(0, (await room.CountAsync("weekly")).Open);
        Assert.Single(server.Ledger.Messages);
        Assert.NotNull((await control.ResumeAsync("weekly", default)).Refused);
        Assert.NotNull((await control.RetryAsync("weekly", failed: true, uncertain: true, null, default)).Refused);
        await room.AssertLedgersAgreeAsync(server, "weekly", 5);
    }

    [DatabaseTheory, EachDatabase]
    public async Task What_failed_is_tried_again_on_demand_but_not_for_who_left_since(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { Rcpt = _ => "550 our mistake" });
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port);
        await room.AddAsync(Mailings.Edition("weekly", 3));
        await room.Loop.TickAsync(default);
        Assert.Equal(new DeliveryCounts(0, 0, 0, 0, 3, 0, 0), await room.CountAsync("weekly"));
        await room.SuppressAsync("2");
        server.Script.Rcpt = _ => null;

        var again = await room.Get<MailingControl>().RetryAsync("weekly", failed: true, uncertain: false, null, default);
        await room.TickLaterAsync(clock, TimeSpan.FromSeconds(1));

        Assert.Equal(2, again.Changed);
        Assert.Equal(new DeliveryCounts(0, 0, 2, 0, 1, 0, 0), await room.CountAsync("weekly"));
        Assert.DoesNotContain(server.Ledger.Recipients, address => address.StartsWith("reader2@", StringComparison.Ordinal));
    }

    [DatabaseTheory, EachDatabase, Fault("Drop after dot")]
    public async Task A_newsletter_that_would_rather_lose_one_than_send_it_twice_holds_what_is_uncertain(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { Fault = address => address.StartsWith("reader2@", StringComparison.Ordinal) ? SmtpFault.DropAfterDotKeeping : null });
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:Smtp:Connections", "1"));
        await room.AddAsync(Mailings.Edition("weekly", 3) with { Uncertain = UncertainPolicy.Hold });

        await room.Loop.TickAsync(default);
        await room.TickLaterAsync(clock, PastBackOff);

        var counts = await room.CountAsync("weekly");
        Assert.Equal(new DeliveryCounts(0, 0, 2, 0, 0, 0, 1) { PossiblyTwice = 1, Held = 1 }, counts);
        Assert.Equal(0, counts.Open);
        Assert.Equal(3, server.Ledger.Messages.Count);
        await room.AssertLedgersAgreeAsync(server, "weekly", 3);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_newsletter_that_asks_waits_for_a_decision_about_what_a_dead_process_left_too(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { BeforeAnswer = Hold("reader2@", reached, goOn) });
        await using var dead = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port, ("Mail:Smtp:Connections", "1"));
        await dead.AddAsync(Mailings.Edition("weekly", 3) with { Uncertain = UncertainPolicy.Ask });
        var stuck = Task.Run(() => dead.Loop.TickAsync(default));
        await reached.Task;
        var clock = MailRoom.Clock();
        await using var heir = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:Smtp:Connections", "1"));
        await heir.Loop.TickAsync(default);
        await heir.TickLaterAsync(clock, TimeSpan.FromSeconds(16));
        await heir.TickLaterAsync(clock, PastBackOff);

        var waiting = await heir.CountAsync("weekly");
        Assert.Equal((1, 1, 1, 1), (waiting.Uncertain, waiting.Asked, waiting.Open, waiting.PossiblyTwice));
        Assert.Single(heir.Log.Warnings, told => told.Contains("wait for a decision", StringComparison.Ordinal));
        Assert.Single(server.Ledger.Recipients, address => address.StartsWith("reader2@", StringComparison.Ordinal));

        Assert.Equal(1, (await heir.Get<MailingControl>().RetryAsync("weekly", failed: false, uncertain: true, null, default)).Changed);
        await heir.Loop.TickAsync(default);
        Assert.Equal(new DeliveryCounts(0, 0, 3, 0, 0, 0, 0) { PossiblyTwice = 1 }, await heir.CountAsync("weekly"));
        goOn.SetResult();
        await stuck;
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_delivery_that_somebody_deleted_is_missed_by_the_standing_and_by_the_metric(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start();
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port);
        var meter = room.Get<MailMeter>();
        var seen = new Dictionary<string, long>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, all) =>
        {
            if (ReferenceEquals(instrument.Meter, meter.Meter))
            {
                all.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            lock (seen)
            {
                var name = tags.Length == 0 ? instrument.Name : $"{instrument.Name} {tags[0].Value}";
                seen[name] = instrument is Counter<long> ? seen.GetValueOrDefault(name) + value : value;
            }
        });
        listener.Start();
        await room.AddAsync(Mailings.Edition("weekly", 5));
        await room.Loop.TickAsync(default);
        listener.RecordObservableInstruments();
        Assert.Equal((5, 5, 0), (seen["feeds.mail.outcomes accepted"], seen["feeds.mail.deliveries accepted"], seen["feeds.mail.audience.difference"]));

        await room.Database.WriteAsync(
            async transaction =>
            {
                await transaction.ExecuteAsync("DELETE FROM attempt WHERE delivery_id = (SELECT MIN(id) FROM delivery)");
                return await transaction.ExecuteAsync("DELETE FROM delivery WHERE id = (SELECT MIN(id) FROM delivery)");
            },
            default);
        await room.TickLaterAsync(clock, MailMeter.RefreshEvery);
        listener.RecordObservableInstruments();

        Assert.Equal(1, seen["feeds.mail.audience.difference"]);
        Assert.Equal((5, 1), Assert.Single(await room.Get<MailingControl>().ListAsync(default)) is var standing ? (standing.Audience, standing.Difference) : default);
    }

    private static Func<string, Task> Hold(string whom, TaskCompletionSource reached, TaskCompletionSource goOn)
    {
        var held = 0;
        return address =>
        {
            if (!address.StartsWith(whom, StringComparison.Ordinal) || Interlocked.Exchange(ref held, 1) == 1)
            {
                return Task.CompletedTask;
            }

            reached.TrySetResult();
            return goOn.Task;
        };
    }
}

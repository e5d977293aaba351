using Feeds.Storage;
using Feeds.Testing.Smtp;
using LinqToDB.Data;

namespace Feeds.Mail.Tests;

/// <summary>What each class of refusal means for the recipient, for the list and for the mailing.</summary>
public sealed class RefusalTests
{
    private static readonly TimeSpan PastFirstRefusal = TimeSpan.FromMinutes(16);

    [DatabaseTheory, EachDatabase, Fault("5xx RCPT")]
    public async Task Who_does_not_exist_is_listed_with_the_refusal_and_a_refusal_that_says_nothing_lists_nobody(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start(new SmtpScript
        {
            Rcpt = address => address.Split('@')[0] switch
            {
                "reader1" => "550 5.1.1 no such user",
                "reader2" => "550 5.1.10 null MX",
                "reader3" => "550 rejected",
                "reader4" => "550 5.7.1 access denied",
                _ => null,
            },
            Dot = address => address.StartsWith("reader5@", StringComparison.Ordinal) ? "550 5.1.3 bad address" : null,
        });
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port);
        await room.AddAsync(Mailings.Edition("weekly", 6));

        await room.Loop.TickAsync(default);

        Assert.Equal(new DeliveryCounts(0, 0, 1, 0, 5, 0, 0), await room.CountAsync("weekly"));
        var listed = await room.Get<SuppressionList>().FindAsync(new SuppressionSearch(), 10, default);
        Assert.Equal(["reader1@example.org", "reader2@example.org", "reader5@example.org"], listed.Select(one => one.Address).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.All(listed, one => Assert.Equal(SuppressionCause.HardBounce, one.Cause));
        await room.AssertOverAsync(server, "weekly", 6);
    }

    [DatabaseTheory, EachDatabase, Fault("5xx RCPT")]
    public async Task A_server_that_refuses_us_as_such_is_told_of_once_and_lists_nobody(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { Rcpt = address => $"554 5.7.1 <{address}> blocked by policy" });
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port);
        await room.AddAsync(Mailings.Edition("weekly", 8));

        await room.Loop.TickAsync(default);

        Assert.Equal(8, (await room.CountAsync("weekly")).Failed);
        await room.AssertOverAsync(server, "weekly", 8);
        Assert.Empty(await room.Get<SuppressionList>().FindAsync(new SuppressionSearch(), 10, default));
        Assert.Single(room.Log.Warnings, told => told.Contains("refuses mail from us", StringComparison.Ordinal));
        Assert.DoesNotContain("@example.org", room.Log.Text, StringComparison.Ordinal);
    }

    [DatabaseTheory, EachDatabase, Fault("4xx RCPT (greylist)"), Fault("5xx RCPT")]
    public async Task A_full_mailbox_is_tried_again_as_a_greylist_is_between_five_and_fifteen_minutes_later_in_the_same_envelope(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start(new SmtpScript
        {
            Rcpt = SmtpScript.Once<string>(address => address.StartsWith("reader1@", StringComparison.Ordinal) ? "552 5.2.2 mailbox full" : "450 4.7.1 greylisted"),
        });
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:BounceAddress", "bounces@example.org"), ("Mail:Smtp:Connections", "1"));
        await room.AddAsync(Mailings.Edition("weekly", 20));

        await room.Loop.TickAsync(default);
        var waits = (await room.DeliveriesAsync()).ConvertAll(row => row.NextAttemptAt!.Value - Mailings.Date);
        var asked = server.Commands.Where(command => command.StartsWith("MAIL", StringComparison.OrdinalIgnoreCase)).ToList();
        await room.TickLaterAsync(clock, PastFirstRefusal);

        Assert.All(waits, wait => Assert.InRange(wait, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15)));
        Assert.True(waits.Max() - waits.Min() > TimeSpan.FromMinutes(1));
        Assert.Equal(new DeliveryCounts(0, 0, 20, 0, 0, 0, 0), await room.CountAsync("weekly"));
        var again = server.Commands.Where(command => command.StartsWith("MAIL", StringComparison.OrdinalIgnoreCase)).Skip(asked.Count);
        Assert.Equal(asked.Order(StringComparer.Ordinal), again.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.All(await room.DeliveriesAsync(), row => Assert.Equal(2, row.Attempts));
        await room.AssertOverAsync(server, "weekly", 20);
    }

    [DatabaseTheory, EachDatabase, Fault("5xx after dot")]
    public async Task Five_refusals_of_the_content_in_a_row_pause_the_mailing_and_cost_nobody_the_mail(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { Dot = address => address.StartsWith("reader1@", StringComparison.Ordinal) ? null : $"554 5.6.0 <{address}> looks like spam" });
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:Smtp:Connections", "1"));
        var control = room.Get<MailingControl>();
        await room.AddAsync(Mailings.Edition("weekly", 20));

        await room.Loop.TickAsync(default);
        await room.TickLaterAsync(clock, PastFirstRefusal);

        var standing = (await control.FindAsync(["weekly"], default))["weekly"];
        Assert.Equal(new DeliveryCounts(14, 0, 1, 5, 0, 0, 0), standing.Counts);
        Assert.Equal(MailingState.Paused, standing.State);
        Assert.Contains("looks like spam", standing.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("@example.org", standing.Reason, StringComparison.Ordinal);
        Assert.Single(room.Log.Warnings, told => told.Contains("is paused", StringComparison.Ordinal));

        server.Script.Dot = _ => null;
        await control.ResumeAsync("weekly", default);
        await room.Loop.TickAsync(default);
        Assert.Equal(new DeliveryCounts(0, 0, 20, 0, 0, 0, 0), await room.CountAsync("weekly"));
        await room.AssertOverAsync(server, "weekly", 20);
    }

    [DatabaseTheory, EachDatabase, Fault("5xx after dot")]
    public async Task A_single_refusal_of_the_content_fails_its_recipient_and_pauses_nothing(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { Dot = address => address.Split('@')[0].EndsWith('3') ? "554 5.6.0 no" : null });
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port, ("Mail:Smtp:Connections", "1"));
        await room.AddAsync(Mailings.Edition("weekly", 64));

        await room.Loop.TickAsync(default);

        Assert.Equal(new DeliveryCounts(0, 0, 57, 0, 7, 0, 0), await room.CountAsync("weekly"));
        await room.AssertOverAsync(server, "weekly", 64);
    }

    [DatabaseTheory, EachDatabase, Fault("552 / SIZE too small")]
    public async Task A_message_larger_than_the_server_takes_fails_before_it_is_sent(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { Extensions = ["8BITMIME", "SIZE 300"] });
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port);
        await room.AddAsync(Mailings.Edition("weekly", 2));

        await room.Loop.TickAsync(default);

        Assert.Equal(new DeliveryCounts(0, 0, 0, 0, 2, 0, 0), await room.CountAsync("weekly"));
        Assert.DoesNotContain("DATA", server.Commands, StringComparer.Ordinal);
        await room.AssertOverAsync(server, "weekly", 2);
    }

    [DatabaseTheory, EachDatabase, Fault("4xx/5xx MAIL FROM")]
    public async Task A_sender_that_is_refused_for_good_again_and_again_pauses_the_mailing(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { Mail = _ => "550 5.7.1 not for you" });
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:Smtp:Connections", "1"));
        await room.AddAsync(Mailings.Edition("weekly", 5));

        for (var tick = 0; tick < 5; tick++)
        {
            await room.TickLaterAsync(clock, TimeSpan.FromMinutes(6));
        }

        var standing = (await room.Get<MailingControl>().FindAsync(["weekly"], default))["weekly"];
        Assert.Equal((MailingState.Paused, 5), (standing.State, standing.Counts.Pending));
        Assert.Contains("Mail:From", standing.Reason, StringComparison.Ordinal);
        Assert.Equal(MailingWatch.SenderRefusals, server.Connections);
        await room.AssertLedgersAgreeAsync(server, "weekly", 5);
    }

    [SkippableTheory, Fault("4xx/5xx MAIL FROM")]
    [InlineData(DatabaseProvider.Sqlite, "450 4.7.1 greylisted")]
    [InlineData(DatabaseProvider.PostgreSql, "450 4.7.1 greylisted")]
    [InlineData(DatabaseProvider.Sqlite, "452 out of space")]
    [InlineData(DatabaseProvider.PostgreSql, "452 out of space")]
    public async Task A_sender_that_is_refused_for_now_is_tried_ever_more_seldom_costs_nobody_an_attempt_and_pauses_nothing(DatabaseProvider provider, string answer)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { Mail = _ => answer });
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:Smtp:Connections", "1"));
        await room.AddAsync(Mailings.Edition("weekly", 5));

        for (var second = 0; second < 60; second++)
        {
            await room.TickLaterAsync(clock, TimeSpan.FromSeconds(1));
        }

        // At 1, 2, 4, 8, 16 and 32 seconds, each with one message.
        Assert.Equal(6, server.Commands.Count(command => command.StartsWith("MAIL", StringComparison.Ordinal)));
        Assert.All(await room.DeliveriesAsync(), row => Assert.Equal((DeliveryState.Pending, 0), (row.State, row.Attempts)));
        Assert.Equal(MailingState.Sending, (await room.Get<MailingControl>().FindAsync(["weekly"], default))["weekly"].State);
        Assert.Contains(answer[..3], Assert.Single(room.Log.Warnings), StringComparison.Ordinal);
        server.Script.Mail = _ => null;
        await room.TickLaterAsync(clock, PastFirstRefusal);

        Assert.Equal(5, (await room.CountAsync("weekly")).Accepted);
        await room.AssertOverAsync(server, "weekly", 5);
    }

    [DatabaseTheory, EachDatabase, Fault("Template error, one / all subscribers")]
    public async Task A_message_that_cannot_be_composed_fails_alone_and_many_of_them_pause_the_mailing(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start();
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port, ("Mail:Smtp:Connections", "1"));
        await room.AddAsync(Mailings.Edition("daily", 5));
        await room.AddAsync(Mailings.Edition("weekly", 40));
        await room.Database.WriteAsync(
            transaction => transaction.ExecuteAsync("UPDATE delivery SET personal = NULL WHERE recipient_key = '2' OR message_id LIKE 'weekly.%'"), default);

        await room.Loop.TickAsync(default);

        Assert.Equal(new DeliveryCounts(0, 0, 4, 0, 1, 0, 0), await room.CountAsync("daily"));
        Assert.StartsWith("2: failed", Assert.Single(await room.Get<MailingControl>().ListTroublesAsync("daily", 10, default)), StringComparison.Ordinal);
        var standing = (await room.Get<MailingControl>().FindAsync(["weekly"], default))["weekly"];
        Assert.Equal((MailingState.Paused, MailingWatch.LeastUnfit), (standing.State, standing.Counts.Failed));
        await room.AssertLedgersAgreeAsync(server, "weekly", 40);
    }
}

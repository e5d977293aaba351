using System.Text;
using Feeds.Mail;
using Feeds.Newsletter.Tests.EmailRules;
using Feeds.Storage;
using Feeds.Testing.Smtp;
using MimeKit;

namespace Feeds.Newsletter.Tests;

/// <summary>What readers say by mail, to the addresses that the mails themselves name.</summary>
public sealed class ReturnedMailTests
{
    [DatabaseTheory, EachDatabase]
    public async Task Who_writes_to_the_address_of_List_Unsubscribe_has_left_that_cadence_and_no_other(DatabaseProvider provider)
    {
        await using var server = ScriptedSmtpServer.Start();
        await using var room = await OpenAsync(provider, server);
        await room.AddAsync("ines@atelier.example.net", "daily");
        await room.MakeAsync("weekly", 0);
        await room.Loop.TickAsync(default);
        await room.PublishAsync("Deux", 2);
        await room.MakeAsync("weekly", 1);
        await room.MakeAsync("daily", 1);

        var mail = server.Ledger.Messages.Single(message => message.To is "ines@atelier.example.net");
        var addresses = Headers(mail.Bytes)["List-Unsubscribe"]!.Split(',', StringSplitOptions.TrimEntries);
        Assert.Equal(2, addresses.Length);
        Assert.StartsWith($"<{Newsroom.Base}unsubscribe/", addresses[0], StringComparison.Ordinal);
        Assert.Empty(EmailLinter.Check(mail.Bytes.ToArray(), new Expectation { OwnLinks = [Newsroom.Base, addresses[0].Trim('<', '>'), Newsroom.Base + "preferences/B", Newsroom.Base + "editions/Bw"] }));
        var leave = new Uri(addresses[1].Trim('<', '>'));
        Assert.Equal(("mailto", "?subject=unsubscribe"), (leave.Scheme, leave.Query));
        var wish = Encoding.UTF8.GetBytes($"From: ines@atelier.example.net\r\nTo: {leave.UserInfo}@{leave.Host}\r\nSubject: unsubscribe\r\nMessage-ID: <1@x.example>\r\n\r\n");

        var outcomes = new List<ReturnOutcome>();
        for (var time = 0; time < 2; time++)
        {
            outcomes.Add((await room.Get<Returns>().TakeAsync(new MemoryStream(wish), default)).Outcome);
        }

        Assert.Equal([ReturnOutcome.Done, ReturnOutcome.Duplicate], outcomes);
        Assert.Equal([("daily", SubscriptionState.Confirmed), ("weekly", SubscriptionState.Left)], await StatesAsync(room, "ines@atelier.example.net"));
        await room.Loop.TickAsync(default);
        Assert.Equal(
            ["ines daily", "omar weekly"],
            server.Ledger.Messages.Skip(2).Select(message => $"{message.To.Split('@')[0]} {Headers(message.Bytes)["List-Id"]!.Split('<')[1].Split('.')[0]}").Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Empty(await room.Get<SuppressionList>().FindAsync(new SuppressionSearch(), 10, default));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Who_calls_a_mail_unwanted_has_left_and_is_written_to_no_more_not_even_to_confirm(DatabaseProvider provider)
    {
        await using var server = ScriptedSmtpServer.Start();
        await using var room = await OpenAsync(provider, server);
        await room.MakeAsync("weekly", 0);
        await room.Loop.TickAsync(default);
        var sender = server.Ledger.Messages.Single(message => message.To is "ines@atelier.example.net").From;

        var complaint = Encoding.UTF8.GetBytes($"""
            From: abuse@provider.example
            To: abuse@atelier.example.net
            Message-ID: <1@provider.example>
            MIME-Version: 1.0
            Content-Type: multipart/report; report-type=feedback-report; boundary="line"

            --line
            Content-Type: message/feedback-report

            Feedback-Type: abuse
            Version: 1
            User-Agent: Any/1
            Original-Mail-From: <{sender}>

            --line--
            """.ReplaceLineEndings("\r\n"));
        Assert.Equal(ReturnOutcome.Done, (await room.Get<Returns>().TakeAsync(new MemoryStream(complaint), default)).Outcome);

        Assert.Equal([("weekly", SubscriptionState.Left)], await StatesAsync(room, "ines@atelier.example.net"));
        room.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Null(await room.AskAsync("Ines@atelier.example.net", "weekly", []));
        await room.Loop.TickAsync(default);
        Assert.Equal(2, server.Ledger.Messages.Count);

        Assert.True(await room.Get<SuppressionList>().LiftAsync("ines@atelier.example.net", default));
        room.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Null(await room.AskAsync("ines@atelier.example.net", "weekly", []));
        await room.Loop.TickAsync(default);
        Assert.Equal("ines@atelier.example.net", server.Ledger.Messages[2].To);
    }

    private static async Task<Newsroom> OpenAsync(DatabaseProvider provider, ScriptedSmtpServer server)
    {
        var room = await Newsroom.OpenAsync(provider, [.. Newsroom.Live(server.Port), ("Mail:BounceAddress", "bounces@atelier.example.net")]);
        await room.PublishAsync("Un", 1);
        await room.AddAsync("ines@atelier.example.net");
        await room.AddAsync("omar@atelier.example.net");
        return room;
    }

    private static async Task<IEnumerable<(string Cadence, SubscriptionState State)>> StatesAsync(Newsroom room, string email) =>
        (await room.Subscribers.ListAsync(default)).Where(one => string.Equals(one.Email, email, StringComparison.OrdinalIgnoreCase)).Select(one => (one.Cadence, one.State));

    private static HeaderList Headers(ReadOnlyMemory<byte> bytes) => MimeMessage.Load(new MemoryStream(bytes.ToArray())).Headers;
}

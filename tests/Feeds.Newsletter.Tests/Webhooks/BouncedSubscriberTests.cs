using System.Text;
using Feeds.Mail;
using Feeds.Storage;
using Feeds.Testing.Smtp;
using LinqToDB.Data;

namespace Feeds.Newsletter.Tests.Webhooks;

/// <summary>What webhooks are told of people whom no mail reaches, and of what people say by mail.</summary>
public sealed class BouncedSubscriberTests
{
    private const string Ines = WebhookRoom.Ines;

    [DatabaseTheory, EachDatabase]
    public async Task An_address_that_bounces_is_told_of_once_whether_the_server_refuses_it_or_the_mail_comes_back(DatabaseProvider provider)
    {
        await using var server = ScriptedSmtpServer.Start();
        server.Script.Rcpt = address => address.StartsWith("zoe@", StringComparison.Ordinal) ? "550 5.1.1 nobody here" : null;
        await using var room = await OpenAsync(provider, server, [Ines, "zoe@atelier.example.net", "omar@atelier.example.net"]);
        await room.News.AddAsync("zoe@atelier.example.net", "daily");
        await room.News.AddAsync(Ines, "daily");
        await SendAsync(room, "weekly", 0);
        await SendAsync(room, "daily", 0);
        var mails = server.Ledger.Messages.Where(message => message.To is Ines).ToList();
        Assert.Equal(2, mails.Count);
        // Omar's mails go elsewhere by now, and what his old address does says nothing of him.
        await room.News.Get<Database>().WriteAsync(transaction => transaction.ExecuteAsync("UPDATE subscriber SET email = 'o@example.net', email_key = 'o@example.net' WHERE email_key LIKE 'omar@%'"), default);
        Assert.Equal(ReturnOutcome.Done, await TakeAsync(room, Bounce(server.Ledger.Messages.Single(message => message.To is "omar@atelier.example.net"), "5.1.1")));

        Assert.Equal([ReturnOutcome.Done, ReturnOutcome.Duplicate, ReturnOutcome.Done], [await TakeAsync(room, Bounce(mails[0], "5.1.1")), await TakeAsync(room, Bounce(mails[0], "5.1.1")), await TakeAsync(room, Bounce(mails[1], "5.1.1"))]);
        await room.SettleAsync();

        Assert.Equal(
            [(await room.NumberAsync(), Ines, "subscriber.bounced  hard"), (await room.NumberAsync("zoe@atelier.example.net"), "zoe@atelier.example.net", "subscriber.bounced  hard")],
            Bounced(room));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Too_many_mails_that_come_back_for_passing_reasons_are_told_of_and_not_the_first_ones(DatabaseProvider provider)
    {
        await using var server = ScriptedSmtpServer.Start();
        await using var room = await OpenAsync(provider, server, [Ines]);
        for (var mail = 0; mail < 5; mail++)
        {
            Assert.Empty(Bounced(room));
            await SendAsync(room, "weekly", mail);
            room.News.Clock.Advance(TimeSpan.FromDays(4));
            Assert.Equal(ReturnOutcome.Done, await TakeAsync(room, Bounce(server.Ledger.Messages[mail], "4.2.2")));
            await room.SettleAsync();
        }

        Assert.Equal([(await room.NumberAsync(), Ines, "subscriber.bounced  soft")], Bounced(room));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Who_leaves_by_mail_and_who_calls_a_mail_unwanted_are_told_apart(DatabaseProvider provider)
    {
        await using var server = ScriptedSmtpServer.Start();
        await using var room = await OpenAsync(provider, server, [Ines, "omar@atelier.example.net"]);
        await SendAsync(room, "weekly", 0);
        var (toInes, toOmar) = (server.Ledger.Messages.Single(message => message.To is Ines), server.Ledger.Messages.Single(message => message.To is not Ines));
        var leave = MimeKit.MimeMessage.Load(new MemoryStream(toOmar.Bytes.ToArray())).Headers["List-Unsubscribe"]!.Split("mailto:")[1].Split('?')[0];

        Assert.Equal(ReturnOutcome.Done, await TakeAsync(room, Complaint(toInes)));
        Assert.Equal(ReturnOutcome.Done, await TakeAsync(room, $"From: omar@atelier.example.net\nTo: {leave}\nSubject: unsubscribe\nMessage-ID: <1@x.example>\n\n"));
        await room.SettleAsync();

        Assert.Equal(["subscription.left weekly complaint", "subscription.left weekly mail"], room.Told().Skip(2).Select(one => one.Words).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal(["complained", "confirmed"], (await room.News.Get<Held>().ReadAsync(await room.NumberAsync(), default))!.Consent.Select(one => one.Kind).Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    private static IEnumerable<(long?, string?, string)> Bounced(WebhookRoom room) =>
        room.Told().Where(one => one.Type is "subscriber.bounced").Select(one => (one.Subscriber, one.Email, one.Words)).OrderBy(one => one.Email, StringComparer.Ordinal);

    private static async Task<WebhookRoom> OpenAsync(DatabaseProvider provider, ScriptedSmtpServer server, IReadOnlyList<string> people)
    {
        var room = await WebhookRoom.OpenAsync(provider, 1, [.. Newsroom.Live(server.Port), ("Mail:BounceAddress", "bounces@atelier.example.net")]);
        foreach (var email in people)
        {
            await room.News.AddAsync(email);
        }

        return room;
    }

    private static async Task SendAsync(WebhookRoom room, string cadence, int number)
    {
        await room.News.PublishAsync(FormattableString.Invariant($"{cadence} {number}"), 1 + number);
        await room.News.MakeAsync(cadence, number * 96);
        await room.News.Loop.TickAsync(default);
    }

    private static async Task<ReturnOutcome> TakeAsync(WebhookRoom room, string mail) =>
        (await room.News.Get<Returns>().TakeAsync(new MemoryStream(Encoding.UTF8.GetBytes(mail.ReplaceLineEndings("\r\n"))), default)).Outcome;

    private static string Bounce(AcceptedMessage mail, string status) => $"""
        From: MAILER-DAEMON@mx.example.net
        To: {mail.From}
        Message-ID: <{status}.{mail.MessageId}>
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="line"

        --line
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example.net

        Final-Recipient: rfc822; {mail.To}
        Action: failed
        Status: {status}
        Diagnostic-Code: smtp; {status[0]}50 {status} that is so

        --line--
        """;

    private static string Complaint(AcceptedMessage mail) => $"""
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
        Original-Mail-From: <{mail.From}>

        --line--
        """;
}

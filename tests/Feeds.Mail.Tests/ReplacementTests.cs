using System.Data.Common;
using System.Text;
using Feeds.Storage;
using Feeds.Testing.Smtp;

namespace Feeds.Mail.Tests;

/// <summary>Contents that are replaced or withdrawn while they are being sent. The judge is the server's own ledger.</summary>
public sealed class ReplacementTests
{
    private static readonly TimeSpan PastBackOff = TimeSpan.FromMinutes(16);
    private static readonly string[] Words = ["zwei", "drei"];
    private static readonly MailContent Second = Content("zwei");
    private static readonly MailContent Third = Content("drei");

    [DatabaseTheory, EachDatabase]
    public async Task What_is_replaced_while_a_mailing_is_sent_goes_out_new_to_the_rest_and_to_nobody_twice(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var pause = new PausedAnswer();
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { BeforeAnswer = address => address is "reader2@example.org" ? pause.HoldAsync() : Task.CompletedTask });
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port, ("Mail:Smtp:Connections", "1"));
        var content = Assert.Single(await room.AddAsync(Mailings.Edition("weekly", 6)));

        var sending = Task.Run(() => room.Loop.TickAsync(default));
        await pause.Reached;
        var second = await room.ReplaceAsync(content, Second);
        await room.ReplaceAsync(second, Third);
        Assert.Equal(new DeliveryCounts(4, 1, 1, 0, 0, 0, 0), await room.CountAsync("weekly"));
        pause.Release();
        await sending;

        Assert.Equal(["eins", "eins", "drei", "drei", "drei", "drei"], Said(server), StringComparer.Ordinal);
        Assert.Equal(new DeliveryCounts(0, 0, 6, 0, 0, 0, 0), await room.CountAsync("weekly"));
        Assert.Equal(Enumerable.Range(1, 6).Select(number => $"weekly.{number}@example.org"), server.Ledger.Messages.Select(message => message.MessageId), StringComparer.Ordinal);
        // The ledger says what each of them got.
        Assert.Equal([content, content, .. Enumerable.Repeat(second + 1, 4)], (await room.DeliveriesAsync()).Select(delivery => delivery.ContentId));
        await room.AssertLedgersAgreeAsync(server, "weekly", 6);
    }

    [DatabaseTheory, EachDatabase]
    public async Task What_was_deferred_or_in_doubt_gets_the_new_text_when_it_is_tried_again(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var pause = new PausedAnswer();
        var defer = SmtpScript.Once<string>(address => address is "reader1@example.org" ? "450 4.2.0 later" : null);
        var drop = SmtpScript.Once<SmtpFault?>(address => address is "reader2@example.org" ? SmtpFault.DropAfterDotKeeping : null);
        await using var server = ScriptedSmtpServer.Start(new SmtpScript
        {
            Rcpt = defer,
            Fault = drop,
            BeforeAnswer = address => address is "reader2@example.org" ? pause.HoldAsync() : Task.CompletedTask,
        });
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:Smtp:Connections", "1"));
        var content = Assert.Single(await room.AddAsync(Mailings.Edition("weekly", 3)));

        var sending = Task.Run(() => room.Loop.TickAsync(default));
        await pause.Reached;
        await room.ReplaceAsync(content, Second);
        Assert.Equal(new DeliveryCounts(1, 1, 0, 1, 0, 0, 0), await room.CountAsync("weekly"));
        pause.Release();
        await sending;
        await room.TickLaterAsync(clock, PastBackOff);

        Assert.Equal(["reader2 eins", "reader2 zwei", "reader3 zwei", "reader1 zwei"], server.Ledger.Messages.Select(message => $"{message.To.Split('@')[0]} {Said(message)}"), StringComparer.Ordinal);
        Assert.Equal(new DeliveryCounts(0, 0, 3, 0, 0, 0, 0) { PossiblyTwice = 1 }, await room.CountAsync("weekly"));
        await room.AssertLedgersAgreeAsync(server, "weekly", 3);
    }

    [DatabaseTheory, EachDatabase, Fault("Retraction after freeze")]
    public async Task What_is_withdrawn_while_it_is_sent_reaches_nobody_else_and_is_counted(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var pause = new PausedAnswer();
        var defer = SmtpScript.Once<string>(address => address is "reader1@example.org" ? "450 4.2.0 later" : null);
        await using var server = ScriptedSmtpServer.Start(new SmtpScript
        {
            Rcpt = defer,
            Fault = address => address is "reader3@example.org" ? SmtpFault.DropAfterDotKeeping : null,
            BeforeAnswer = address => address is "reader3@example.org" ? pause.HoldAsync() : Task.CompletedTask,
        });
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:Smtp:Connections", "1"));
        var edition = Mailings.Edition("weekly", 7);
        var recipients = edition.Parts[0].Recipients;
        var contents = await room.AddAsync(edition with { Parts = [new MailingPart(Mailings.Content, [.. recipients.Take(6)]), new MailingPart(Third, [recipients[6]])] });
        Assert.Equal(1, await room.SuppressAsync("6"));

        var sending = Task.Run(() => room.Loop.TickAsync(default));
        await pause.Reached;
        var second = await room.ReplaceAsync(contents[0], Second);
        Assert.Equal(3, await room.WithdrawAsync(second));
        Assert.Equal(new DeliveryCounts(1, 1, 1, 0, 0, 4, 0) { Withdrawn = 3 }, await room.CountAsync("weekly"));
        pause.Release();
        await sending;
        await room.TickLaterAsync(clock, PastBackOff);
        await room.TickLaterAsync(clock, PastBackOff);

        // The third was in flight and nobody knows what became of it; it is named and not tried again.
        Assert.Equal(new DeliveryCounts(0, 0, 2, 0, 0, 5, 0) { Withdrawn = 4, PossiblyTwice = 1 }, await room.CountAsync("weekly"));
        Assert.Equal(["eins", "eins", "drei"], Said(server), StringComparer.Ordinal);
        await room.AssertOverAsync(server, "weekly", 7);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Two_processes_that_send_one_mailing_both_go_on_with_the_new_text(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        PausedAnswer[] pauses = [new(), new()];
        var taken = -1;
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { BeforeAnswer = _ => Interlocked.Increment(ref taken) is < 2 and var number ? pauses[number].HoldAsync() : Task.CompletedTask });
        var clock = MailRoom.Clock();
        await using var one = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:Smtp:Connections", "1"));
        await using var other = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:Smtp:Connections", "1"));
        var content = Assert.Single(await one.AddAsync(Mailings.Edition("weekly", 20)));

        Task[] sending = [Task.Run(() => one.Loop.TickAsync(default)), Task.Run(() => other.Loop.TickAsync(default))];
        await Task.WhenAll(pauses.Select(pause => pause.Reached));
        await other.ReplaceAsync(content, Second);
        Array.ForEach(pauses, pause => pause.Release());
        await Task.WhenAll(sending);

        Assert.Equal((2, 18), (Said(server).Count(word => word is "eins"), Said(server).Count(word => word is "zwei")));
        Assert.Equal(20, server.Ledger.Recipients.Distinct(StringComparer.Ordinal).Count());
        await one.AssertLedgersAgreeAsync(server, "weekly", 20);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_content_has_one_successor_and_a_change_that_fails_leaves_the_old_one_whole(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start();
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port);
        var content = Assert.Single(await room.AddAsync(Mailings.Edition("weekly", 2)));

        await Assert.ThrowsAsync<InvalidOperationException>(() => room.Database.WriteAsync(
            async connection =>
            {
                await Outbox.ReplaceAsync(connection, content, Second, default);
                throw new InvalidOperationException("the process ends here");
            },
            default));
        var foreign = Content($"drei {MailContent.Placeholder("confirm")}");
        Assert.Contains("confirm", (await Assert.ThrowsAsync<ArgumentException>(() => room.ReplaceAsync(content, foreign))).Message, StringComparison.Ordinal);
        await room.Loop.TickAsync(default);
        Assert.Equal(["eins", "eins"], Said(server), StringComparer.Ordinal);

        await room.ReplaceAsync(content, Second);
        Assert.True(Database.IsDuplicateKey(await Assert.ThrowsAnyAsync<DbException>(() => room.ReplaceAsync(content, Third))));
        Assert.True(Database.IsDuplicateKey(await Assert.ThrowsAnyAsync<DbException>(() => room.WithdrawAsync(content))));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Who_added_the_mailing_is_asked_before_each_claim_and_while_that_fails_nothing_is_sent(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var review = new Review();
        await using var server = ScriptedSmtpServer.Start(new SmtpScript
        {
            BeforeAnswer = address =>
            {
                review.Fails = address is "reader2@example.org";
                return Task.CompletedTask;
            },
        });
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port, review, ("Mail:Smtp:Connections", "1"));
        await room.AddAsync(Mailings.Edition("weekly", 3));

        await Assert.ThrowsAsync<InvalidOperationException>(() => room.Loop.TickAsync(default));
        await Assert.ThrowsAsync<InvalidOperationException>(() => room.Loop.TickAsync(default));
        // What was sent by then is written down all the same.
        Assert.Equal(new DeliveryCounts(1, 0, 2, 0, 0, 0, 0), await room.CountAsync("weekly"));
        review.Fails = false;
        await room.Loop.TickAsync(default);

        Assert.Equal(new DeliveryCounts(0, 0, 3, 0, 0, 0, 0), await room.CountAsync("weekly"));
        await room.AssertLedgersAgreeAsync(server, "weekly", 3);
    }

    private static MailContent Content(string word) =>
        new($"Objet {word}", $"<p>mot: {word}</p><a href=\"{MailContent.Placeholder("unsubscribe")}\">x</a>", $"mot: {word}\n");

    private static IEnumerable<string> Said(ScriptedSmtpServer server) => server.Ledger.Messages.Select(Said);

    /// <summary>The word of the message, in subject, text and HTML alike; the first content has none.</summary>
    private static string Said(AcceptedMessage message)
    {
        var mail = Encoding.Latin1.GetString(message.Bytes.Span);
        var words = Words.Where(word => mail.Contains(word, StringComparison.Ordinal)).ToList();
        Assert.True(words.Count == 0 || mail.Split($"mot: {words[0]}").Length == 3, mail);
        return words.Count == 0 ? "eins" : Assert.Single(words);
    }

    /// <summary>A room that adds mailings, in trouble at times.</summary>
    private sealed class Review : IMailingReview
    {
        public bool Fails { get; set; }

        public Task ReviewAsync(CancellationToken cancellationToken) => Fails ? throw new InvalidOperationException("it can't tell") : Task.CompletedTask;
    }
}

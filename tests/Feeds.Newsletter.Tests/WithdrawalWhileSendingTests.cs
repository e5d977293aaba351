using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter.Content;
using Feeds.Newsletter.Making;
using Feeds.Newsletter.Tests.EmailRules;
using Feeds.Storage;
using Feeds.Testing.Smtp;
using LinqToDB.Data;
using MimeKit;

namespace Feeds.Newsletter.Tests;

/// <summary>Articles that go while an edition goes out, over a real SMTP conversation. The judge is the server's ledger.</summary>
public sealed class WithdrawalWhileSendingTests
{
    private static readonly TimeSpan PastBackOff = TimeSpan.FromMinutes(16);

    [DatabaseTheory, EachDatabase, Fault("Retraction after freeze")]
    public async Task The_rest_of_an_edition_goes_without_an_article_that_is_withdrawn_meanwhile(DatabaseProvider provider)
    {
        var pause = new PausedAnswer();
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { BeforeAnswer = address => address is "l3@atelier.example.net" ? pause.HoldAsync() : Task.CompletedTask });
        await using var room = await OpenAsync(provider, server, readers: 7, "Un", "Deux", "Trois");
        var frozen = await room.MakeAsync("weekly", 0);
        var planned = (await room.MailsAsync()).Select(mail => mail.MessageId).ToList();

        var sending = Task.Run(() => room.Loop.TickAsync(default));
        await pause.Reached;
        await room.SetStatusAsync(3, "removed");
        Assert.Equal(new DeliveryCounts(4, 1, 2, 0, 0, 0, 0), await CountAsync(room, frozen));
        pause.Release();
        await sending;

        Assert.Equal(
            [.. Enumerable.Repeat("Trois et 2\u00A0autres: Trois Deux Un", 3), .. Enumerable.Repeat("Deux et 1\u00A0autre: Deux Un", 4)], Told(server), StringComparer.Ordinal);
        Assert.Equal(planned, server.Ledger.Messages.Select(message => message.MessageId), StringComparer.Ordinal);
        Assert.Equal(new DeliveryCounts(0, 0, 7, 0, 0, 0, 0), await CountAsync(room, frozen));
        // The new text is a whole one: subject, preheader, HTML, text and personal links pass what every mail must.
        var last = server.Ledger.Messages[^1];
        Assert.DoesNotContain("Trois", Mail(last).HtmlBody, StringComparison.Ordinal);
        var leave = Mail(last).Headers["List-Unsubscribe"]!.Trim('<', '>');
        Assert.Empty(EmailLinter.Check(last.Bytes.ToArray(), new Expectation { OwnLinks = [Newsroom.Base, leave, Newsroom.Base + "preferences/B", Newsroom.Base + "editions/Bw"] }));
        Assert.NotNull(await room.Subscribers.FindUnsubscribeAsync(Newsroom.TokenIn(leave), default));
    }

    [DatabaseTheory, EachDatabase, Fault("Retraction after freeze")]
    public async Task Who_wanted_only_what_was_withdrawn_gets_no_mail_and_is_counted_as_withdrawn(DatabaseProvider provider)
    {
        await using var server = ScriptedSmtpServer.Start();
        await using var room = await OpenAsync(provider, server, readers: 0);
        await room.PublishAsync("Un", 1, "Prix");
        await room.PublishAsync("Deux", 2, "Livraison");
        foreach (var (person, categories) in new[] { ("prix", (string[])["prix"]), ("prix2", ["prix"]), ("livraison", ["livraison"]), ("tout", []) })
        {
            await room.AddAsync($"{person}@atelier.example.net", "weekly", categories);
        }

        var frozen = await room.MakeAsync("weekly", 0);
        await room.SetStatusAsync(1, "removed");
        await room.Loop.TickAsync(default);

        Assert.Equal(["livraison: Deux", "tout: Deux"], Told(server, byReader: true), StringComparer.Ordinal);
        var listed = Assert.Single(await room.Editions.ListAsync(10, default));
        Assert.Equal((EditionState.Done, frozen.Edition.Slot), (listed.State, listed.Slot));
        Assert.Equal(new DeliveryCounts(0, 0, 2, 0, 0, 2, 0) { Withdrawn = 2 }, listed.Counts);
    }

    [DatabaseTheory, EachDatabase]
    public async Task What_waits_for_its_next_attempt_goes_without_it_too_and_is_known_to_be_withdrawn_at_once(DatabaseProvider provider)
    {
        var busy = true;
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { Rcpt = address => busy || address is "l2@atelier.example.net" ? "450 4.2.0 later" : null });
        await using var room = await OpenAsync(provider, server, readers: 2, "Un", "Deux");
        var frozen = await room.MakeAsync("weekly", 0);
        await room.Loop.TickAsync(default);
        Assert.Equal(2, (await CountAsync(room, frozen)).Deferred);

        await room.SetStatusAsync(2, "removed");
        busy = false;
        room.Clock.Advance(PastBackOff);
        await room.Loop.TickAsync(default);
        Assert.Equal(["Un: Un"], Told(server), StringComparer.Ordinal);

        // Nothing is due now, and nothing has to be.
        await room.SetStatusAsync(1, "removed");
        await room.Loop.TickAsync(default);
        Assert.Equal(new DeliveryCounts(0, 0, 1, 0, 0, 1, 0) { Withdrawn = 1 }, await CountAsync(room, frozen));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_withdrawal_between_cut_and_freeze_begins_the_edition_anew_and_an_edit_does_not(DatabaseProvider provider)
    {
        await using var server = ScriptedSmtpServer.Start();
        await using var room = await OpenAsync(provider, server, readers: 1, "Un", "Deux");
        var (cut, cohorts) = await CutAsync(room);
        var freezer = room.Get<EditionFreezer>();

        await room.SetStatusAsync(2, "removed");
        Assert.Null(await freezer.FreezeAsync(cut, cohorts, Invited(0), default));
        Assert.Empty(await room.MailsAsync());
        Assert.Equal(1, (await room.MakeAsync("weekly", 0)).Edition.Articles);

        await room.PublishAsync("Trois", 3);
        await room.PublishAsync("Quatre", 4);
        (cut, cohorts) = await CutAsync(room);
        await room.SetTitleAsync(3, "Trois bis");
        Assert.NotNull(await freezer.FreezeAsync(cut, cohorts, Invited(1), default));
        await room.Loop.TickAsync(default);
        Assert.Equal(["Un: Un", "Quatre et 1\u00A0autre: Quatre Trois"], Told(server), StringComparer.Ordinal);
    }

    [DatabaseTheory, EachDatabase]
    public async Task An_article_that_is_edited_after_the_freeze_stays_as_it_was_also_where_another_is_taken_out(DatabaseProvider provider)
    {
        await using var server = ScriptedSmtpServer.Start();
        await using var room = await OpenAsync(provider, server, readers: 3, "Un", "Deux");
        await room.MakeAsync("weekly", 0);
        server.Script.BeforeAnswer = async address =>
        {
            if (address is "l1@atelier.example.net")
            {
                await room.SetTitleAsync(1, "Un bis");
            }
            else if (address is "l2@atelier.example.net")
            {
                await room.SetStatusAsync(2, "removed");
            }
        };

        await room.Loop.TickAsync(default);

        Assert.Equal(["Deux et 1\u00A0autre: Deux Un", "Deux et 1\u00A0autre: Deux Un", "Un: Un"], Told(server), StringComparer.Ordinal);
    }

    [DatabaseTheory, EachDatabase]
    public async Task An_article_that_is_put_back_stays_out_of_the_edition_it_was_taken_out_of(DatabaseProvider provider)
    {
        await using var server = ScriptedSmtpServer.Start();
        await using var room = await OpenAsync(provider, server, readers: 4, "Un", "Deux");
        var frozen = await room.MakeAsync("weekly", 0);
        server.Script.BeforeAnswer = address => address switch
        {
            "l1@atelier.example.net" => room.SetStatusAsync(2, "removed"),
            "l2@atelier.example.net" => room.SetStatusAsync(2, "published"),
            "l3@atelier.example.net" => room.SetStatusAsync(1, "draft"),
            _ => Task.CompletedTask,
        };

        await room.Loop.TickAsync(default);

        Assert.Equal(["Deux et 1\u00A0autre: Deux Un", "Un: Un", "Un: Un"], Told(server), StringComparer.Ordinal);
        Assert.Equal(new DeliveryCounts(0, 0, 3, 0, 0, 1, 0) { Withdrawn = 1 }, await CountAsync(room, frozen));
        Assert.Equal(EditionState.Skipped, (await room.MakeAsync("weekly", 1)).Edition.State);
    }

    [DatabaseTheory, EachDatabase]
    public async Task An_article_that_there_was_no_room_for_takes_the_place_of_a_withdrawn_one(DatabaseProvider provider)
    {
        await using var server = ScriptedSmtpServer.Start();
        await using var room = await OpenAsync(provider, server, ("Newsletter:Cadences:0:MaximumArticles", "2"), readers: 4, "Un", "Deux", "Trois", "Quatre");
        await room.MakeAsync("weekly", 0);
        server.Script.BeforeAnswer = async address =>
        {
            switch (address)
            {
                case "l1@atelier.example.net":
                    await room.SetStatusAsync(4, "removed");
                    break;
                case "l2@atelier.example.net":
                    // Shown by now, so it stays as it is.
                    await room.SetTitleAsync(2, "Deux bis");
                    break;
                case "l3@atelier.example.net":
                    await room.SetStatusAsync(3, "removed");
                    break;
            }
        };

        await room.Loop.TickAsync(default);

        Assert.Equal(
            ["Quatre et 3\u00A0autres: Quatre Trois", "Trois et 2\u00A0autres: Trois Deux", "Trois et 2\u00A0autres: Trois Deux", "Deux et 1\u00A0autre: Deux Un"],
            Told(server), StringComparer.Ordinal);
    }

    [DatabaseTheory, EachDatabase, Fault("Retraction after freeze")]
    public async Task Two_processes_that_send_an_edition_both_go_on_without_the_article_and_revise_it_once(DatabaseProvider provider)
    {
        PausedAnswer[] pauses = [new(), new()];
        var taken = -1;
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { BeforeAnswer = _ => Interlocked.Increment(ref taken) is < 2 and var number ? pauses[number].HoldAsync() : Task.CompletedTask });
        await using var room = await OpenAsync(provider, server, readers: 14, "Un", "Deux");
        await using var other = room.OpenBeside();
        var frozen = await room.MakeAsync("weekly", 0);

        Task[] sending = [Task.Run(() => room.Loop.TickAsync(default)), Task.Run(() => other.Loop.TickAsync(default))];
        await Task.WhenAll(pauses.Select(pause => pause.Reached));
        await room.SetStatusAsync(2, "removed");
        Array.ForEach(pauses, pause => pause.Release());
        await Task.WhenAll(sending);

        Assert.Equal((2, 12), (Told(server).Count(told => told.EndsWith(": Deux Un", StringComparison.Ordinal)), Told(server).Count(told => told is "Un: Un")));
        Assert.Equal(14, server.Ledger.Recipients.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(new DeliveryCounts(0, 0, 14, 0, 0, 0, 0), await CountAsync(room, frozen));
        Assert.Equal(2, await RowsAsync(room, "mail_content"));
    }

    [DatabaseTheory, EachDatabase, Fault("Retraction after freeze")]
    public async Task A_process_that_ends_between_rendering_and_writing_leaves_the_rest_to_another_and_sends_nothing_old(DatabaseProvider provider)
    {
        var pause = new PausedAnswer();
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { BeforeAnswer = address => address is "l2@atelier.example.net" ? pause.HoldAsync() : Task.CompletedTask });
        await using var room = await OpenAsync(provider, server, readers: 5, "Un", "Deux");
        var frozen = await room.MakeAsync("weekly", 0);
        var sending = Task.Run(() => room.Loop.TickAsync(default));
        await pause.Reached;
        await room.SetStatusAsync(2, "removed");
        var rendered = room.Templates.Renderings;
        await room.Get<Database>().WriteAsync(connection => connection.ExecuteAsync("ALTER TABLE superseded_content RENAME TO away"), default);
        pause.Release();

        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => sending);
        Assert.True(room.Templates.Renderings > rendered, "it should have come as far as rendering");
        Assert.Equal((2, 1), (server.Ledger.Messages.Count, (int)await RowsAsync(room, "mail_content")));

        await room.Get<Database>().WriteAsync(connection => connection.ExecuteAsync("ALTER TABLE away RENAME TO superseded_content"), default);
        await using var heir = room.OpenBeside();
        await heir.Loop.TickAsync(default);
        // What the first one sent last, it alone can still write down.
        Assert.Equal(new DeliveryCounts(0, 1, 4, 0, 0, 0, 0), await CountAsync(room, frozen));
        await room.Loop.TickAsync(default);

        Assert.Equal(["l1: Deux Un", "l2: Deux Un", "l3: Un", "l4: Un", "l5: Un"], Told(server, byReader: true), StringComparer.Ordinal);
        Assert.Equal(new DeliveryCounts(0, 0, 5, 0, 0, 0, 0), await CountAsync(room, frozen));
    }

    [DatabaseTheory, EachDatabase]
    public async Task What_is_kept_of_an_edition_for_withdrawals_goes_when_nothing_of_it_may_be_sent_again(DatabaseProvider provider)
    {
        await using var server = ScriptedSmtpServer.Start();
        await using var room = await OpenAsync(provider, server, readers: 2, "Un", "Deux");
        await room.MakeAsync("weekly", 0);
        await room.Loop.TickAsync(default);
        Assert.Equal((1, 2), (await RowsAsync(room, "open_edition"), await RowsAsync(room, "open_article")));
        room.Clock.Advance(MailingControl.RetryWithin + TimeSpan.FromMinutes(1));

        await room.SetStatusAsync(2, "removed");
        await room.Loop.TickAsync(default);

        Assert.Equal((0, 0), (await RowsAsync(room, "open_edition"), await RowsAsync(room, "open_article")));
        Assert.Equal(2, server.Ledger.Messages.Count);
    }

    private static Task<Newsroom> OpenAsync(DatabaseProvider provider, ScriptedSmtpServer server, int readers, params string[] titles) =>
        OpenAsync(provider, server, ("Newsletter:Cadences:0:MaximumArticles", "10"), readers, titles);

    private static async Task<Newsroom> OpenAsync(DatabaseProvider provider, ScriptedSmtpServer server, (string Key, string Value) setting, int readers, params string[] titles)
    {
        var room = await Newsroom.OpenAsync(provider, [.. Newsroom.Live(server.Port), setting]);
        foreach (var (place, title) in titles.Index())
        {
            await room.PublishAsync(title, place + 1);
        }

        for (var reader = 1; reader <= readers; reader++)
        {
            await room.AddAsync($"l{reader}@atelier.example.net");
        }

        return room;
    }

    private static async Task<(Cut Cut, Cohorts Cohorts)> CutAsync(Newsroom room)
    {
        var cadence = (await room.Cadences.FindRowAsync("weekly", default))!;
        var store = room.Get<ArticleStore>();
        var state = await store.StateAsync(default);
        var articles = await store.PublishedAsync(cadence.LastSequence, state.Sequence, default);
        var cut = new Cut(cadence.ToCadence(), cadence.LastSequence, state.Sequence, cadence.LastSequence, state.ChangedIn, [.. articles.Select(ArticleBrief.Of)]);
        var groups = await room.Get<Database>().ReadAsync(connection => Audience.GroupsAsync(connection, Invited(0), default));
        return (cut, await Cohorts.RenderAsync(room.Get<MailWriter>(), store, cut, Newsroom.Slot(0), groups, new byte[32], default));
    }

    private static Invited Invited(int hour) => new("weekly", "weekly", Newsroom.Slot(hour), null);

    private static async Task<DeliveryCounts> CountAsync(Newsroom room, EditionResult edition) =>
        (await room.Get<Outbox>().CountAsync([edition.MailingKey!], default))[edition.MailingKey!];

    private static Task<long> RowsAsync(Newsroom room, string table) =>
        room.Get<Database>().ReadAsync(connection => connection.ExecuteAsync<long>($"SELECT COUNT(*) FROM {table}"));

    /// <summary>Subject or reader of each mail that the server has, and the articles in it.</summary>
    private static IEnumerable<string> Told(ScriptedSmtpServer server, bool byReader = false)
    {
        var told = server.Ledger.Messages.Select(message => $"{(byReader ? message.To.Split('@')[0] : Mail(message).Subject)}: {string.Join(' ', SentMail.TitlesIn(Mail(message).TextBody!.ReplaceLineEndings("\n")))}");
        return byReader ? told.Order(StringComparer.Ordinal) : told;
    }

    private static MimeMessage Mail(AcceptedMessage message) => MimeMessage.Load(new MemoryStream(message.Bytes.ToArray()));
}

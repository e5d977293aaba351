using System.Text;
using Feeds.Mail.Tests.Events;
using Feeds.Mail.Tests.Returns;
using Feeds.Storage;
using Feeds.Testing.Smtp;
using LinqToDB;
using LinqToDB.Async;

namespace Feeds.Mail.Tests.Suppression;

/// <summary>What becomes of a recipient who is to be forgotten.</summary>
public sealed class ErasureTests
{
    [DatabaseTheory, EachDatabase, Fault("Unsubscribe, bounce, erasure mid-send")]
    public async Task Who_is_erased_amid_an_edition_gets_no_more_of_it_and_what_is_in_flight_finishes_without_writing_them_down_again(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var answer = new PausedAnswer();
        await using var server = ScriptedSmtpServer.Start(new SmtpScript
        {
            Rcpt = address => address is "reader1@example.org" ? "450 4.2.0 <reader1@example.org> come later" : null,
            Taken = address => address is "reader2@example.org" ? "550 5.1.1 <reader2@example.org> is nobody" : null,
            BeforeAnswer = address => address is "reader2@example.org" ? answer.HoldAsync() : Task.CompletedTask,
        });
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:Smtp:Connections", "1"));
        await room.AddAsync(Mailings.Edition("weekly", 4));
        var sending = Task.Run(() => room.Loop.TickAsync(default));
        await answer.Reached;

        // The first waits for its next attempt, the second is in flight, the third is still to come.
        for (var number = 1; number <= 3; number++)
        {
            await EraseAsync(room, $"{number}", $"reader{number}@example.org");
        }

        answer.Release();
        await sending;
        await room.TickLaterAsync(clock, TimeSpan.FromDays(1));

        Assert.Equal(new DeliveryCounts(0, 0, 1, 0, 1, 2, 0), await room.CountAsync("weekly"));
        // The server read the second's message before it refused it.
        Assert.Equal(["reader2@example.org", "reader4@example.org"], server.Ledger.Recipients, StringComparer.Ordinal);
        Assert.Single(server.Commands, command => command.StartsWith("RCPT TO:<reader1@", StringComparison.Ordinal));
        Assert.DoesNotContain(await StoredText.ReadAsync(room.Database), row => row.Contains("reader1@", StringComparison.Ordinal) || row.Contains("reader2@", StringComparison.Ordinal) || row.Contains("reader3@", StringComparison.Ordinal));
        var deliveries = await room.DeliveriesAsync();
        Assert.All(deliveries.Take(3), delivery => Assert.True(Pseudonyms.Is(delivery.Address) && delivery.Personal is null && delivery.UnsubscribeUrl is null));
        Assert.NotNull(deliveries[3].Personal);
        Assert.Equal(
            [SuppressionCause.Erased, SuppressionCause.HardBounce, SuppressionCause.Erased],
            (await room.Get<SuppressionList>().FindAsync(new SuppressionSearch(), 10, default)).Select(one => one.Cause));
    }

    [DatabaseTheory, EachDatabase]
    public async Task No_newsletter_goes_to_who_was_erased_but_the_mail_they_ask_for_does_and_all_of_them_once_they_are_back(DatabaseProvider provider)
    {
        await using var room = await ReturnRoom.OpenAsync(provider);
        await room.SendAsync("weekly", 2);
        await EraseAsync(room.Mail, "1", "reader1@example.org");

        await room.Mail.AddAsync(Mailings.Edition("second", [Mailings.Recipient("second", 8, "Reader1@example.org"), Mailings.Recipient("second", 2)]));
        await room.Mail.AddAsync(Confirmation("confirm", "READER1@example.org"));
        await room.Mail.Loop.TickAsync(default);
        Assert.Equal(new DeliveryCounts(0, 0, 1, 0, 0, 1, 0), await room.Mail.CountAsync("second"));
        Assert.Equal(new DeliveryCounts(0, 0, 1, 0, 0, 0, 0), await room.Mail.CountAsync("confirm"));

        var key = await room.Mail.Get<RecipientRecords>().KeyAsync(default);
        await room.Mail.Database.WriteAsync(transaction => room.Mail.Get<RecipientRecords>().WelcomeBackAsync(transaction, key, "reader1@EXAMPLE.org", default), default);
        await room.Mail.AddAsync(Mailings.Edition("third", 2));
        await room.Mail.Loop.TickAsync(default);
        Assert.Equal(new DeliveryCounts(0, 0, 2, 0, 0, 0, 0), await room.Mail.CountAsync("third"));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Who_complained_and_was_erased_is_not_even_asked_to_confirm_until_an_operator_lifts_it(DatabaseProvider provider)
    {
        await using var room = await ReturnRoom.OpenAsync(provider);
        var sent = await room.SendAsync("weekly", 2);
        await room.TakeAsync(room.Sample("Complaint", ReturnPurpose.Bounce, sent["reader1@example.org"]));
        await EraseAsync(room.Mail, "1", "reader1@example.org");
        var key = await room.Mail.Get<RecipientRecords>().KeyAsync(default);
        await room.Mail.Database.WriteAsync(transaction => room.Mail.Get<RecipientRecords>().WelcomeBackAsync(transaction, key, "reader1@example.org", default), default);

        await room.Mail.AddAsync(Confirmation("confirm", "reader1@example.org"));
        Assert.Equal(new DeliveryCounts(0, 0, 0, 0, 0, 1, 0), await room.Mail.CountAsync("confirm"));
        Assert.DoesNotContain(await StoredText.ReadAsync(room.Mail.Database), row => row.Contains("reader1@", StringComparison.Ordinal));
        var listed = Assert.Single(await room.List.FindAsync(new SuppressionSearch { Beginning = "Reader1@example.org" }, 10, default));
        Assert.Equal(SuppressionCause.Complaint, listed.Cause);

        Assert.True(await room.List.LiftAsync("reader1@example.org", default));
        await room.Mail.AddAsync(Confirmation("again", "reader1@example.org"));
        await room.Mail.Loop.TickAsync(default);
        Assert.Equal(new DeliveryCounts(0, 0, 1, 0, 0, 0, 0), await room.Mail.CountAsync("again"));
    }

    [DatabaseTheory, EachDatabase]
    public async Task What_comes_back_of_an_erased_person_s_mails_still_counts_by_token_and_by_message_id(DatabaseProvider provider)
    {
        await using var room = await EventRoom.OpenAsync(provider);
        var sent = await room.Room.SendAsync("weekly", 2);
        await EraseAsync(room.Room.Mail, "1", "reader1@example.org");
        await EraseAsync(room.Room.Mail, "2", "reader2@example.org");

        Assert.Equal(ReturnOutcome.Done, await room.Room.TakeBounceAsync(sent["reader1@example.org"], "5.1.1"));
        Assert.Equal(EventAnswer.Done, await room.MailgunAsync(EventRoom.MailgunFailure("weekly.2@example.org", "Reader2@example.org")));

        Assert.Equal([SuppressionCause.HardBounce, SuppressionCause.HardBounce], (await room.Room.ListedAsync()).Select(one => one.Cause));
        Assert.Equal(2, await room.Room.NotesAsync());
        Assert.DoesNotContain(await StoredText.ReadAsync(room.Room.Mail.Database), row => row.Contains("reader1@", StringComparison.Ordinal) || row.Contains("reader2@", StringComparison.Ordinal));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Who_was_erased_stays_so_where_the_list_is_exported_and_imported(DatabaseProvider provider)
    {
        await using var room = await ReturnRoom.OpenAsync(provider);
        await room.SendAsync("weekly", 2);
        await EraseAsync(room.Mail, "1", "reader1@example.org");
        var file = new StringWriter();
        await room.List.ExportAsync(file, default);
        await room.Mail.Database.WriteAsync(transaction => transaction.GetTable<SuppressionRow>().DeleteAsync(), default);
        Assert.Empty(await ErasedAsync(room.Mail, "reader1@example.org"));

        var report = await room.List.ImportAsync(new MemoryStream(Encoding.UTF8.GetBytes(file.ToString())), default);

        Assert.Equal((1, 0), (report.Listed, report.RefusedCount));
        Assert.Equal(["Reader1@example.org"], await ErasedAsync(room.Mail, "Reader1@example.org", "reader2@example.org"), StringComparer.Ordinal);
    }

    private static async Task EraseAsync(MailRoom room, string recipientKey, string address)
    {
        var records = room.Get<RecipientRecords>();
        var key = await records.KeyAsync(default);
        await room.Database.WriteAsync(transaction => records.EraseAsync(transaction, key, [recipientKey], address, lists: true, default), default);
    }

    private static async Task<IReadOnlyList<string>> ErasedAsync(MailRoom room, params string[] addresses)
    {
        var key = await room.Get<RecipientRecords>().KeyAsync(default);
        return await room.Database.ReadAsync(connection => RecipientRecords.ErasedAsync(connection, key, addresses, default));
    }

    private static Mailing Confirmation(string key, string address) => new(
        key,
        Mailings.Date,
        "fr",
        null,
        [new MailingPart(Mailings.Content, [Mailings.Recipient(key, 1, address)])]);
}

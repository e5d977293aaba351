using System.Globalization;
using System.Net.Security;
using Feeds.Mail.Tests.Returns;
using Feeds.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Feeds.Mail.Tests.Mailboxes;

/// <summary>Mailboxes of a real server, and real Maildirs.</summary>
public sealed class MailboxTests
{
    [SkippableTheory]
    [InlineData("imap")]
    [InlineData("pop3")]
    public async Task What_took_effect_leaves_the_mailbox_and_what_a_person_has_to_look_at_stays(string kind)
    {
        using var box = await RealMailbox.OpenAsync();
        await using var room = await ReturnRoom.OpenAsync(DatabaseProvider.Sqlite, box.Settings(kind));
        var sent = await room.SendAsync("weekly", 2);
        await box.AddAsync(
        [
            room.Bounce(sent["reader1@example.org"], "5.1.1"),
            room.Sample("Unreadable", ReturnPurpose.Bounce, 1),
            room.Sample("AutomaticReply", ReturnPurpose.Bounce, 1),
            room.Sample("Ordinary", ReturnPurpose.Bounce, 1),
            room.Bounce(sent["reader1@example.org"], "5.1.1"),
        ]);

        await using var mailbox = room.Mailbox();
        var reader = room.Reader(mailbox);
        Assert.False(await reader.TickAsync(default));

        Assert.Equal("reader1@example.org", Assert.Single(await room.ListedAsync()).Address);
        Assert.Equal(kind is "imap" ? (0, 2) : (2, 0), (await box.CountAsync(), await box.CountAsync("Feeds-aside")));
        Assert.Contains("1 took effect, 1 had done so before, from 1 nothing follows, 0 are of no delivery, 2 are kept", room.Mail.Log.Text, StringComparison.Ordinal);

        // What stayed is not read again and again, and what comes later is read.
        await box.AddAsync([room.Bounce(sent["reader2@example.org"], "5.1.1")]);
        Assert.Equal(1, await mailbox.ReadAsync((_, _) => Task.FromResult<ReturnOutcome?>(null), default));
        await reader.TickAsync(default);
        Assert.Equal(2, (await room.ListedAsync()).Count);
        Assert.Empty(room.Mail.Log.Warnings);
    }

    [SkippableFact]
    public async Task A_mail_that_comes_while_the_server_is_listened_to_is_told_of_at_once()
    {
        using var box = await RealMailbox.OpenAsync();
        await using var room = await ReturnRoom.OpenAsync(DatabaseProvider.Sqlite, box.Settings("imap"));
        var sent = await room.SendAsync("weekly", 1);
        await using var mailbox = room.Mailbox();
        var reader = room.Reader(mailbox);
        await reader.TickAsync(default);

        // The clock stands still: nothing but the server can end the waiting.
        var waiting = mailbox.WaitAsync(default);
        await box.AddAsync([room.Bounce(sent.Values.Single(), "5.1.1")]);
        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
        await reader.TickAsync(default);

        Assert.Single(await room.ListedAsync());
        Assert.Equal(0, await box.CountAsync());
    }

    [DatabaseTheory, EachDatabase, Fault("Duplicate DSN, forged DSN, IMAP drop mid-batch")]
    public async Task A_connection_that_breaks_amid_a_batch_loses_no_mail_and_none_takes_effect_twice(DatabaseProvider provider)
    {
        using var box = await RealMailbox.OpenAsync();
        await using var line = new BreakingLine(int.Parse(box.Settings("imap").Single(setting => setting.Key is "Mail:Returns:Port").Value!, CultureInfo.InvariantCulture));
        await using var room = await ReturnRoom.OpenAsync(provider, [.. box.Settings("imap"), ("Mail:Returns:Port", line.Port.ToString(CultureInfo.InvariantCulture))]);
        var sent = await room.SendAsync("weekly", 16);
        await box.AddAsync([.. sent.Values.Select(delivery => room.Bounce(delivery, "5.1.1"))]);
        await box.AddAsync([.. Enumerable.Range(0, 8).Select(_ => room.Sample("Ordinary", ReturnPurpose.Bounce, 1))]);
        await using var mailbox = room.Mailbox();
        var reader = room.Reader(mailbox);

        // The last is where the batch is done with, and has the mailbox rid of it.
        (string Command, int Number)[] places = [("UID FETCH", 3), ("UID STORE", 5), ("UID FETCH", 18), ("UID MOVE", 1), ("UID MOVE", 2), ("UID EXPUNGE", 1)];
        foreach (var (place, number) in places)
        {
            foreach (var heard in new[] { false, true })
            {
                var before = line.Broken;
                line.Break = (place, number, heard);
                Assert.False(await reader.TickAsync(default));
                Assert.True(line.Broken == before + 1, $"{place} {number} didn't come.");
            }
        }

        while (await reader.TickAsync(default))
        {
        }

        Assert.Equal(sent.Keys.Order(StringComparer.Ordinal), (await room.ListedAsync()).Select(one => one.Address).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal(sent.Count, await room.NotesAsync());
        Assert.Equal((0, 8), (await box.CountAsync(), await box.CountAsync("Feeds-aside")));
    }

    [DatabaseTheory, EachDatabase, Fault("Duplicate DSN, forged DSN, IMAP drop mid-batch")]
    public async Task A_folder_that_is_made_anew_under_its_name_loses_nothing(DatabaseProvider provider)
    {
        using var box = await RealMailbox.OpenAsync();
        await using var room = await ReturnRoom.OpenAsync(provider, [.. box.Settings("imap"), ("Mail:Returns:Folder", "Returned")]);
        var sent = await room.SendAsync("weekly", 3);
        await box.CreateAsync("Returned");
        await box.AddAsync([room.Bounce(sent["reader1@example.org"], "5.1.1"), room.Bounce(sent["reader2@example.org"], "4.2.2")], "Returned");
        await using var mailbox = room.Mailbox();
        var reader = room.Reader(mailbox);
        await reader.TickAsync(default);

        // Numbers begin at 1 again, with another UIDVALIDITY.
        await box.DeleteAsync("Returned");
        await box.CreateAsync("Returned");
        await box.AddAsync([room.Bounce(sent["reader3@example.org"], "5.1.1"), room.Sample("Ordinary", ReturnPurpose.Bounce, 1)], "Returned");
        await Eventually.TrueAsync(
            async () =>
            {
                await reader.TickAsync(default);
                return (await room.ListedAsync()).Count == 2;
            },
            () => room.Mail.Log.Text);

        Assert.Equal((0, 1), (await box.CountAsync("Returned"), await box.CountAsync("Feeds-aside")));
    }

    [SkippableTheory]
    [InlineData("imap", SmtpSecurity.Tls)]
    [InlineData("imap", SmtpSecurity.StartTls)]
    [InlineData("pop3", SmtpSecurity.Tls)]
    [InlineData("pop3", SmtpSecurity.StartTls)]
    public async Task A_certificate_that_nobody_trusts_gets_no_password(string kind, SmtpSecurity security)
    {
        using var box = await RealMailbox.OpenAsync();
        await using var room = await ReturnRoom.OpenAsync(DatabaseProvider.Sqlite, box.Settings(kind, security));
        var options = room.Mail.Get<IOptions<MailOptions>>().Value.Returns;
        await box.AddAsync([room.Bounce((await room.SendAsync("weekly", 1)).Values.Single(), "5.1.1")]);

        await using var distrusting = room.Mailbox();
        await room.Reader(distrusting).TickAsync(default);
        Assert.Contains("certificate", Assert.Single(room.Mail.Log.Warnings), StringComparison.Ordinal);
        Assert.Empty(await room.ListedAsync());

        RemoteCertificateValidationCallback trust = (_, certificate, _, _) => certificate?.Subject is "CN=localhost";
        await using IReturnsMailbox trusting = kind is "imap" ? new ImapMailbox(options, room.Clock) { Trust = trust } : new Pop3Mailbox(options, room.Clock) { Trust = trust };
        await room.Reader(trusting).TickAsync(default);
        Assert.Single(await room.ListedAsync());
    }

    [SkippableFact]
    public async Task The_worker_reads_what_has_come_and_goes_on_after_a_failure()
    {
        using var folder = new TestFolder();
        folder.Write("new/.keep", "");
        await using var room = await ReturnRoom.OpenAsync(DatabaseProvider.Sqlite, ("Mail:Returns:Kind", "maildir"), ("Mail:Returns:Path", folder.Path));
        File.Delete(folder["new/.keep"]);
        var sent = await room.SendAsync("weekly", 1);
        await File.WriteAllBytesAsync(folder["new/1.a.host"], room.Bounce(sent.Values.Single(), "5.1.1"));
        var worker = Assert.Single(room.Mail.Get<IEnumerable<IHostedService>>().OfType<ReturnsWorker>());

        // There is no cur yet: the effect is committed, and the mail stays until it can leave.
        await worker.StartAsync(default);
        await Eventually.TrueAsync(() => room.Mail.Log.Warnings.Count > 0, () => "It said that cur is lacking.");
        Assert.Single(await room.ListedAsync());
        Directory.CreateDirectory(folder["cur"]);
        await Eventually.TrueAsync(
            () =>
            {
                room.Clock.Advance(TimeSpan.FromSeconds(10));
                return File.Exists(folder["cur/1.a.host:2,S"]);
            },
            () => room.Mail.Log.Text);
        await worker.StopAsync(default);

        Assert.Contains("Mail:Returns:Path", Assert.Single(room.Mail.Log.Warnings), StringComparison.Ordinal);
        Assert.Equal(1, await room.NotesAsync());
    }

    [SkippableFact]
    public async Task A_mailbox_out_of_reach_is_named_with_its_mend_once()
    {
        using var box = await RealMailbox.OpenAsync();
        foreach (var (key, value, named) in new[] { ("Mail:Returns:Port", "1", "can't be reached"), ("Mail:Returns:Folder", "Nowhere", "Mail:Returns:Folder"), ("Mail:Returns:Security", "StartTls", "Mail:Returns:Security") })
        {
            await using var room = await ReturnRoom.OpenAsync(DatabaseProvider.Sqlite, [.. box.Settings("imap"), (key, value)]);
            await using var mailbox = room.Mailbox();
            var reader = room.Reader(mailbox);
            await reader.TickAsync(default);
            await reader.TickAsync(default);

            Assert.Contains(named, Assert.Single(room.Mail.Log.Warnings), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_Maildir_s_new_mails_go_to_cur_or_aside()
    {
        using var folder = new TestFolder();
        folder.Write("new/.keep", "");
        folder.Write("cur/.keep", "");
        await using var room = await ReturnRoom.OpenAsync(DatabaseProvider.Sqlite, ("Mail:Returns:Kind", "maildir"), ("Mail:Returns:Path", folder.Path));
        var sent = await room.SendAsync("weekly", 1);
        File.Delete(folder["new/.keep"]);
        await File.WriteAllBytesAsync(folder["new/1.a.host"], room.Bounce(sent.Values.Single(), "5.1.1"));
        await File.WriteAllBytesAsync(folder["new/2.a.host"], room.Sample("Ordinary", ReturnPurpose.Bounce, 1));
        folder.Write("new/3.a.host", "");

        await using var mailbox = room.Mailbox();
        await room.Reader(mailbox).TickAsync(default);

        Assert.Single(await room.ListedAsync());
        Assert.Empty(Directory.GetFiles(folder["new"]));
        Assert.True(File.Exists(folder["cur/1.a.host:2,S"]));
        Assert.Equal(["2.a.host", "3.a.host"], Directory.GetFiles(folder[".Feeds-aside/new"]).Select(Path.GetFileName).Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    public static TheoryData<string, Action<ReturnsOptions>> Mistakes => new()
    {
        { "Mail:BounceAddress", _ => { } },
        { "Mail:Returns:Kind", returns => returns.Kind = (ReturnsKind)9 },
        { "Mail:Returns:Host", returns => returns.Host = "imaps://imap.example.org" },
        { "Mail:Returns:Port", returns => returns.Port = 0 },
        { "Mail:Returns:Security", returns => returns.Security = SmtpSecurity.None },
        { "Mail:Returns:Security", returns => returns.Security = (SmtpSecurity)9 },
        { "Mail:Returns:Username", returns => returns.Username = "" },
        { "Mail:Returns:PasswordFile", returns => returns.PasswordFile = "/nowhere/password" },
        { "Mail:Returns:Folder", returns => returns.Folder = " " },
        { "Mail:Returns:Path", returns => (returns.Kind, returns.Path) = (ReturnsKind.Maildir, "/nowhere") },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_in_its_settings_is_refused_with_the_key_and_the_mend(string key, Action<ReturnsOptions> spoil)
    {
        using var folder = new TestFolder();
        var options = new MailOptions { BounceAddress = key is "Mail:BounceAddress" ? null : ReturnRoom.Bounces };
        (options.Returns.Kind, options.Returns.Host, options.Returns.Username, options.Returns.PasswordFile) = (ReturnsKind.Imap, "imap.example.org", "bounces", folder.Write("password", "hush"));
        spoil(options.Returns);

        var failure = Assert.Single(new ReturnsOptionsRules().Validate(null, options).Failures!);

        Assert.Contains(key, failure, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", failure, StringComparison.Ordinal);
    }
}

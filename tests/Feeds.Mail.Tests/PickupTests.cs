using Feeds.Storage;

namespace Feeds.Mail.Tests;

public sealed class PickupTests
{
    [DatabaseTheory, EachDatabase]
    public async Task An_edition_lies_in_the_folder_one_file_a_reader(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        using var folder = new TestFolder();
        await using var room = await MailRoom.OpenAsync(database, MailRoom.Clock(), ("Mail:PickupFolder", folder["mails"]));
        await room.AddAsync(Mailings.Edition("weekly", 25));

        await room.Loop.TickAsync(default);

        Assert.Equal(new DeliveryCounts(0, 0, 25, 0, 0, 0, 0), await room.CountAsync("weekly"));
        Assert.Equal(25, Directory.GetFiles(folder["mails"]).Length);
        var pickup = room.Get<PickupFolder>();
        var mails = await pickup.ListAsync(100, default);
        Assert.Equal(25, mails.Count);
        var mail = Assert.Single(mails, mail => string.Equals(mail.To, "reader7@example.org", StringComparison.Ordinal));
        Assert.Equal("L’été, « déjà »", mail.Subject);
        var content = await pickup.ReadAsync(mail.Name, default);
        Assert.Contains("leave?person=7&from=mail", content!.Text, StringComparison.Ordinal);
        Assert.Contains("leave?person=7&amp;from=mail", content.Html, StringComparison.Ordinal);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Writing_a_mail_again_overwrites_it_instead_of_doubling_it(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        using var folder = new TestFolder();
        await using var killed = await MailRoom.OpenAsync(database, MailRoom.Clock(), ("Mail:PickupFolder", folder["mails"]));
        await killed.AddAsync(Mailings.Edition("weekly", 3));
        // Killed after the file was written and before that was noted, with another one half written.
        await killed.Get<SenderLease>().EnsureAsync(default);
        var claim = await killed.Get<DeliveryLedger>().TurnAsync(null, ClaimScope.Everything);
        folder.Write($"mails/{PickupFile.NameFor(claim!.Recipient.MessageId)}", "old");
        folder.Write($"mails/{PickupFile.NameFor("weekly.2@example.org")}.part", "half");

        var clock = MailRoom.Clock();
        await using var heir = await MailRoom.OpenAsync(database, clock, ("Mail:PickupFolder", folder["mails"]));
        await heir.Loop.TickAsync(default);
        clock.Advance(SenderLease.Duration);
        await heir.Loop.TickAsync(default);

        Assert.Equal(new DeliveryCounts(0, 0, 3, 0, 0, 0, 0) { PossiblyTwice = 1 }, await heir.CountAsync("weekly"));
        Assert.Equal(3, Directory.GetFiles(folder["mails"]).Length);
        Assert.All(await heir.Get<PickupFolder>().ListAsync(10, default), mail => Assert.Equal("L’été, « déjà »", mail.Subject));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_costs_nobody_an_attempt_and_is_named()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        using var folder = new TestFolder();
        var taken = folder.Write("taken", "a file");
        var clock = MailRoom.Clock();
        await using var room = await MailRoom.OpenAsync(database, clock, ("Mail:PickupFolder", $"{taken}/mails"));
        await room.AddAsync(Mailings.Edition("weekly", 2));

        await room.Loop.TickAsync(default);

        Assert.Equal(2, (await room.CountAsync("weekly")).Pending);
        Assert.Contains("Mail:PickupFolder", Assert.Single(room.Log.Warnings), StringComparison.Ordinal);
        File.Delete(taken);
        clock.Advance(TimeSpan.FromSeconds(2));
        await room.Loop.TickAsync(default);
        Assert.Equal(2, (await room.CountAsync("weekly")).Accepted);
    }

    [Fact]
    public async Task Only_mails_of_the_folder_can_be_read()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        using var folder = new TestFolder();
        folder.Write("secret.eml", "Subject: secret\r\n\r\n");
        folder.Write("mails/note.txt", "Subject: note\r\n\r\n");
        folder.Write("mails/mail.eml", "Subject: mail\r\nTo: a@example.org\r\n\r\nHello");
        File.CreateSymbolicLink(folder["mails/link.eml"], folder["secret.eml"]);
        await using var room = await MailRoom.OpenAsync(database, MailRoom.Clock(), ("Mail:PickupFolder", folder["mails"]));
        var pickup = room.Get<PickupFolder>();

        Assert.Equal("mail", (await pickup.ReadAsync("mail.eml", default))!.Mail.Subject);
        Assert.Equal(["mail.eml"], (await pickup.ListAsync(10, default)).Select(mail => mail.Name), StringComparer.Ordinal);
        foreach (var name in new[] { "", ".", "..", "../secret.eml", "..\\secret.eml", folder["secret.eml"], "note.txt", "link.eml", "none.eml", "a\0.eml", new string('a', 5000) + ".eml" })
        {
            Assert.Null(await pickup.ReadAsync(name, default));
        }
    }

    [Fact]
    public async Task The_folder_and_its_mails_are_for_their_owner_only()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        using var folder = new TestFolder();
        await using var room = await MailRoom.OpenAsync(database, MailRoom.Clock(), ("Mail:PickupFolder", folder["mails"]));
        await room.AddAsync(Mailings.Edition("weekly", 1));
        await room.Loop.TickAsync(default);

        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        Assert.Equal(UnixFileMode.None, new DirectoryInfo(folder["mails"]).UnixFileMode & Others);
        Assert.Equal(UnixFileMode.None, new FileInfo(Assert.Single(Directory.GetFiles(folder["mails"]))).UnixFileMode & Others);
    }

    [Theory]
    [InlineData("weekly.1@example.org", "weekly.1@example.org.eml")]
    [InlineData("Weekly.1@example.org", null)]
    [InlineData("../../etc/passwd@x", null)]
    [InlineData(".hidden@x", null)]
    [InlineData("a*b@x", null)]
    public void A_file_name_is_safe_and_distinct_for_distinct_ids(string messageId, string? expected)
    {
        var name = PickupFile.NameFor(messageId);

        Assert.True(expected is null || string.Equals(expected, name, StringComparison.Ordinal));
        Assert.Matches(@"\A[a-z0-9_@-][a-z0-9._@-]*\.eml\z", name);
        Assert.NotEqual(name, PickupFile.NameFor(messageId.Replace('*', '?').Replace('/', '|').ToUpperInvariant()), StringComparer.Ordinal);
    }
}

using Feeds.Storage;

namespace Feeds.Mail.Tests;

public sealed class PickupTests
{
    [DatabaseTheory, EachDatabase]
    public async Task An_edition_lies_in_the_folder_one_file_a_reader(DatabaseProvider provider)
    {
        using var database = await TestDatabase.CreateAsync(provider);
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
}

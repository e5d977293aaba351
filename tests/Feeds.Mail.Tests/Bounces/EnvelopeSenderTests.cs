using Feeds.Storage;
using Feeds.Testing.Smtp;

namespace Feeds.Mail.Tests.Bounces;

public sealed class EnvelopeSenderTests
{
    [DatabaseTheory, EachDatabase]
    public async Task Each_delivery_is_sent_from_an_address_of_its_own_the_same_at_each_attempt_and_in_each_process(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var script = new SmtpScript { Dot = SmtpScript.Once<string>(_ => "451 4.3.0 try later") };
        await using var server = ScriptedSmtpServer.Start(script);
        var clock = MailRoom.Clock();
        await using (var first = await OpenAsync(database, clock, server))
        {
            await first.AddAsync(Mailings.Edition("weekly", 3));
            await first.Loop.TickAsync(default);
            Assert.Equal(3, (await first.CountAsync("weekly")).Deferred);
        }

        await using var room = await OpenAsync(database, clock, server);
        await room.TickLaterAsync(clock, TimeSpan.FromMinutes(16));

        var ours = new ReturnAddress("bounces@news.example.org", await room.Get<StoredValues>().KeyAsync(ReturnAddress.KeyName, 32, default));
        var deliveries = (await room.DeliveriesAsync()).ToDictionary(row => row.Address, row => row.Id, StringComparer.Ordinal);
        Assert.Equal(3, server.Ledger.Messages.Count);
        Assert.All(server.Ledger.Messages, message => Assert.Equal(deliveries[message.To], ours.Read(ReturnPurpose.Bounce, message.From)));
        var senders = server.Commands.Where(command => command.StartsWith("MAIL FROM:", StringComparison.OrdinalIgnoreCase)).CountBy(command => command, StringComparer.Ordinal);
        Assert.Equal([2, 2, 2], senders.Select(sender => sender.Value));
        await room.AssertLedgersAgreeAsync(server, "weekly", 3);
    }

    private static Task<MailRoom> OpenAsync(TestDatabase database, TimeProvider clock, ScriptedSmtpServer server) =>
        SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:BounceAddress", "Bounces@News.Example.org"));
}

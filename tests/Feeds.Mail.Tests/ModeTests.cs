using Feeds.Storage;
using Feeds.Testing.Smtp;

namespace Feeds.Mail.Tests;

/// <summary>The modes that protect people from a try.</summary>
public sealed class ModeTests
{
    [Fact]
    public async Task Redirected_mails_go_to_one_address_as_they_would_have_gone()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var server = ScriptedSmtpServer.Start();
        await using var room = await RedirectAsync(database, server.Port);
        await room.AddAsync(Mailings.Edition("weekly", 5));

        await room.Loop.TickAsync(default);

        Assert.Equal(5, (await room.CountAsync("weekly")).Accepted);
        Assert.Equal(Enumerable.Repeat("me@example.net", 5), server.Ledger.Recipients, StringComparer.Ordinal);
        // A report about my mailbox is about none of theirs.
        Assert.All(server.Ledger.Messages, message => Assert.Equal("returns@example.org", message.From));
        var readers = (await room.DeliveriesAsync()).Select(row => row.Address).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(5, readers.Count);
        Assert.All(server.Ledger.Messages, message => Assert.Contains(readers, reader => System.Text.Encoding.UTF8.GetString(message.Bytes.Span).Contains($"To: {reader}\r\n", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("550 5.1.1 no such user")]
    [InlineData("451 4.7.1 come back later")]
    public async Task What_the_address_that_stands_in_refuses_is_held_against_no_reader(string answer)
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { Rcpt = _ => answer });
        await using var room = await RedirectAsync(database, server.Port);
        await room.AddAsync(Mailings.Edition("weekly", 5));

        await room.Loop.TickAsync(default);

        Assert.Equal(5, (await room.CountAsync("weekly")).Pending);
        Assert.Contains(room.Log.Warnings, told => told.Contains("Mail:RedirectTo", StringComparison.Ordinal));
        Assert.DoesNotContain("me@example.net", room.Log.Text, StringComparison.Ordinal);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Nobody_gets_past_the_allowlist_and_who_is_on_it_does_not_wait_for_the_others(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start();
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port, ("Mail:Mode", "allowlist"), ("Mail:Allow:0", "Me@Example.net"), ("Mail:Allow:1", "reader5@example.org"));
        await room.AddAsync(Mailings.Edition("weekly", 5));

        await room.Loop.TickAsync(default);

        Assert.Equal(["reader5@example.org"], server.Ledger.Recipients, StringComparer.Ordinal);
        Assert.Equal(new DeliveryCounts(0, 0, 1, 0, 0, 4, 0), await room.CountAsync("weekly"));
        Assert.Equal(MailVerdict.Pass, (await room.Get<MailDoctor>().SendAsync("me@example.net", default)).Verdict);
        Assert.Equal(MailVerdict.Fail, (await room.Get<MailDoctor>().SendAsync("you@example.net", default)).Verdict);
        Assert.Equal(["reader5@example.org", "me@example.net"], server.Ledger.Recipients, StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("me@example.org", true)]
    [InlineData("ME@example.org", true)]
    [InlineData("you@example.org", false)]
    [InlineData("anybody@company.example", true)]
    [InlineData("anybody@below.company.example", false)]
    [InlineData("anybody@xn--mnchen-3ya.example", true)]
    [InlineData("company.example@elsewhere.example", false)]
    public void An_address_is_allowed_by_itself_or_by_its_whole_domain(string address, bool allowed) =>
        Assert.Equal(allowed, new AllowedRecipients(["me@example.org", " Company.example ", "münchen.example"]).Contains(address));

    private static Task<MailRoom> RedirectAsync(TestDatabase database, int port) => SmtpRoom.OpenAsync(
        database, MailRoom.Clock(), port, ("Mail:Mode", "redirect"), ("Mail:RedirectTo", "me@example.net"), ("Mail:BounceAddress", "returns@example.org"));
}

using Feeds.Testing.Smtp;
using Xunit.Sdk;

namespace Feeds.Mail.Tests;

/// <summary>The judge of the other tests: that it lets no difference pass, and prints both ledgers.</summary>
public sealed class LedgerJudgeTests
{
    [Theory]
    [InlineData("accepted", 0, 0, "lost")]
    [InlineData("accepted", 1, 0, "lost")]
    [InlineData("accepted", 0, 2, "twice and not named")]
    [InlineData("failed", 0, 1, "there and not named")]
    [InlineData("suppressed", 0, 1, "there and not named")]
    [InlineData("pending", 0, 1, "there and not named")]
    [InlineData("uncertain", 0, 0, "uncertain without a doubt")]
    [InlineData("in_flight", 0, 0, "open")]
    [InlineData("Deferred", 0, 0, "open")]
    [InlineData("forgotten", 0, 0, "1 frozen = 0 accepted + 0 failed + 0 suppressed + 0 uncertain + 0 open")]
    public void A_delivery_that_the_two_ledgers_tell_differently_is_shown_with_both(string state, int doubts, int times, string wrong)
    {
        var message = new LedgerEntry("reader1@example.org", "weekly.1@example.org");

        var differing = Assert.Throws<TrueException>(() => LedgerJudge.AssertAgree(1, [new LedgerDelivery(message, state, doubts, "dropped 421")], [.. Enumerable.Repeat(message, times)], isOver: true));

        Assert.Contains(wrong, differing.Message, StringComparison.Ordinal);
        Assert.Contains($"reader1@example.org weekly.1@example.org | {state}, {doubts} doubts (dropped 421) | {times}", differing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_in_one_ledger_only_is_shown_and_so_is_an_audience_that_shrank()
    {
        var ours = new LedgerDelivery(new LedgerEntry("reader1@example.org", "weekly.1@example.org"), "accepted", 0, "");
        var strange = ours.Message with { MessageId = "weekly.2@example.org" };

        var differing = Assert.Throws<TrueException>(() => LedgerJudge.AssertAgree(1, [ours], [ours.Message, strange], isOver: true));
        Assert.Contains("unknown: reader1@example.org weekly.2@example.org | never heard of | 1", differing.Message, StringComparison.Ordinal);

        differing = Assert.Throws<TrueException>(() => LedgerJudge.AssertAgree(2, [ours], [ours.Message], isOver: true));
        Assert.Contains("2 frozen = 1 accepted", differing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ledgers_agree_where_each_possible_duplicate_is_named()
    {
        LedgerDelivery Delivery(int number, string state, int doubts) => new(new LedgerEntry($"reader{number}@example.org", $"weekly.{number}@example.org"), state, doubts, "");
        LedgerDelivery[] ours = [Delivery(1, "accepted", 0), Delivery(2, "accepted", 1), Delivery(3, "uncertain", 1), Delivery(4, "uncertain", 1), Delivery(5, "failed", 0), Delivery(6, "suppressed", 1), Delivery(7, "pending", 0)];

        Assert.Equal(1, LedgerJudge.AssertAgree(7, ours, [ours[0].Message, ours[1].Message, ours[1].Message, ours[2].Message, ours[5].Message], isOver: false));
    }

    [Fact]
    public async Task The_servers_ledger_outlives_the_server_and_the_next_one_goes_on_in_it()
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(Storage.DatabaseProvider.Sqlite);
        foreach (var mailing in new[] { "weekly", "daily" })
        {
            await using var server = ScriptedSmtpServer.Start(ledgerFile: folder["ledger"]);
            await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port);
            await room.AddAsync(Mailings.Edition(mailing, 2));
            await room.Loop.TickAsync(default);

            Assert.Equal(2, server.Ledger.Messages.Count);
            await room.AssertOverAsync(server, mailing, 2);
        }

        Assert.Equal(4, (await File.ReadAllLinesAsync(folder["ledger"])).Length);
    }
}

using System.Globalization;
using Feeds.Storage;
using Feeds.Testing.Smtp;

namespace Feeds.Mail.Tests;

/// <summary>
/// Whatever a server says over the wire: 20,000 answers. No database takes part; what each outcome does to the ledger is shown on
/// both by others. FEEDS_FUZZ_SEED chooses other answers.
/// </summary>
public sealed class AnswerFuzzTests
{
    private const int Answers = 20_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact, Fault("Malformed/multiline/huge reply, no enhanced code")]
    public async Task Twenty_thousand_answers_over_the_wire_each_leave_an_outcome_that_agrees_with_what_the_server_did()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("FEEDS_FUZZ_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var chosen) ? chosen : 20261123;
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        var talk = new FuzzedTalk(seed, 0);
        await using var server = ScriptedSmtpServer.Start(new SmtpScript
        {
            Mail = _ => talk.Say("MAIL"),
            Rcpt = _ => talk.Say("RCPT"),
            Data = _ => talk.Say("DATA"),
            Dot = _ => talk.Refusal(),
            Taken = _ => talk.Say("taken"),
            Fault = _ => talk.Drop,
        });
        await using var room = await SmtpRoom.OpenAsync(database, TimeProvider.System, server.Port);
        var carrier = room.Get<Relays>().All[0].Carrier;
        var content = EncodedContent.Encode(Mailings.Content with { Text = new string('x', 2000) });
        var ours = new List<LedgerDelivery>();
        var kinds = new HashSet<OutcomeKind>();
        ICarrierConnection? connection = null;

        for (var (number, said) = (1, 0); said < Answers; number++, said += talk.Said)
        {
            talk = new FuzzedTalk(seed, number);
            (server.Script.Banner, server.Script.Ehlo, server.Script.Rset, server.Script.BeforeByte) = ("220 test.invalid ESMTP", null, talk.Reset, talk.BeforeByte);
            if (connection?.IsUsable != true)
            {
                (server.Script.Banner, server.Script.Ehlo) = (talk.Say("banner"), talk.Say("EHLO"));
                await (connection?.DisposeAsync() ?? ValueTask.CompletedTask);
                var opening = await InTimeAsync(carrier.OpenAsync(default), talk);
                connection = opening.Connection;
                Assert.True(opening.Trouble is null ? connection is not null : IsFit(opening.Trouble, 2000), talk.ToString());
                if (connection is null)
                {
                    continue;
                }
            }

            var recipient = Mailings.Recipient("weekly", number);
            using var message = room.Get<MessageComposer>().Compose(Mailings.Edition("weekly", [recipient]), content, recipient, leaveBy: null);
            var outcome = await InTimeAsync(connection.SendAsync(new OutgoingMail(message, "news@example.org", recipient.Address, recipient.MessageId, () => Task.FromResult(true))), talk);
            kinds.Add(outcome.Kind);
            Assert.True(IsFit(outcome.Text, 500) && IsFit(outcome.Trouble, 2000), talk.ToString());
            Assert.True(outcome.EnhancedCode is null || outcome.EnhancedCode.Split('.').All(part => part.Length is > 0 and <= 3 && part.All(char.IsAsciiDigit)), talk.ToString());
            ours.Add(new LedgerDelivery(
                new LedgerEntry(recipient.Address, recipient.MessageId),
                outcome.Kind is OutcomeKind.Dropped or OutcomeKind.Untouched ? "deferred" : $"{outcome.Kind}",
                outcome.Kind == OutcomeKind.Uncertain ? 1 : 0,
                talk.ToString()));
        }

        await (connection?.DisposeAsync() ?? ValueTask.CompletedTask);
        LedgerJudge.AssertAgree(ours.Count, ours, server.Ledger.Entries, isOver: false, $"seed {seed}");
        // Otherwise nothing was tested.
        Assert.Equal(Enum.GetValues<OutcomeKind>(), kinds.Order());
        Assert.InRange(server.Ledger.Messages.Count, ours.Count / 8, ours.Count);
    }

    private static bool IsFit(string? text, int maximum) => text is null || (text.Length <= maximum && !text.Any(char.IsControl));

    private static async Task<T> InTimeAsync<T>(Task<T> doing, FuzzedTalk talk)
    {
        await Task.WhenAny(doing, Task.Delay(Patience, TimeProvider.System));
        Assert.True(doing.IsCompleted, $"It still waits: {talk}");
        return await doing;
    }
}

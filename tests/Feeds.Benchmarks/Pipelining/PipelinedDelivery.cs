using Feeds.Mail;

namespace Feeds.Benchmarks.Pipelining;

/// <summary>
/// Sends what is due over pipelined connections, with the room's own ledger: a message's claim is durable before its DATA, its
/// outcome before the text of the next one over that connection. A connection holds two claims, of which one at most is in doubt.
/// </summary>
internal sealed class PipelinedDelivery(
    DeliveryLedger ledger, SenderLease lease, ContentShelf shelf, MessageComposer composer, EnvelopeSender sender, TimeProvider clock)
{
    /// <summary>Sends until nothing is due.</summary>
    public async Task SendAsync(SmtpTarget target, int connections, ClaimScope scope, CancellationToken cancellationToken)
    {
        await sender.LoadAsync();
        await lease.EnsureAsync(cancellationToken);
        using var over = new CancellationTokenSource();
        var keeping = lease.KeepAsync(over.Token);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(
                async () =>
                {
                    while (await RunAsync(target, scope, cancellationToken))
                    {
                    }
                },
                cancellationToken)));
        }
        finally
        {
            await over.CancelAsync();
            await keeping;
        }
    }

    /// <summary>Sends over one connection.</summary>
    /// <returns>Whether there may be more.</returns>
    private async Task<bool> RunAsync(SmtpTarget target, ClaimScope scope, CancellationToken cancellationToken)
    {
        await using var connection = await PipelinedConnection.OpenAsync(target, clock, cancellationToken);
        // One is going out while the next one is made.
        var texts = new[] { new WireText(), new WireText() };
        var line = new Line(connection, texts, scope);
        var current = await TakeAsync(line, await ledger.TurnAsync(null, scope));
        if (current is null)
        {
            return false;
        }

        Completion? finished = null;
        connection.Queue(current);
        while (true)
        {
            var outcome = await connection.OpenAsync();
            var another = connection.TakesAnother && !cancellationToken.IsCancellationRequested;
            var claim = await ledger.TurnAsync(finished, another ? scope : null);
            PipelinedMessage? next;
            if (outcome is null)
            {
                outcome = await connection.SendTextAsync(current);
                next = await TakeAsync(line, claim);
                outcome ??= await FinishAsync(connection, current, next);
            }
            else if ((next = await TakeAsync(line, claim)) is not null)
            {
                connection.Queue(next);
            }

            finished = Complete(target, current.Claim, outcome);
            if (next is null || !connection.IsOpen)
            {
                await ledger.TurnAsync(finished, null);
                if (next is not null)
                {
                    await ledger.TurnAsync(Complete(target, next.Claim, new Outcome(OutcomeKind.Untouched)), null);
                }

                return outcome.Trouble is { } trouble ? throw new BenchmarkException(trouble) : next is not null || !another;
            }

            current = next;
        }
    }

    private async Task<Outcome> FinishAsync(PipelinedConnection connection, PipelinedMessage current, PipelinedMessage? next)
    {
        // Asked as late as possible: another process may have taken the claim over.
        if (await lease.IsHeldAsync(current.Claim.SenderId))
        {
            return await connection.FinishAsync(next);
        }

        connection.Abandon();
        return new Outcome(OutcomeKind.Untouched);
    }

    /// <summary>Makes the claimed message, or the next one where it can't be sent here.</summary>
    private async Task<PipelinedMessage?> TakeAsync(Line line, Claim? claim)
    {
        while (claim is not null)
        {
            var shelved = await shelf.GetAsync(claim.ContentId);
            var text = line.NextText();
            using (var message = composer.Compose(shelved.Mailing, shelved.Content, claim.Recipient, leaveBy: null))
            {
                text.Clear();
                text.DoublesDots = line.Connection.DoublesDots;
                message.WriteTo(MessageComposer.Format(!claim.Recipient.Address.All(char.IsAscii)), text);
            }

            var made = new PipelinedMessage(claim, sender.For(claim.DeliveryId), text);
            if (line.Connection.Refuse(made) is not { } refused)
            {
                return made;
            }

            claim = await ledger.TurnAsync(Complete(null, claim, refused), line.Scope);
        }

        return null;
    }

    private Completion Complete(SmtpTarget? target, Claim claim, Outcome outcome) => new(claim, outcome, target?.Host ?? "", clock.GetUtcNow());

    private sealed class Line(PipelinedConnection connection, WireText[] texts, ClaimScope scope)
    {
        private int used;

        public PipelinedConnection Connection => connection;

        public ClaimScope Scope => scope;

        public WireText NextText() => texts[used++ % texts.Length];
    }
}

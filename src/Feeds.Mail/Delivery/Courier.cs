using Microsoft.Extensions.Logging;
using MimeKit;

namespace Feeds.Mail;

/// <summary>Sends over one connection of a relay at a time, one delivery after the other, until nothing is due.</summary>
internal sealed class Courier(
    DeliveryLedger ledger,
    SenderLease lease,
    ContentShelf shelf,
    MessageComposer composer,
    EnvelopeSender sender,
    MailingWatch watch,
    TimeProvider clock,
    ILogger<Courier> logger)
{
    // Places that are farther apart than this are found by a later tick, and the connection isn't kept for them.
    private static readonly TimeSpan LongestRest = TimeSpan.FromMilliseconds(500);

    /// <summary>Opens a connection; null where that failed (which the relay's health has heard of) or was cancelled.</summary>
    public static async Task<ICarrierConnection?> OpenAsync(Relay relay, CancellationToken cancellationToken)
    {
        try
        {
            var opening = await relay.Carrier.OpenAsync(cancellationToken);
            if (opening.Trouble is { } trouble)
            {
                relay.Health.Trouble(trouble);
            }

            return opening.Connection;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>
    /// Sends until nothing is due, the relay is in trouble or allows fewer connections than this one's number. Cancelling lets the message in flight be finished and its outcome be written.
    /// </summary>
    public async Task RunAsync(Relay relay, int slot, ICarrierConnection? connection, ClaimScope scope, CancellationToken cancellationToken)
    {
        await sender.LoadAsync();
        while (connection is not null)
        {
            bool again;
            await using (connection)
            {
                again = await RunOnceAsync(relay, slot, connection, scope, cancellationToken);
            }

            connection = again && !cancellationToken.IsCancellationRequested ? await OpenAsync(relay, cancellationToken) : null;
        }
    }

    /// <returns>Whether there may be more to send over another connection.</returns>
    private async Task<bool> RunOnceAsync(Relay relay, int slot, ICarrierConnection connection, ClaimScope scope, CancellationToken cancellationToken)
    {
        var progress = false;
        Completion? finished = null;
        while (true)
        {
            if (finished?.Outcome.Trouble is { } trouble && !progress)
            {
                // The first message over a fresh connection: opening another at once would only hammer.
                var counted = relay.Health.Trouble(trouble);
                await ledger.TurnAsync(finished, next: null);
                if (counted && finished.Outcome.About == RefusalCause.Sender)
                {
                    await watch.SenderRefusedAsync(finished.Claim.MailingId, trouble);
                }

                return false;
            }

            if (!connection.IsUsable || cancellationToken.IsCancellationRequested || slot >= relay.Allowed)
            {
                await ledger.TurnAsync(finished, next: null);
                return slot < relay.Allowed;
            }

            if (await ledger.TurnAsync(finished, scope) is not { } claim)
            {
                if (!await RestAsync(relay, cancellationToken))
                {
                    return false;
                }

                finished = null;
                continue;
            }

            var outcome = await SendAsync(relay, connection, claim);
            finished = Complete(relay, claim, outcome);
            progress |= Note(relay, claim, outcome);
        }
    }

    /// <summary>Waits for the next place that the relay's limits or a domain's have, where that is soon.</summary>
    private async Task<bool> RestAsync(Relay relay, CancellationToken cancellationToken)
    {
        if (relay.RetryAt is not { } at || at - clock.GetUtcNow() > LongestRest)
        {
            return false;
        }

        try
        {
            var wait = at - clock.GetUtcNow();
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, clock, cancellationToken);
            }

            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <returns>Whether the server spoke about the message itself, so that the connection is worth keeping.</returns>
    private bool Note(Relay relay, Claim claim, Outcome outcome)
    {
        if (outcome.ReplyCode == 421 || outcome.EnhancedCode?.StartsWith("4.7.", StringComparison.Ordinal) == true)
        {
            relay.SlowDown();
        }

        if (outcome.Kind is not (OutcomeKind.Accepted or OutcomeKind.Deferred or OutcomeKind.Failed))
        {
            return false;
        }

        if (outcome.Kind == OutcomeKind.Accepted)
        {
            relay.Accepted();
            watch.Accepted(claim.MailingId);
        }

        if (outcome.About == RefusalCause.Policy && relay.TellPolicy())
        {
            Log.PolicyRefused(logger, relay.Carrier.Name, outcome.ReplyCode, outcome.EnhancedCode, ReplyText.WithoutAddresses(outcome.Text));
        }

        relay.Health.Works();
        return true;
    }

    private async Task<Outcome> SendAsync(Relay relay, ICarrierConnection connection, Claim claim)
    {
        var message = await ComposeAsync(relay, claim);
        await watch.ComposedAsync(claim.MailingId, fit: message is not null);
        if (message is null)
        {
            return new Outcome(OutcomeKind.Failed, Text: "The message can't be composed from what is stored.") { About = RefusalCause.NotComposed };
        }

        using (message)
        {
            var outcome = await HandOverAsync(relay, connection, claim, message);
            if (outcome.Kind == OutcomeKind.Failed)
            {
                Log.DeliveryFailed(logger, claim.DeliveryId, outcome.ReplyCode, outcome.EnhancedCode);
            }
            else if (outcome.Kind == OutcomeKind.Uncertain)
            {
                Log.DeliveryUncertain(logger, claim.DeliveryId);
            }

            return outcome;
        }
    }

    private async Task<Outcome> HandOverAsync(Relay relay, ICarrierConnection connection, Claim claim, MimeMessage message)
    {
        Task<bool> StandsAsync() => lease.IsHeldAsync(claim.SenderId);
        if (!await StandsAsync())
        {
            return new Outcome(OutcomeKind.Untouched);
        }

        try
        {
            return await connection.SendAsync(new OutgoingMail(message, sender.For(claim.DeliveryId), claim.Recipient.Address, claim.Recipient.MessageId, StandsAsync));
        }
        catch (Exception mistake)
        {
            // A connection promises not to throw. Where it does, nobody knows how far it came.
            await ledger.TurnAsync(Complete(relay, claim, new Outcome(OutcomeKind.Uncertain, Text: $"Our own mistake ({mistake.GetType().Name}).")), next: null);
            throw;
        }
    }

    private async Task<MimeMessage?> ComposeAsync(Relay relay, Claim claim)
    {
        ShelvedContent shelved;
        try
        {
            shelved = await shelf.GetAsync(claim.ContentId);
        }
        catch
        {
            await ledger.TurnAsync(Complete(relay, claim, new Outcome(OutcomeKind.Untouched)), next: null);
            throw;
        }

        try
        {
            return composer.Compose(shelved.Mailing, shelved.Content, claim.Recipient, sender.UnsubscribeFor(claim.DeliveryId));
        }
        catch (Exception unfit) when (unfit is ArgumentException or FormatException)
        {
            Log.NotComposed(logger, claim.DeliveryId, unfit);
            return null;
        }
    }

    private Completion Complete(Relay relay, Claim claim, Outcome outcome) => new(claim, outcome, relay.Carrier.Name, clock.GetUtcNow());
}

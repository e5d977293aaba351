using Microsoft.Extensions.Logging;
using MimeKit;

namespace Feeds.Mail;

/// <summary>Sends over one connection at a time, one delivery after the other, until nothing is due.</summary>
internal sealed class Courier(
    ICarrier carrier,
    DeliveryLedger ledger,
    SenderLease lease,
    ContentShelf shelf,
    MessageComposer composer,
    EnvelopeSender sender,
    CarrierHealth health,
    Pace pace,
    TimeProvider clock,
    ILogger<Courier> logger)
{
    /// <summary>Opens a connection; null where that failed (which the carrier's health has heard of) or was cancelled.</summary>
    public async Task<ICarrierConnection?> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            var opening = await carrier.OpenAsync(cancellationToken);
            if (opening.Trouble is { } trouble)
            {
                health.Trouble(trouble);
            }

            return opening.Connection;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Sends until nothing is due or the carrier is in trouble. Cancelling lets the message in flight be finished and its outcome be written.</summary>
    public async Task RunAsync(ICarrierConnection? connection, ClaimScope scope, CancellationToken cancellationToken)
    {
        while (connection is not null)
        {
            bool again;
            await using (connection)
            {
                again = await RunOnceAsync(connection, scope, cancellationToken);
            }

            connection = again && !cancellationToken.IsCancellationRequested ? await OpenAsync(cancellationToken) : null;
        }
    }

    /// <returns>Whether there may be more to send over another connection.</returns>
    private async Task<bool> RunOnceAsync(ICarrierConnection connection, ClaimScope scope, CancellationToken cancellationToken)
    {
        await sender.LoadAsync();
        var progress = false;
        Completion? finished = null;
        while (true)
        {
            if (finished?.Outcome.Trouble is { } trouble && !progress)
            {
                // The first message over a fresh connection: opening another at once would only hammer.
                health.Trouble(trouble);
                await ledger.TurnAsync(finished, next: null);
                return false;
            }

            if (!connection.IsUsable || cancellationToken.IsCancellationRequested)
            {
                await ledger.TurnAsync(finished, next: null);
                return true;
            }

            if (pace.IsLimited)
            {
                // An outcome doesn't wait for the next place in line.
                await ledger.TurnAsync(finished, next: null);
                finished = null;
                if (!await pace.WaitAsync(cancellationToken))
                {
                    return false;
                }
            }

            if (await ledger.TurnAsync(finished, scope) is not { } claim)
            {
                return false;
            }

            var outcome = await SendAsync(connection, claim);
            finished = Complete(claim, outcome);
            if (outcome.Kind is OutcomeKind.Accepted or OutcomeKind.Deferred or OutcomeKind.Failed)
            {
                progress = true;
                health.Works();
            }
        }
    }

    private async Task<Outcome> SendAsync(ICarrierConnection connection, Claim claim)
    {
        if (await ComposeAsync(claim) is not { } message)
        {
            return new Outcome(OutcomeKind.Failed, Text: "The message can't be composed from what is stored.");
        }

        using (message)
        {
            var outcome = await HandOverAsync(connection, claim, message);
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

    private async Task<Outcome> HandOverAsync(ICarrierConnection connection, Claim claim, MimeMessage message)
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
            await ledger.TurnAsync(Complete(claim, new Outcome(OutcomeKind.Uncertain, Text: $"Our own mistake ({mistake.GetType().Name}).")), next: null);
            throw;
        }
    }

    private async Task<MimeMessage?> ComposeAsync(Claim claim)
    {
        ShelvedContent shelved;
        try
        {
            shelved = await shelf.GetAsync(claim.ContentId);
        }
        catch
        {
            await ledger.TurnAsync(Complete(claim, new Outcome(OutcomeKind.Untouched)), next: null);
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

    private Completion Complete(Claim claim, Outcome outcome) => new(claim, outcome, carrier.Name, clock.GetUtcNow());
}

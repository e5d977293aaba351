namespace Feeds.Mail.Tests.Simulation;

/// <summary>A relay's server, which outlives every process, as one process reaches it.</summary>
internal sealed class SimulatedCarrier(SimulatedProcess process, SimulatedWorld world, string name) : ICarrier
{
    public string Name => name;

    public int Connections => world.Plan.Connections;

    public async Task<CarrierOpening> OpenAsync(CancellationToken cancellationToken)
    {
        await process.PassAsync("before connecting to the relay", mayFreeze: true);
        if (process.Happens("relay away", 0.02))
        {
            return new CarrierOpening(null, "The relay is away.");
        }

        await process.PassAsync("after connecting to the relay", mayFreeze: true);
        return new CarrierOpening(new Connection(process, world), null);
    }

    private sealed class Connection(SimulatedProcess process, SimulatedWorld world) : ICarrierConnection
    {
        public bool IsUsable { get; private set; } = true;

        public async Task<Outcome> SendAsync(OutgoingMail mail)
        {
            var claim = await world.ClaimOfAsync(mail.MessageId);
            var missed = process.MissedInAll;
            await process.PassAsync("before MAIL", mayFreeze: true);
            if (process.Happens("421", 0.01))
            {
                return Broken(OutcomeKind.Dropped, 421);
            }

            await process.PassAsync("before RCPT", mayFreeze: true);
            if (SimulatedWorld.IsRefused(mail.Recipient))
            {
                return new Outcome(OutcomeKind.Failed, 550, "5.1.1", "no such user");
            }

            if (process.Happens("450", 0.03))
            {
                return new Outcome(OutcomeKind.Deferred, 450, "4.2.0", "greylisted");
            }

            await process.PassAsync("before DATA", mayFreeze: true);
            if (process.Happens("drop in DATA", 0.01))
            {
                return Broken(OutcomeKind.Dropped, null);
            }

            if (!await mail.MayFinish())
            {
                IsUsable = false;
                return new Outcome(OutcomeKind.Untouched);
            }

            // Neither long after its lease was over, nor was it taken from it long before; in between the clocks may differ a little.
            if ((process.MissedInAll - missed > SenderLease.Duration || process.MissedInAll - missed < SenderLease.Duration / 2) && !await world.IsInFlightAsync(mail.MessageId, claim))
            {
                // Who died while we asked may well have lost it: the world goes on without waiting for this thread.
                await process.HangIfDeadAsync();
                world.Complain($"{mail.MessageId} may be finished under claim {claim}, which was taken away, after {process.MissedInAll - missed}.");
            }

            // From here on nobody can keep the message back: what happens here is what doubts are for.
            await process.PassAsync("before the final dot", mayFreeze: true);
            if (process.Happens("451", 0.01))
            {
                return new Outcome(OutcomeKind.Deferred, 451, "4.3.0", "later");
            }

            var lost = process.Happens("reply lost", 0.02);
            if (!lost || process.Happens("message kept", 0.6))
            {
                world.Take(mail, claim);
            }

            await process.PassAsync("after the final dot", mayFreeze: true);
            if (lost)
            {
                world.Interrupted(1);
                return Broken(OutcomeKind.Uncertain, null);
            }

            await process.PassAsync("after the reply", mayFreeze: true);
            return new Outcome(OutcomeKind.Accepted, 250, "2.0.0", "taken");
        }

        public async ValueTask DisposeAsync() => await process.PassAsync("before QUIT", mayFreeze: false);

        private Outcome Broken(OutcomeKind kind, int? code)
        {
            IsUsable = false;
            return new Outcome(kind, code) { Trouble = "The connection broke." };
        }
    }
}

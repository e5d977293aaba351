using System.Data.Common;
using Microsoft.Extensions.Logging;

namespace Feeds.Mail;

/// <summary>Reads a mailbox and has what it holds take effect.</summary>
internal sealed class MailboxReader(IReturnsMailbox mailbox, Returns returns, ReturnsOptions options, ILogger<MailboxReader> logger)
{
    // A mail that the database takes amiss must not hold up those behind it; a database that is down is no mail's fault.
    private const int FailuresInARow = 3;

    private string? lastTrouble;

    /// <summary>One look at the mailbox.</summary>
    /// <returns>Whether there is more to be read now.</returns>
    /// <exception cref="System.Data.Common.DbException">The database refuses; nothing has left the mailbox without its effect.</exception>
    public async Task<bool> TickAsync(CancellationToken cancellationToken)
    {
        var counts = new int[Enum.GetValues<ReturnOutcome>().Length];
        var (failures, inARow) = (0, 0);
        try
        {
            var read = await mailbox.ReadAsync(TakeAsync, cancellationToken);
            lastTrouble = null;
            return read == IReturnsMailbox.AtOnce && failures == 0;
        }
        catch (Exception refused) when (!cancellationToken.IsCancellationRequested && MailboxTrouble.Describe(refused, options) is { } trouble)
        {
            if (!string.Equals(trouble, lastTrouble, StringComparison.Ordinal))
            {
                Log.MailboxTrouble(logger, trouble);
                lastTrouble = trouble;
            }

            return false;
        }
        finally
        {
            if (counts.Any(count => count > 0))
            {
                Log.MailboxRead(logger, counts[(int)ReturnOutcome.Done], counts[(int)ReturnOutcome.Duplicate], counts[(int)ReturnOutcome.Nothing], counts[(int)ReturnOutcome.Unverified], counts[(int)ReturnOutcome.Aside]);
            }
        }

        async Task<ReturnOutcome?> TakeAsync(Stream mail, CancellationToken token)
        {
            try
            {
                var outcome = (await returns.TakeAsync(mail, token)).Outcome;
                counts[(int)outcome]++;
                inARow = 0;
                return outcome;
            }
            catch (DbException failed) when (++inARow < FailuresInARow)
            {
                failures++;
                Log.ReturnFailed(logger, failed);
                return null;
            }
        }
    }
}

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Feeds.Newsletter.Joining;

/// <summary>Steps <see cref="JoinDesk"/> while the program serves: every second, and at once when something was taken down here.</summary>
internal sealed class JoinWorker(JoinDesk desk, JoinSignal signal, ILogger<JoinWorker> log) : BackgroundService
{
    /// <summary>Nobody tells of what other processes took down and could not do before they ended.</summary>
    private static readonly TimeSpan LookAnyway = TimeSpan.FromSeconds(1);

    private bool failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var raised = signal.Next;
            try
            {
                await desk.StepAsync(stoppingToken);
                failing = false;
            }
            catch (Exception failed) when (failed is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                // A database that is away for an hour is one line, not one a second.
                if (!failing)
                {
                    failing = true;
                    Log.JoiningFailed(log, failed);
                }
            }

            await signal.WaitAsync(raised, LookAnyway, stoppingToken);
        }
    }
}

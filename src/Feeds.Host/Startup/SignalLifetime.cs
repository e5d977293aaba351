using System.Runtime.InteropServices;

namespace Feeds.Host.Startup;

/// <summary>
/// Ends the program in order at a signal. One that comes while it starts lets the start finish first: cut off, that would
/// look like a failure. A second one meanwhile ends the process at once.
/// </summary>
internal sealed class SignalLifetime(IHostApplicationLifetime application) : IHostLifetime, IDisposable
{
    private readonly List<PosixSignalRegistration> registrations = [];
    private int told;

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGQUIT, PosixSignal.SIGTERM })
        {
            registrations.Add(PosixSignalRegistration.Create(signal, End));
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => registrations.ForEach(registration => registration.Dispose());

    private void End(PosixSignalContext signal)
    {
        var again = Interlocked.Exchange(ref told, 1) == 1;
        signal.Cancel = application.ApplicationStarted.IsCancellationRequested || !again;
        // At once where it has started.
        application.ApplicationStarted.Register(application.StopApplication);
    }
}

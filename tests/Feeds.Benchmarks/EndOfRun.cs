using System.Runtime.InteropServices;

namespace Feeds.Benchmarks;

/// <summary>What a run leaves to nobody: it is taken away also when the run is interrupted (SIGINT, SIGTERM) or fails.</summary>
internal static class EndOfRun
{
    private const int Interrupted = 130;
    private static readonly Lock Gate = new();
    private static readonly List<Action> Last = [];
    private static readonly List<PosixSignalRegistration> Signals = [];

    /// <summary>From here on a signal ends the run as its end does.</summary>
    public static void Watch()
    {
        AppDomain.CurrentDomain.ProcessExit += (_, _) => TakeAway();
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM })
        {
            Signals.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                Environment.Exit(Interrupted);
            }));
        }
    }

    /// <summary>Does it at the end of the process, what was added last first; disposing of the answer forgets it.</summary>
    public static IDisposable Add(Action action)
    {
        lock (Gate)
        {
            Last.Add(action);
        }

        return new Entry(action);
    }

    private static void TakeAway()
    {
        while (Next() is { } action)
        {
            try
            {
                action();
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or InvalidOperationException or BenchmarkException)
            {
                Console.Error.WriteLine($"Left behind: {refused.Message}");
            }
        }
    }

    private static Action? Next()
    {
        lock (Gate)
        {
            if (Last.Count == 0)
            {
                return null;
            }

            var action = Last[^1];
            Last.RemoveAt(Last.Count - 1);
            return action;
        }
    }

    private sealed class Entry(Action action) : IDisposable
    {
        public void Dispose()
        {
            lock (Gate)
            {
                Last.Remove(action);
            }
        }
    }
}

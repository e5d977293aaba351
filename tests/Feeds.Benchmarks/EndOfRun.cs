using System.Runtime.InteropServices;

namespace Feeds.Benchmarks;

/// <summary>What a run leaves to nobody: it is taken away also when the run is interrupted (SIGINT, SIGTERM) or fails.</summary>
internal static class EndOfRun
{
    private const int Interrupted = 130;
    private static readonly Lock Gate = new();
    private static readonly List<Leaving> Last = [];
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

    /// <summary>Whether the process ends: what fails from here on fails because of that.</summary>
    public static bool HasBegun { get; private set; }

    /// <summary>Does it at the end of the process, what was added last first, unless somebody took it before.</summary>
    public static Leaving Add(Action action)
    {
        var leaving = new Leaving(action);
        lock (Gate)
        {
            // What the end itself starts is not for the end to kill.
            if (!HasBegun)
            {
                Last.Add(leaving);
            }
        }

        return leaving;
    }

    private static void TakeAway()
    {
        lock (Gate)
        {
            HasBegun = true;
        }

        while (Next() is { } leaving)
        {
            try
            {
                leaving.Action();
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or InvalidOperationException or BenchmarkException)
            {
                Console.Error.WriteLine($"Left behind: {refused.Message}");
            }
        }
    }

    private static Leaving? Next()
    {
        lock (Gate)
        {
            if (Last.Count == 0)
            {
                return null;
            }

            var last = Last[^1];
            Last.RemoveAt(Last.Count - 1);
            return last;
        }
    }

    /// <summary>Something that would be left.</summary>
    public sealed class Leaving(Action action)
    {
        internal Action Action { get; } = action;

        /// <summary>Whether the caller is to take it away: once, and not where the end of the process does.</summary>
        public bool Take()
        {
            lock (Gate)
            {
                return Last.Remove(this);
            }
        }
    }
}

using System.Globalization;

namespace Feeds.Testing;

/// <summary>Names that no other test, process or earlier run uses.</summary>
public static class UniqueName
{
    private static int last;

    /// <summary>The prefix, this process's number and a running number.</summary>
    public static string Next(string prefix) =>
        string.Create(CultureInfo.InvariantCulture, $"{prefix}_{Environment.ProcessId}_{Interlocked.Increment(ref last)}");
}

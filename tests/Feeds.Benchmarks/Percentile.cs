namespace Feeds.Benchmarks;

/// <summary>Of many times, what the slowest of so many in a hundred took at most.</summary>
internal static class Percentile
{
    /// <summary>0 where there are none.</summary>
    public static double Of(IEnumerable<double> times, double percent)
    {
        var sorted = times.Order().ToList();
        return sorted.Count == 0 ? 0 : sorted[Math.Clamp((int)Math.Ceiling(sorted.Count * percent / 100) - 1, 0, sorted.Count - 1)];
    }
}

namespace Feeds.Benchmarks;

/// <summary>A benchmark can't be run or would compare unlike things; the message says why.</summary>
public sealed class BenchmarkException : Exception
{
    /// <summary>Without a reason.</summary>
    public BenchmarkException()
    {
    }

    /// <summary>With a reason.</summary>
    public BenchmarkException(string message)
        : base(message)
    {
    }

    /// <summary>With a reason and what led to it.</summary>
    public BenchmarkException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

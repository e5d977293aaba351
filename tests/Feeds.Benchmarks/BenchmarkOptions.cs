namespace Feeds.Benchmarks;

/// <summary>How much is measured.</summary>
/// <param name="Quick">A fraction of it, to see that all runs: the figures are rough.</param>
/// <param name="Rows">Letters of the rows of <c>delivery</c>; empty means all.</param>
internal sealed record BenchmarkOptions(bool Quick, string Rows)
{
    private const string QuickOption = "--quick";
    private const string RowsOption = "--rows=";

    /// <returns>The options, and what is left: the verbs.</returns>
    public static (BenchmarkOptions Options, IReadOnlyList<string> Verbs) Parse(IReadOnlyList<string> arguments)
    {
        var rows = arguments.LastOrDefault(argument => argument.StartsWith(RowsOption, StringComparison.Ordinal))?[RowsOption.Length..] ?? "";
        return (
            new BenchmarkOptions(arguments.Contains(QuickOption, StringComparer.Ordinal), rows),
            [.. arguments.Where(argument => !argument.StartsWith("--", StringComparison.Ordinal))]);
    }

    /// <summary>Whether that row is to be measured.</summary>
    public bool Has(char row) => Rows.Length == 0 || Rows.Contains(row, StringComparison.OrdinalIgnoreCase);
}

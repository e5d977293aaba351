using System.Globalization;

namespace Feeds.Benchmarks;

/// <summary>How much is measured.</summary>
/// <param name="Quick">A fraction of it, to see that all runs: the figures are rough.</param>
/// <param name="Rows">Letters of the rows of <c>delivery</c>; empty means all.</param>
/// <param name="People">So many people instead of as many as a benchmark has by itself; null for these.</param>
internal sealed record BenchmarkOptions(bool Quick, string Rows, int? People)
{
    private const string QuickOption = "--quick";
    private const string RowsOption = "--rows=";
    private const string PeopleOption = "--people=";

    /// <returns>The options, and what is left: the verbs.</returns>
    /// <exception cref="BenchmarkException">An option is none or can't be read.</exception>
    public static (BenchmarkOptions Options, IReadOnlyList<string> Verbs) Parse(IReadOnlyList<string> arguments)
    {
        if (arguments.FirstOrDefault(argument => argument.StartsWith("--", StringComparison.Ordinal)
            && argument is not QuickOption && !argument.StartsWith(RowsOption, StringComparison.Ordinal) && !argument.StartsWith(PeopleOption, StringComparison.Ordinal)) is { } unknown)
        {
            throw new BenchmarkException($"There is no option {unknown}; write {QuickOption}, {PeopleOption}100000 or {RowsOption}abc.");
        }

        var people = Value(arguments, PeopleOption) is { } written
            ? int.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1_000 and <= 10_000_000 ? number
                : throw new BenchmarkException($"{PeopleOption}{written}: write a number from 1000 to 10000000.")
            : (int?)null;
        return (
            new BenchmarkOptions(arguments.Contains(QuickOption, StringComparer.Ordinal), Value(arguments, RowsOption) ?? "", people),
            [.. arguments.Where(argument => !argument.StartsWith("--", StringComparison.Ordinal))]);
    }

    /// <summary>How many people or rows.</summary>
    /// <param name="all">For figures that count.</param>
    /// <param name="few">To see that all runs.</param>
    public int PeopleOf(int all, int few) => People ?? (Quick ? few : all);

    /// <summary>Whether that row is to be measured.</summary>
    public bool Has(char row) => Rows.Length == 0 || Rows.Contains(row, StringComparison.OrdinalIgnoreCase);

    private static string? Value(IReadOnlyList<string> arguments, string option) =>
        arguments.LastOrDefault(argument => argument.StartsWith(option, StringComparison.Ordinal))?[option.Length..];
}

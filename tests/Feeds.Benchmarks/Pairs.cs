using System.Globalization;

namespace Feeds.Benchmarks;

/// <summary>
/// Two measurements taken by turns: what else the machine does meanwhile meets both, and the ratios show how much it did.
/// </summary>
internal sealed class Pairs(string ours, string theirs, string unit)
{
    private readonly List<(double Ours, double Theirs)> pairs = [];

    public async Task MeasureAsync(int count, Func<Task<double>> measureOurs, Func<Task<double>> measureTheirs)
    {
        for (var pair = 0; pair < count; pair++)
        {
            // Who goes first changes from pair to pair.
            var theirsFirst = pair % 2 == 1 ? await measureTheirs() : (double?)null;
            var our = await measureOurs();
            Add(our, theirsFirst ?? await measureTheirs());
        }
    }

    public void Add(double our, double their) => pairs.Add((our, their));

    public void Print(string title)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {title,-24} {ours} {Middle(pairs.Select(pair => pair.Ours)),10:#,0.##} {unit}, {theirs} {Middle(pairs.Select(pair => pair.Theirs)),10:#,0.##} {unit}; ratio {Spread()}"));
    }

    /// <summary>Ours divided by theirs: lowest – middle – highest of the pairs.</summary>
    private string Spread()
    {
        var ratios = pairs.ConvertAll(pair => pair.Ours / pair.Theirs);
        return string.Create(CultureInfo.InvariantCulture, $"{ratios.Min():0.00} – {Middle(ratios):0.00} – {ratios.Max():0.00}");
    }

    private static double Middle(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}

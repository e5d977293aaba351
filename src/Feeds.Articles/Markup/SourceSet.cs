using System.Text.RegularExpressions;

namespace Feeds.Articles.Markup;

/// <summary>A picture among those of <c>srcset</c>, with its width or density as it was written, perhaps empty.</summary>
internal readonly record struct SourceCandidate(string Address, string Descriptor)
{
    public override string ToString() => Descriptor.Length == 0 ? Address : $"{Address} {Descriptor}";
}

/// <summary>The attribute <c>srcset</c> of a picture (HTML Living Standard, 4.8.4.2.1).</summary>
internal static partial class SourceSet
{
    private const int MostCandidates = 20;

    /// <summary>The candidates whose descriptor browsers understand; at most 20.</summary>
    public static IReadOnlyList<SourceCandidate> Read(string written)
    {
        var candidates = new List<SourceCandidate>();
        var rest = written.AsSpan();
        while (candidates.Count < MostCandidates && (rest = rest.TrimStart(" \t\n\r\f,")).Length > 0)
        {
            // An address holds commas, and ends with the first space or with a comma before one.
            var end = rest.IndexOfAny(" \t\n\r\f");
            var address = end < 0 ? rest : rest[..end];
            rest = end < 0 ? [] : rest[end..];
            var descriptor = ReadOnlySpan<char>.Empty;
            if (!address.EndsWith(","))
            {
                var comma = rest.IndexOf(',');
                descriptor = (comma < 0 ? rest : rest[..comma]).Trim(" \t\n\r\f");
                rest = comma < 0 ? [] : rest[(comma + 1)..];
            }

            if (descriptor.Length == 0 || Descriptor().IsMatch(descriptor))
            {
                candidates.Add(new SourceCandidate(address.TrimEnd(',').ToString(), descriptor.ToString()));
            }
        }

        return candidates;
    }

    [GeneratedRegex("^([1-9][0-9]{0,4}w|[0-9]{1,2}([.][0-9]{1,3})?x)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Descriptor();
}

using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Feeds.Host.FeedHttp;

/// <summary>Reads <c>Accept-Encoding</c> (RFC 9110 §12.5.3) for an answer that exists as it is and as gzip.</summary>
internal static class AcceptedCoding
{
    /// <summary>
    /// Whether gzip is acceptable and not liked less than <c>identity</c>. Who accepts neither gets <c>identity</c>.
    /// </summary>
    public static bool IsGzip(StringValues acceptEncoding)
    {
        double? gzip = null;
        double? identity = null;
        double? others = null;
        foreach (var field in acceptEncoding)
        {
            var line = field.AsSpan();
            foreach (var range in line.Split(','))
            {
                var (coding, weight) = Read(line[range]);
                switch (coding)
                {
                    case "*":
                        others = weight;
                        break;
                    case var name when name.Equals("gzip", StringComparison.OrdinalIgnoreCase) || name.Equals("x-gzip", StringComparison.OrdinalIgnoreCase):
                        gzip = weight;
                        break;
                    case var name when name.Equals("identity", StringComparison.OrdinalIgnoreCase):
                        identity = weight;
                        break;
                }
            }
        }

        var forGzip = gzip ?? others ?? 0;
        return forGzip > 0 && forGzip >= (identity ?? 0);
    }

    private static Weighted Read(ReadOnlySpan<char> element)
    {
        var end = element.IndexOf(';');
        if (end < 0)
        {
            return new Weighted(element.Trim(" \t"), 1);
        }

        var parameter = element[(end + 1)..].Trim(" \t");
        var isWeight = parameter.StartsWith("q=", StringComparison.OrdinalIgnoreCase)
            & double.TryParse(parameter.Length > 2 ? parameter[2..] : "", NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var weight);
        // A weight that nobody understands is no wish for gzip.
        return new Weighted(element[..end].Trim(" \t"), isWeight ? weight : 0);
    }

    private readonly ref struct Weighted(ReadOnlySpan<char> coding, double weight)
    {
        private readonly ReadOnlySpan<char> coding = coding;

        public void Deconstruct(out ReadOnlySpan<char> name, out double q)
        {
            name = coding;
            q = weight;
        }
    }
}

using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Feeds.Host.FeedHttp;

/// <summary>How a feed's bytes are coded on their way.</summary>
internal enum FeedCoding
{
    /// <summary>As they are.</summary>
    Identity,

    /// <summary>RFC 1952.</summary>
    Gzip,

    /// <summary>RFC 7932.</summary>
    Brotli,
}

/// <summary>Reads <c>Accept-Encoding</c> (RFC 9110 §12.5.3) for an answer that exists in each <see cref="FeedCoding"/>.</summary>
internal static class AcceptedCoding
{
    /// <summary>
    /// The coding with the highest weight; of equal ones Brotli before gzip before <c>identity</c>. Who accepts none of
    /// them gets <c>identity</c>; Brotli is only for those who name it.
    /// </summary>
    public static FeedCoding Choose(StringValues acceptEncoding)
    {
        double? brotli = null;
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
                    case var name when name.Equals("br", StringComparison.OrdinalIgnoreCase):
                        brotli = weight;
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

        // Many who write "*" have never heard of Brotli.
        var forBrotli = brotli ?? 0;
        var forGzip = gzip ?? others ?? 0;
        var forIdentity = identity ?? 0;
        return forBrotli > 0 && forBrotli >= Math.Max(forGzip, forIdentity) ? FeedCoding.Brotli
            : forGzip > 0 && forGzip >= forIdentity ? FeedCoding.Gzip
            : FeedCoding.Identity;
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
        // A weight that nobody understands is no wish for that coding.
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

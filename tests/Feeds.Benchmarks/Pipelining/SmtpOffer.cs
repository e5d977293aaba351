using System.Globalization;

namespace Feeds.Benchmarks.Pipelining;

/// <summary>What a server offers in its answer to EHLO, as far as it is used.</summary>
/// <param name="Pipelining">RFC 2920.</param>
/// <param name="Chunking">RFC 3030.</param>
/// <param name="StartTls">RFC 3207.</param>
/// <param name="International">RFC 6531.</param>
/// <param name="MaximumOctets">RFC 1870; null where it says nothing.</param>
internal sealed record SmtpOffer(bool Pipelining, bool Chunking, bool StartTls, bool International, long? MaximumOctets)
{
    public static SmtpOffer Read(SmtpReply ehlo)
    {
        var words = ehlo.Lines.Skip(1).Select(line => line.Trim().ToUpperInvariant().Split(' ')).ToList();
        var size = words.Find(word => word is ["SIZE", _]);
        return new SmtpOffer(
            Offers("PIPELINING"),
            Offers("CHUNKING"),
            Offers("STARTTLS"),
            Offers("SMTPUTF8"),
            size is not null && long.TryParse(size[1], NumberStyles.None, CultureInfo.InvariantCulture, out var octets) && octets > 0 ? octets : null);

        bool Offers(string keyword) => words.Exists(word => string.Equals(word[0], keyword, StringComparison.Ordinal));
    }
}

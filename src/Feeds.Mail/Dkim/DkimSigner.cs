using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MimeKit;

namespace Feeds.Mail;

/// <summary>
/// Signs messages from one sender (RFC 6376, RFC 8463): relaxed/relaxed, one signature by each key of the domain that aligns.
/// The body's hash comes from <see cref="EncodedContent"/>, so that only the header is canonicalised for each recipient.
/// </summary>
internal sealed class DkimSigner
{
    // Each is named once more than it stands in the message, so that none can be added or doubled on the way (RFC 6376 §8.15).
    private static readonly string[] Fields =
    [
        "From", "To", "Cc", "Subject", "Date", "Message-ID", "Reply-To", "MIME-Version", "Content-Type", "Content-Language",
        "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID", "Auto-Submitted", "Form-Sub",
    ];

    private readonly IReadOnlyList<Identity> identities;
    private readonly TimeProvider clock;

    private DkimSigner(IReadOnlyList<Identity> identities, TimeProvider clock) => (this.identities, this.clock) = (identities, clock);

    /// <summary>The signer of mails from an address, or null where no entry is for it.</summary>
    /// <exception cref="InvalidDataException">A key's file is not as <see cref="DkimOptionsRules"/> found it.</exception>
    public static DkimSigner? Create(IEnumerable<DkimOptions> entries, string address, TimeProvider clock)
    {
        var known = entries.ToList();
        var domain = DomainFor(known, address);
        var keys = known
            .Where(entry => string.Equals(DomainOf(entry), domain, StringComparison.Ordinal))
            .Select(entry => new Identity(domain!, entry.Selector, Key(entry)))
            .ToList();
        return keys.Count == 0 ? null : new DkimSigner(keys, clock);
    }

    /// <summary>The entry's domain as it stands in signatures, or null where it is none.</summary>
    public static string? DomainOf(DkimOptions entry) => MailAddressSyntax.Normalize($"x@{entry.Domain}", out _)?[2..];

    /// <summary>The domain that signs mails from an address: the longest that aligns, or null where none does.</summary>
    public static string? DomainFor(IEnumerable<DkimOptions> entries, string address) =>
        entries.Select(entry => DomainOf(entry)!).Where(domain => Aligns(domain, address)).MaxBy(domain => domain.Length);

    /// <summary>Whether a domain may sign mails from an address: it is the address's own, or a parent of it.</summary>
    public static bool Aligns(string domain, string address)
    {
        var own = address.AsSpan(address.LastIndexOf('@') + 1);
        return own.EndsWith(domain, StringComparison.Ordinal) && (own.Length == domain.Length || own[^(domain.Length + 1)] == '.');
    }

    /// <summary>Puts the signatures before the message's headers, none of which may change afterwards.</summary>
    /// <param name="message">With its body.</param>
    /// <param name="bodyHash">From <see cref="EncodedContent.BodyHash"/>.</param>
    public void Sign(MimeMessage message, byte[] bodyHash)
    {
        var signed = new ArrayBufferWriter<byte>(2048);
        var names = new StringBuilder();
        foreach (var field in Fields)
        {
            // From the last to the first of a name (RFC 6376 §5.4.2).
            foreach (var header in message.Headers.Concat(message.Body!.Headers).Where(header => header.Field.Equals(field, StringComparison.OrdinalIgnoreCase)).Reverse())
            {
                RelaxedHeader.Write(signed, field, header.RawValue);
                signed.Write("\r\n"u8);
                AddName(names, field);
            }

            AddName(names, field);
        }

        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        for (var i = 0; i < identities.Count; i++)
        {
            message.Headers.Insert(i, identities[i].Sign(signed.WrittenSpan, names.ToString(), bodyHash, now));
        }
    }

    private static DkimKey Key(DkimOptions entry) =>
        DkimKeyFile.Read(entry.KeyFile, out var reason) ?? throw new InvalidDataException($"Mail:Dkim: {entry.KeyFile} {reason}");

    /// <summary>A line for each name is more than one needs, and never too long.</summary>
    private static void AddName(StringBuilder names, string field) => names.Append(names.Length == 0 ? "" : ":\r\n\t ").Append(field);

    /// <summary>A key, and where its public half is.</summary>
    private sealed record Identity(string Domain, string Selector, DkimKey Key)
    {
        private const string Name = "DKIM-Signature";
        private const int Line = 72;

        public Header Sign(ReadOnlySpan<byte> signed, string names, byte[] bodyHash, long now)
        {
            var value = string.Create(
                CultureInfo.InvariantCulture,
                $" v=1; a={Key.Algorithm}; c=relaxed/relaxed; t={now};\r\n\td={Domain};\r\n\ts={Selector};\r\n\tbh={Convert.ToBase64String(bodyHash)};\r\n\th={names};\r\n\tb=");
            var whole = new ArrayBufferWriter<byte>(signed.Length + value.Length);
            whole.Write(signed);
            // The signature signs its own header with an empty b= and without a line break (RFC 6376 §3.7).
            RelaxedHeader.Write(whole, Name, Encoding.ASCII.GetBytes(value));
            var signature = Convert.ToBase64String(Key.Sign(SHA256.HashData(whole.WrittenSpan)));
            var header = new Header(Name, "");
            header.SetRawValue(Encoding.ASCII.GetBytes($"{value}{string.Join("\r\n\t ", signature.Chunk(Line).Select(line => new string(line)))}\r\n"));
            return header;
        }
    }
}

using System.Globalization;
using System.Security.Cryptography;

namespace Feeds.Mail;

/// <summary>Whether the public half of a key at hand is where receivers look for it (RFC 6376 §3.6, RFC 8463).</summary>
internal sealed class DkimRecordCheck(NameService names)
{
    /// <summary>The finding about one entry of <c>Mail:Dkim</c>.</summary>
    public async Task<MailFinding> LookAsync(DkimOptions entry, CancellationToken cancellationToken)
    {
        var name = $"{entry.Selector}._domainkey.{DkimSigner.DomainOf(entry)}";
        var step = $"DKIM of {name}";
        if (DkimKeyFile.Read(entry.KeyFile, out var reason) is not { } key)
        {
            return MailFinding.Fail(step, $"{entry.KeyFile} {reason}");
        }

        var texts = await names.TextsAsync(name, cancellationToken);
        var wanted = $"“v=DKIM1; k={key.Type}; p={Convert.ToBase64String(key.PublicKey)}”";
        if (texts.Count == 0)
        {
            return MailFinding.Fail(step, $"Nothing is published at {name}, so no signature can be verified; publish as TXT there: {wanted}.");
        }

        if (texts.Count > 1)
        {
            return MailFinding.Fail(step, string.Create(CultureInfo.InvariantCulture, $"There are {texts.Count} TXT records at {name}, of which receivers take any; keep this one: {wanted}."));
        }

        if (TagList.Parse(texts[0], out var wrong) is not { } record)
        {
            return MailFinding.Fail(step, $"The record at {name} can't be read: {wrong}; publish as TXT there: {wanted}.");
        }

        return Refuse(record, key) is { } failure
            ? MailFinding.Fail(step, $"The record at {name} {failure}; publish as TXT there: {wanted}.")
            : Has(record["t"], "y")
                ? MailFinding.Advice(step, $"The key at {name} is that of {entry.KeyFile}, but its t=y says that it is a test, so receivers may treat mails as unsigned; take t=y away.")
                : MailFinding.Pass(step, $"The key at {name} is that of {entry.KeyFile}.");
    }

    private static string? Refuse(TagList record, DkimKey key)
    {
        if (record["v"] is { } version && (!string.Equals(version, "DKIM1", StringComparison.Ordinal) || record.Version.Length == 0))
        {
            return "doesn't begin with v=DKIM1, so receivers ignore it";
        }

        if (record["p"] is not { } published)
        {
            return "has no p=, the key itself";
        }

        if (published.Length == 0)
        {
            return "says that the key is revoked (an empty p=)";
        }

        if (!string.Equals(record["k"] ?? "rsa", key.Type, StringComparison.OrdinalIgnoreCase))
        {
            return $"is of a key of another type (k={ReplyText.Clean(record["k"] ?? "rsa", 20)})";
        }

        if (record["h"] is { } hashes && !Has(hashes, "sha256"))
        {
            return "doesn't allow SHA-256 (h=), which the signatures use";
        }

        if (record["s"] is { } services && !Has(services, "email") && !Has(services, "*"))
        {
            return "isn't for e-mail (s=)";
        }

        return IsSame(key, published) ? null : "holds another key than the one that signs";
    }

    private static bool Has(string? list, string word) => list is not null && list.Split(':').Any(one => string.Equals(one.Trim(), word, StringComparison.OrdinalIgnoreCase));

    private static bool IsSame(DkimKey key, string published)
    {
        // Blanks in it are folds (RFC 6376 §3.2).
        var text = string.Concat(published.Where(c => !char.IsWhiteSpace(c)));
        var octets = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, octets, out var length))
        {
            return false;
        }

        var other = octets.AsSpan(0, length);
        return other.SequenceEqual(key.PublicKey) || (key is RsaDkimKey && other.SequenceEqual(WithoutType(key.PublicKey)));
    }

    /// <summary>The older form, which RFC 6376 §3.6.1 names and verifiers take too.</summary>
    private static byte[] WithoutType(byte[] subjectPublicKeyInfo)
    {
        using var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(subjectPublicKeyInfo, out _);
        return rsa.ExportRSAPublicKey();
    }
}

using System.Security.Cryptography;
using MimeKit;
using MimeKit.Cryptography;
using Org.BouncyCastle.Crypto;

namespace Feeds.Mail;

/// <summary>The signatures of a mail that arrived, verified by the keys in DNS (RFC 6376 §6).</summary>
internal sealed class ArrivedSignatures
{
    private readonly DkimVerifier verifier;
    private readonly HashSet<string> covered = new(StringComparer.OrdinalIgnoreCase);

    public ArrivedSignatures(NameService names) => verifier = new DkimVerifier(new Locator(names));

    /// <summary>Whether one of the signatures that were found good covers these headers.</summary>
    public bool Covers(params IEnumerable<string> headers) => headers.All(covered.Contains);

    /// <summary>Null where it is good, else what is wrong and the mend.</summary>
    /// <exception cref="NameServiceException">DNS has no answer.</exception>
    public async Task<string?> VerifyAsync(MimeMessage message, Header header, CancellationToken cancellationToken)
    {
        try
        {
            if (!await verifier.VerifyAsync(message, header, cancellationToken))
            {
                return "is not good: either the key in DNS is not the one that signed (`feeds doctor mail` compares them), or a server on the way, or the program that saved the file, changed the mail.";
            }
        }
        catch (KeyLackingException lacking)
        {
            return lacking.Message;
        }
        catch (Exception unreadable) when (unreadable is FormatException or ArgumentException or NotSupportedException or CryptographicException or CryptoException or InvalidOperationException or IOException)
        {
            // A hostile or damaged header or key; the library refuses each in its own way.
            return $"or its key can't be read ({unreadable.GetType().Name}); see that the record in DNS is whole.";
        }

        covered.UnionWith(Tag(header, "h")?.Split(':').Select(name => name.Trim()) ?? []);
        return null;
    }

    /// <summary>A tag of a signature, or null.</summary>
    public static string? Tag(Header header, string name) =>
        TagList.Parse(string.Concat(header.Value.Where(c => c is not '\r' and not '\n')), out _)?[name];

    /// <summary>There is no key where the signature says.</summary>
    private sealed class KeyLackingException(string message) : Exception(message);

    private sealed class Locator(NameService names) : DkimPublicKeyLocatorBase
    {
        /// <inheritdoc/>
        public override AsymmetricKeyParameter LocatePublicKey(string methods, string domain, string selector, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException("Keys are looked up asynchronously.");

        /// <inheritdoc/>
        public override async Task<AsymmetricKeyParameter> LocatePublicKeyAsync(string methods, string domain, string selector, CancellationToken cancellationToken = default)
        {
            var name = $"{selector}._domainkey.{domain}";
            var texts = await names.TextsAsync(name, cancellationToken);
            return texts.Count == 1
                ? GetPublicKey(texts[0])
                : throw new KeyLackingException($"can't be verified: there is {(texts.Count == 0 ? "no record" : "more than one record")} at {name}; publish the key there.");
        }
    }
}

namespace Feeds.Mail;

/// <summary>
/// One entry of <c>Mail:Dkim</c>: a key that signs what leaves (RFC 6376). RSA and Ed25519 may stand side by side for one
/// domain (RFC 8463 §3): then every message has both signatures.
/// </summary>
public sealed class DkimOptions
{
    /// <summary>The domain that signs: that of <see cref="MailOptions.From"/> or a parent of it. Where entries fit both, the longest domain signs.</summary>
    public string Domain { get; set; } = "";

    /// <summary>Where the public key is in DNS: <c>Selector._domainkey.Domain</c>.</summary>
    public string Selector { get; set; } = "";

    /// <summary>
    /// The private key in PEM, without passphrase, readable by its owner alone: RSA of 2048–4096 bits (PKCS#8 or PKCS#1) or
    /// Ed25519 (PKCS#8). It is read when the program starts.
    /// </summary>
    public string KeyFile { get; set; } = "";
}

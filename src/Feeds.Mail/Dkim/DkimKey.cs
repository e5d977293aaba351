using System.Collections.Concurrent;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Feeds.Mail;

/// <summary>A private key that signs the hash of a message's header; any thread may use it.</summary>
internal abstract class DkimKey
{
    /// <summary>The value of <c>a=</c>.</summary>
    public abstract string Algorithm { get; }

    /// <summary>The value of <c>k=</c> in DNS.</summary>
    public string Type => Algorithm[..Algorithm.IndexOf('-', StringComparison.Ordinal)];

    /// <summary>The value of <c>p=</c> in DNS before base64.</summary>
    public abstract byte[] PublicKey { get; }

    /// <param name="hash">SHA-256.</param>
    public abstract byte[] Sign(byte[] hash);
}

/// <summary><c>rsa-sha256</c> (RFC 6376 §3.3.1) by the platform's own RSA, ten times as fast as a managed one.</summary>
/// <remarks>An <see cref="RSA"/> is not made for several threads: each signature borrows one, and there are as many as were ever needed at once.</remarks>
internal sealed class RsaDkimKey(RSAParameters key) : DkimKey
{
    private readonly ConcurrentBag<RSA> idle = [];

    /// <inheritdoc/>
    public override string Algorithm => "rsa-sha256";

    /// <inheritdoc/>
    public override byte[] PublicKey
    {
        get
        {
            using var rsa = RSA.Create(key);
            return rsa.ExportSubjectPublicKeyInfo();
        }
    }

    /// <inheritdoc/>
    public override byte[] Sign(byte[] hash)
    {
        var rsa = idle.TryTake(out var found) ? found : RSA.Create(key);
        var signature = rsa.SignHash(hash, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        idle.Add(rsa);
        return signature;
    }
}

/// <summary><c>ed25519-sha256</c> (RFC 8463): the hash is what PureEdDSA signs.</summary>
internal sealed class Ed25519DkimKey(Ed25519PrivateKeyParameters key) : DkimKey
{
    /// <inheritdoc/>
    public override string Algorithm => "ed25519-sha256";

    /// <inheritdoc/>
    public override byte[] PublicKey => key.GeneratePublicKey().GetEncoded();

    /// <inheritdoc/>
    public override byte[] Sign(byte[] hash)
    {
        var signature = new byte[Ed25519.SignatureSize];
        key.Sign(Ed25519.Algorithm.Ed25519, null, hash, 0, hash.Length, signature, 0);
        return signature;
    }
}

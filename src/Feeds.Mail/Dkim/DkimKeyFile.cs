using System.Globalization;
using System.Security.Cryptography;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;

namespace Feeds.Mail;

/// <summary>Reads a private key, or says what is wrong with its file. Nothing of the file's content is in a sentence.</summary>
internal static class DkimKeyFile
{
    private const int MaximumOctets = 64 * 1024;
    private const int LeastBits = 2048;

    // RFC 8301 §3.2: verifiers need not know longer ones.
    private const int MostBits = 4096;
    private const string RsaEncryption = "1.2.840.113549.1.1.1";

    // RFC 8410 §3.
    private const string Ed25519 = "1.3.101.112";

    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>The key, or null with what a sentence says after the file's name: what is wrong; what mends it.</summary>
    public static DkimKey? Read(string path, out string? reason)
    {
        string? pem = null;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            reason = !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & Others) != UnixFileMode.None
                ? "is open to others than its owner; take their rights away (chmod 600) and replace the key if they may have read it."
                : file.Length > MaximumOctets ? "is larger than 64 KB; write the file of one private key." : null;
            if (reason is null)
            {
                using var reader = new StreamReader(file);
                pem = reader.ReadToEnd();
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            reason = "can't be read; see that it exists and that this user may read it.";
        }

        return pem is null ? null : Parse(pem, out reason);
    }

    private static DkimKey? Parse(string pem, out string? reason)
    {
        const string NoKey = "holds no private key in PEM; make one with openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048.";
        try
        {
            if (!PemEncoding.TryFind(pem, out var found))
            {
                reason = NoKey;
                return null;
            }

            var label = pem[found.Label];
            var octets = Convert.FromBase64String(pem[found.Base64Data]);
            switch (label)
            {
                case "PRIVATE KEY":
                    return ParsePkcs8(octets, out reason);
                case "RSA PRIVATE KEY" when !pem.Contains("ENCRYPTED", StringComparison.Ordinal):
                    using (var rsa = RSA.Create())
                    {
                        rsa.ImportRSAPrivateKey(octets, out _);
                        return Fit(rsa, out reason);
                    }

                case "ENCRYPTED PRIVATE KEY" or "RSA PRIVATE KEY":
                    reason = "is locked with a passphrase; write it without one (openssl pkey -in … -out …).";
                    return null;
                default:
                    reason = NoKey;
                    return null;
            }
        }
        catch (Exception)
        {
            // Two libraries read it, and the ways in which they refuse damaged octets are many.
            reason = "holds a private key that is damaged; copy it again.";
            return null;
        }
    }

    private static DkimKey? ParsePkcs8(byte[] octets, out string? reason)
    {
        switch (PrivateKeyInfo.GetInstance(octets).PrivateKeyAlgorithm.Algorithm.Id)
        {
            case RsaEncryption:
                using (var rsa = RSA.Create())
                {
                    rsa.ImportPkcs8PrivateKey(octets, out _);
                    return Fit(rsa, out reason);
                }

            case Ed25519:
                reason = null;
                return new Ed25519DkimKey((Ed25519PrivateKeyParameters)PrivateKeyFactory.CreateKey(octets));
            default:
                reason = "holds a key that is neither RSA nor Ed25519, which alone DKIM knows; make one of the two.";
                return null;
        }
    }

    private static RsaDkimKey? Fit(RSA rsa, out string? reason)
    {
        if (rsa.KeySize is < LeastBits or > MostBits)
        {
            reason = string.Create(CultureInfo.InvariantCulture, $"holds an RSA key of {rsa.KeySize} bits; make one of {LeastBits} to {MostBits}.");
            return null;
        }

        reason = null;
        return new RsaDkimKey(rsa.ExportParameters(includePrivateParameters: true));
    }
}

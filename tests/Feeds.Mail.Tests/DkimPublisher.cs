using System.Security.Cryptography;
using System.Text.Json;
using MimeKit;
using MimeKit.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Pkcs;
using Org.BouncyCastle.Security;

namespace Feeds.Mail.Tests;

/// <summary>Keys in files, with their public halves in a DNS of its own, and others' programs that look there.</summary>
internal sealed class DkimPublisher : DkimPublicKeyLocatorBase, IDisposable
{
    // Which signatures of each mail are good.
    private const string Verify = """
        import dkim, json, os, sys
        folder = sys.argv[1]
        with open(os.path.join(folder, 'dns.json')) as file:
            records = json.load(file)
        dns = lambda name, timeout=5: records.get(name.decode().rstrip('.'), '').encode() or None
        def good(mail, index):
            try:
                return dkim.DKIM(mail, minkey=2048).verify(idx=index, dnsfunc=dns)
            except dkim.DKIMException:
                return False
        result = {}
        for name in os.listdir(os.path.join(folder, 'mails')):
            with open(os.path.join(folder, 'mails', name), 'rb') as file:
                mail = file.read()
            result[name] = [good(mail, index) for index in range(mail.split(b'\r\n\r\n')[0].count(b'DKIM-Signature:'))]
        print(json.dumps(result))
        """;

    private readonly TestFolder folder = new();
    private readonly Dictionary<string, string> records = new(StringComparer.Ordinal);
    private readonly List<DkimOptions> entries = [];

    /// <summary>What <c>Mail:Dkim</c> would be.</summary>
    public IReadOnlyList<DkimOptions> Entries => entries;

    /// <summary>What DNS would have, by name.</summary>
    public IReadOnlyDictionary<string, string> Records => records;

    public IEnumerable<(string Key, string? Value)> Settings => entries.SelectMany((entry, index) => new (string, string?)[]
    {
        ($"Mail:Dkim:{index}:Domain", entry.Domain),
        ($"Mail:Dkim:{index}:Selector", entry.Selector),
        ($"Mail:Dkim:{index}:KeyFile", entry.KeyFile),
    });

    public DkimPublisher AddRsa(string domain = "example.org", string selector = "rsa1", bool pkcs1 = false)
    {
        using var rsa = RSA.Create(2048);
        return Add(domain, selector, pkcs1 ? rsa.ExportRSAPrivateKeyPem() : rsa.ExportPkcs8PrivateKeyPem(), "rsa", rsa.ExportSubjectPublicKeyInfo());
    }

    public DkimPublisher AddEd25519(string domain = "example.org", string selector = "ed1")
    {
        var key = new Ed25519PrivateKeyParameters(new SecureRandom());
        return Add(domain, selector, Pem(key), "ed25519", key.GeneratePublicKey().GetEncoded());
    }

    public static string Pem(AsymmetricKeyParameter key) => PemEncoding.WriteString("PRIVATE KEY", PrivateKeyInfoFactory.CreatePrivateKeyInfo(key).GetDerEncoded());

    /// <summary>Writes a file that its owner alone may read.</summary>
    public static string WriteKey(TestFolder folder, string name, string text)
    {
        var path = folder.Write(name, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return path;
    }

    /// <summary>Which signatures of a mail MimeKit finds good.</summary>
    public IReadOnlyList<bool> SeenByMimeKit(byte[] mail)
    {
        using var message = MimeMessage.Load(new MemoryStream(mail));
        var verifier = new DkimVerifier(this);
        return [.. message.Headers.Where(header => header.Id == HeaderId.DkimSignature).Select(header => verifier.Verify(message, header))];
    }

    /// <summary>Which signatures of each mail dkimpy finds good; skips the test where it is lacking.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<bool>>> SeenByDkimpyAsync(IReadOnlyList<byte[]> mails)
    {
        folder.Write("dns.json", JsonSerializer.Serialize(records));
        using var verified = new TestFolder();
        File.Copy(folder["dns.json"], verified["dns.json"]);
        Directory.CreateDirectory(verified["mails"]);
        for (var i = 0; i < mails.Count; i++)
        {
            await File.WriteAllBytesAsync(verified[$"mails/{i}"], mails[i]);
        }

        var seen = JsonSerializer.Deserialize<Dictionary<string, bool[]>>(await OtherProgram.PythonAsync("dkim", Verify, verified.Path))!;
        return [.. Enumerable.Range(0, mails.Count).Select(i => seen[$"{i}"])];
    }

    public override AsymmetricKeyParameter LocatePublicKey(string methods, string domain, string selector, CancellationToken cancellationToken = default) =>
        GetPublicKey(records[$"{selector}._domainkey.{domain}"]);

    public override Task<AsymmetricKeyParameter> LocatePublicKeyAsync(string methods, string domain, string selector, CancellationToken cancellationToken = default) =>
        Task.FromResult(LocatePublicKey(methods, domain, selector, cancellationToken));

    public void Dispose() => folder.Dispose();

    private DkimPublisher Add(string domain, string selector, string pem, string type, byte[] publicKey)
    {
        records[$"{selector}._domainkey.{domain}"] = $"v=DKIM1; k={type}; p={Convert.ToBase64String(publicKey)}";
        entries.Add(new DkimOptions { Domain = domain, Selector = selector, KeyFile = WriteKey(folder, $"{selector}-{entries.Count}.pem", pem) });
        return this;
    }
}

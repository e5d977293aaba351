using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Feeds.Testing.Smtp;

namespace Feeds.Delivery.Tests;

/// <summary>A mail as a real server kept it: the envelope's recipient stands in a line X-Rcpt-Args before its own headers.</summary>
internal sealed record ReceivedMail(string To, string Path)
{
    public LedgerEntry Entry => new(To, AcceptedMessage.FindMessageId(File.ReadAllBytes(Path)));

    public static IReadOnlyList<ReceivedMail> ReadAll(string folder) =>
    [
        .. Directory.GetFiles(folder).Select(path =>
        {
            var line = File.ReadLines(path, Encoding.Latin1).First(line => line.StartsWith("X-Rcpt-Args: <", StringComparison.Ordinal));
            return new ReceivedMail(line.Split('<', '>')[1], path);
        }),
    ];
}

/// <summary>A key that signs mails, and Python's dkimpy, which judges them by its public half.</summary>
internal sealed class SigningKey : IDisposable
{
    private const string Verify = """
        import dkim, json, sys
        dns = lambda name, timeout=5: sys.argv[1].encode() if name == b'feeds1._domainkey.blog.example.' else None
        def good(path):
            with open(path, 'rb') as file:
                return dkim.verify(file.read(), minkey=2048, dnsfunc=dns)
        print(json.dumps([good(path) for path in sys.argv[2:]]))
        """;

    private readonly TestFolder folder = new();
    private readonly string record;

    public SigningKey()
    {
        using var rsa = RSA.Create(2048);
        record = $"v=DKIM1; k=rsa; p={Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo())}";
        File.SetUnixFileMode(folder.Write("key.pem", rsa.ExportPkcs8PrivateKeyPem()), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public string[] Settings => ["--Mail:Dkim:0:Domain=blog.example", "--Mail:Dkim:0:Selector=feeds1", $"--Mail:Dkim:0:KeyFile={folder["key.pem"]}"];

    /// <summary>How many carry a signature that is good.</summary>
    public async Task<int> CountGoodAsync(IEnumerable<ReceivedMail> mails) =>
        JsonSerializer.Deserialize<bool[]>(await OtherProgram.PythonAsync("dkim", Verify, [record, .. mails.Select(mail => mail.Path)]))!.Count(good => good);

    public void Dispose() => folder.Dispose();
}

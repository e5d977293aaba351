using System.Globalization;
using System.Text;
using System.Text.Json;
using Feeds.Storage;
using Feeds.Testing.Dns;
using Feeds.Testing.Smtp;
using Microsoft.Extensions.Time.Testing;

namespace Feeds.Mail.Tests;

/// <summary>Signatures as the command <c>dkimverify</c> (Debian's python3-dkim) judges them, with the keys in a DNS that it asks.</summary>
public sealed class DkimVerifyTests
{
    // The installed command itself, once a signature, in one process: to start one each would take minutes. All that is set for
    // it is whom its resolver asks.
    private const string Verify = """
        import contextlib, io, json, os, runpy, sys, warnings
        import dns.resolver
        warnings.simplefilter('ignore')
        folder, port = sys.argv[1], int(sys.argv[2])
        dns.resolver.default_resolver = dns.resolver.Resolver(configure=False)
        dns.resolver.default_resolver.nameservers = ['127.0.0.1']
        dns.resolver.default_resolver.port = port
        def good(path, index):
            sys.argv = ['/usr/bin/dkimverify', '--index', str(index)]
            said = io.StringIO()
            with open(path, 'rb') as file, contextlib.redirect_stdout(said):
                sys.stdin = io.TextIOWrapper(file)
                try:
                    runpy.run_path('/usr/bin/dkimverify', run_name='__main__')
                except SystemExit as end:
                    return not end.code and said.getvalue() == 'signature ok\n'
                except Exception:
                    return False  # It ends with the trace of most refusals.
        print(json.dumps([[good(os.path.join(folder, name), index) for index in (0, 1)] for name in sorted(os.listdir(folder))]))
        """;

    [SkippableFact]
    public async Task Dkimverify_finds_both_signatures_of_a_thousand_received_mails_good_and_neither_of_a_changed_one()
    {
        using var keys = new DkimPublisher().AddRsa().AddEd25519();
        await using var dns = ZoneServer.Start([.. keys.Records.Select(record => (record.Key, record.Value))]);
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        using var received = new TestFolder();
        await using var server = ScriptedSmtpServer.Start();
        // It refuses a signature from the future, and knows only the machine's time.
        var clock = new FakeTimeProvider(new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, [.. keys.Settings]);
        await room.AddAsync(Mailings.Edition("weekly", 1000));

        await room.Loop.TickAsync(default);
        foreach (var (index, mail) in server.Ledger.Messages.Index())
        {
            await File.WriteAllBytesAsync(received[string.Create(CultureInfo.InvariantCulture, $"{index:0000}")], mail.Bytes.ToArray());
        }

        var first = Encoding.Latin1.GetString(server.Ledger.Messages[0].Bytes.Span);
        await File.WriteAllTextAsync(received["changed"], first.Replace("Bonjour", "Bonsoir", StringComparison.Ordinal), Encoding.Latin1);
        var seen = JsonSerializer.Deserialize<bool[][]>(
            await OtherProgram.PythonAsync("dkim", Verify, received.Path, dns.Address.Port.ToString(CultureInfo.InvariantCulture)))!;

        Assert.Equal(1001, seen.Length);
        Assert.All(seen[..1000], signatures => Assert.Equal([true, true], signatures));
        Assert.Equal([false, false], seen[1000]);
        Assert.Contains("rsa1._domainkey.example.org Txt", dns.Questions, StringComparer.Ordinal);
        Assert.Contains("ed1._domainkey.example.org Txt", dns.Questions, StringComparer.Ordinal);
    }
}

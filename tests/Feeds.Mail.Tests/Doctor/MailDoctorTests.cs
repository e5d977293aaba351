using Feeds.Storage;
using Feeds.Testing.Dns;
using Feeds.Testing.Smtp;
using Microsoft.Extensions.Time.Testing;

namespace Feeds.Mail.Tests;

/// <summary>The doctor with a real SMTP server and a real DNS server: what is said, and that nothing is sent unasked.</summary>
public sealed class MailDoctorTests
{
    private const string Username = "sender@example.org";
    private const string Password = "correct horse";

    [Fact]
    public async Task A_sound_house_passes_every_step_and_sends_nothing()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        using var keys = new DkimPublisher().AddRsa().AddEd25519();
        await using var dns = Zone(keys);
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { StartTls = true, Login = (Username, Password) });
        await using var room = await SmtpRoom.OpenAsync(
            database, MailRoom.Clock(), server.Port, [.. Login(Password), .. keys.Settings, ("Mail:BounceAddress", "returns@example.org")]);

        var findings = await ExamineAsync(room, dns, server);

        Assert.DoesNotContain(findings, finding => finding.Verdict == MailVerdict.Fail && finding.Step is not ("PTR" or "SPF and the relay"));
        Assert.Equal(["DNS of the relay", "TCP", "TLS", "AUTH", "MAIL FROM"], findings.Take(5).Where(finding => finding.Verdict == MailVerdict.Pass).Select(finding => finding.Step), StringComparer.Ordinal);
        Assert.Equal(5, findings.Count(finding => finding.Verdict == MailVerdict.Pass && finding.Step.Split(' ')[0] is "SPF" or "DKIM" or "DMARC" or "MX" && finding.Step is not "SPF and the relay"));
        Assert.Equal(["EHLO", "STARTTLS", "EHLO", "AUTH", "MAIL", "RSET", "QUIT"], server.Commands.Select(command => command.Split(' ')[0]), StringComparer.Ordinal);
        Assert.Contains(server.Commands, command => command.StartsWith("MAIL FROM:<returns+b", StringComparison.Ordinal));
        Assert.Empty(server.Ledger.Messages);
    }

    [Fact]
    public async Task A_wrong_password_ends_the_walk_and_is_not_in_what_is_said()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var dns = ZoneServer.Start();
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { StartTls = true, Login = (Username, Password) });
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port, Login("wrong battery"));

        var findings = await ExamineAsync(room, dns, server);

        var failed = findings.First(finding => finding.Verdict == MailVerdict.Fail);
        Assert.Equal("AUTH", failed.Step);
        Assert.Contains("535", failed.Sentence, StringComparison.Ordinal);
        var said = string.Join('\n', findings);
        Assert.DoesNotContain("battery", said, StringComparison.Ordinal);
        Assert.DoesNotContain(Username, said, StringComparison.Ordinal);
        Assert.DoesNotContain(findings, finding => finding.Step is "MAIL FROM");
    }

    [Fact]
    public async Task A_sender_that_the_relay_refuses_is_told_by_its_key_and_without_the_address()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var dns = ZoneServer.Start();
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { Mail = address => $"550 5.7.1 <{address}> is not yours" });
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port);

        var failed = (await ExamineAsync(room, dns, server)).First(finding => finding.Verdict == MailVerdict.Fail);

        Assert.Equal("MAIL FROM", failed.Step);
        Assert.Contains("Mail:BounceAddress", failed.Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("news@", failed.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_of_several_relays_is_walked_to_and_the_weightier_takes_the_mail_to_oneself()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var dns = ZoneServer.Start();
        await using var one = ScriptedSmtpServer.Start(new SmtpScript { Mail = _ => "550 5.7.1 no" });
        await using var two = ScriptedSmtpServer.Start();
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), one.Port, [("Mail:Smtp:Host", ""), .. Relay(0, "one", one.Port, 1), .. Relay(1, "two", two.Port, 3)]);

        var findings = await ExamineAsync(room, dns, null);

        Assert.Equal(MailVerdict.Fail, findings.Single(finding => finding.Step is "one, MAIL FROM").Verdict);
        Assert.Equal(MailVerdict.Pass, findings.Single(finding => finding.Step is "two, MAIL FROM").Verdict);
        Assert.Equal(MailVerdict.Pass, (await room.Get<MailDoctor>().SendAsync("me@example.net", default)).Verdict);
        Assert.Equal(["me@example.net"], two.Ledger.Recipients, StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("localhost", 2026, false, MailVerdict.Fail, "vouched for by nobody")]
    [InlineData("127.0.0.1", 2026, false, MailVerdict.Fail, "made for another name (localhost)")]
    [InlineData("localhost", 2050, false, MailVerdict.Fail, "until 2049-01-01")]
    [InlineData("localhost", 2048, true, MailVerdict.Advice, "good only until 2049-01-01")]
    public async Task A_certificate_is_judged_by_authority_name_and_time(string host, int year, bool trusted, MailVerdict verdict, string said)
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var dns = ZoneServer.Start();
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { ImplicitTls = true });
        var clock = new FakeTimeProvider(new DateTimeOffset(year, 12, 25, 8, 0, 0, TimeSpan.Zero));
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:Smtp:Security", "Tls"), ("Mail:Smtp:Host", host));

        var found = (await ExamineAsync(room, dns, trusted ? server : null)).Single(finding => finding.Step is "TLS");

        Assert.Equal(verdict, found.Verdict);
        Assert.Contains(said, found.Sentence, StringComparison.Ordinal);
        Assert.Equal(trusted, server.Commands.Any(command => command.StartsWith("MAIL", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_left_after_twenty_seconds_and_that_is_said()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        // It waits for TLS to begin, and we for its greeting.
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { ImplicitTls = true });
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:Smtp:Security", "StartTls"));
        await using var walk = room.Get<MailDoctor>().ExamineAsync(default).GetAsyncEnumerator();
        Assert.True(await walk.MoveNextAsync() && await walk.MoveNextAsync());

        var greeting = walk.MoveNextAsync();
        clock.Advance(TimeSpan.FromSeconds(21));

        Assert.True(await greeting);
        Assert.Equal(("TLS", MailVerdict.Fail), (walk.Current.Step, walk.Current.Verdict));
        Assert.Contains("20 seconds are waited for here, and five minutes when mail is sent", walk.Current.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_no_DNS_server_answers_nothing_of_DNS_is_a_fail()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var dns = ZoneServer.Start();
        dns.IsSilent = true;
        await using var server = ScriptedSmtpServer.Start();
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port);

        var findings = await ExamineAsync(room, dns, server);

        Assert.All(findings.Skip(5), finding => Assert.True(finding.Verdict == MailVerdict.Unknown, finding.ToString()));
        Assert.Equal(5, findings.Count(finding => finding.Verdict == MailVerdict.Pass));
    }

    [Fact]
    public async Task A_mail_to_oneself_is_signed_and_what_arrives_is_proven_by_it()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        using var keys = new DkimPublisher().AddRsa().AddEd25519();
        using var folder = new TestFolder();
        await using var dns = Zone(keys);
        await using var server = ScriptedSmtpServer.Start();
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port, [.. keys.Settings]);
        var doctor = room.Get<MailDoctor>();
        doctor.Names = new NameService([dns.Address], dns.IsSilent ? TimeSpan.FromMilliseconds(300) : null);

        Assert.Equal(MailVerdict.Fail, (await doctor.SendAsync("nobody", default)).Verdict);
        Assert.Empty(server.Ledger.Messages);
        var sent = await doctor.SendAsync("me@example.net", default);

        Assert.Equal(MailVerdict.Pass, sent.Verdict);
        var mail = Assert.Single(server.Ledger.Messages);
        Assert.Equal("me@example.net", mail.To);
        Assert.Contains(mail.MessageId, sent.Sentence, StringComparison.Ordinal);
        var bytes = System.Text.Encoding.Latin1.GetString(mail.Bytes.Span);
        var arrived = await ReadAsync(doctor, folder, $"Return-Path: <{mail.From}>\r\nAuthentication-Results: mx.example.net; spf=pass smtp.mailfrom=example.org; dkim=pass header.d=example.org; dmarc=pass header.from=example.org\r\n{bytes}");
        Assert.Equal(["From", "DKIM signature of example.org", "DKIM signature of example.org", "Return-Path", "Authentication-Results", "Message-ID and Date"], arrived.Where(finding => finding.Verdict == MailVerdict.Pass).Select(finding => finding.Step), StringComparer.Ordinal);

        var changed = await ReadAsync(doctor, folder, $"Authentication-Results: mx.example.net; spf=pass; dkim=fail; dmarc=fail\r\n{bytes.Replace("It arrived", "It arrives", StringComparison.Ordinal).Replace("Message-ID:", "X-Was:", StringComparison.Ordinal)}");
        Assert.Equal(["DKIM signature of example.org", "DKIM signature of example.org", "Authentication-Results", "Message-ID and Date"], changed.Where(finding => finding.Verdict == MailVerdict.Fail).Select(finding => finding.Step), StringComparer.Ordinal);
        Assert.Contains(await ReadAsync(doctor, folder, "From: a@elsewhere.example\r\n\r\n"), finding => finding is { Step: "From", Verdict: MailVerdict.Fail });
        Assert.Contains(await ReadAsync(doctor, folder, "From: news@example.org\r\n\r\n"), finding => finding is { Step: "DKIM", Verdict: MailVerdict.Fail });
        Assert.Contains(await ReadAsync(doctor, folder, "\0\u0001"), finding => finding.Verdict == MailVerdict.Fail);
    }

    private static ZoneServer Zone(DkimPublisher keys)
    {
        var dns = ZoneServer.Start(("example.org", "v=spf1 mx -all"), ("_dmarc.example.org", "v=DMARC1; p=reject; rua=mailto:reports@example.org"));
        foreach (var (name, text) in keys.Records)
        {
            dns.Text(name, text);
        }

        return dns.Exchanger("example.org", "mx.example.org").Host("mx.example.org", "192.0.2.1");
    }

    private static (string Key, string? Value)[] Login(string password) =>
        [("Mail:Smtp:Security", "StartTls"), ("Mail:Smtp:Username", Username), ("Mail:Smtp:Password", password)];

    private static (string Key, string? Value)[] Relay(int index, string name, int port, int weight) =>
    [
        ($"Mail:Relays:{index}:Name", name),
        ($"Mail:Relays:{index}:Host", "localhost"),
        ($"Mail:Relays:{index}:Port", $"{port}"),
        ($"Mail:Relays:{index}:Security", "None"),
        ($"Mail:Relays:{index}:Weight", $"{weight}"),
    ];

    private static async Task<List<MailFinding>> ExamineAsync(MailRoom room, ZoneServer dns, ScriptedSmtpServer? trusted)
    {
        var doctor = room.Get<MailDoctor>();
        doctor.Names = new NameService([dns.Address], dns.IsSilent ? TimeSpan.FromMilliseconds(300) : null);
        doctor.Trust = trusted is null ? null : (_, certificate, _, _) => string.Equals(certificate?.GetCertHashString(), trusted.Certificate.GetCertHashString(), StringComparison.Ordinal);
        return await doctor.ExamineAsync(default).ToListAsync();
    }

    private static async Task<List<MailFinding>> ReadAsync(MailDoctor doctor, TestFolder folder, string mail)
    {
        await File.WriteAllTextAsync(folder["arrived.eml"], mail, System.Text.Encoding.Latin1);
        return await doctor.ReadAsync(folder["arrived.eml"], default).ToListAsync();
    }
}

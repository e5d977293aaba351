using System.Globalization;
using System.Text;
using Feeds.Storage;
using Feeds.Testing.Smtp;
using FsCheck.Xunit;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using MimeKit;

namespace Feeds.Mail.Tests;

/// <summary>Signatures as those see them who verify: dkimpy (Debian's python3-dkim) and MimeKit.</summary>
public sealed class DkimTests
{
    private static readonly string[] Oversigned =
        ["From", "To", "Cc", "Subject", "Date", "Message-ID", "Reply-To", "MIME-Version", "Content-Type", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID"];

    private static readonly string Link = MailContent.Placeholder("unsubscribe");

    // Accents, emoji, long lines, blanks at ends, runs of blanks, empty lines, lines of dots.
    private static readonly MailContent Awkward = new(
        "« L’été »  arrive\u202f: cœur 👩‍👩‍👧‍👦 et   soleil 🌞 toute l’année, c’est promis !",
        $"\n\n<p>.\n..\n \t \n« été »  \n\n\n<a href=\"{Link}\">x</a>{Link}  y\n{new string('é', 3000)}\t\n{new string('w', 5000)}\n\n\n",
        $"{Link}L’été  \t \n\n.\n..\n{Link}\t\n{new string('x', 3000)}\n \n\n\n");

    [SkippableTheory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task A_thousand_awkward_mails_that_were_received_all_verify(bool rsa, bool ed25519)
    {
        using var dns = Publisher(rsa, ed25519);
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var server = ScriptedSmtpServer.Start();
        server.Script.Extensions = [.. server.Script.Extensions, "SMTPUTF8"];
        await using var room = await SmtpRoom.OpenAsync(database, Clock(), server.Port, [.. dns.Settings]);
        await room.AddAsync(Edition(1000));

        await room.Loop.TickAsync(default);

        var mails = server.Ledger.Messages.Select(message => message.Bytes.ToArray()).ToList();
        Assert.Equal(1000, mails.Count);
        var good = Enumerable.Repeat(true, dns.Entries.Count).ToArray();
        Assert.All(mails.Take(50), mail => Assert.Equal(good, dns.SeenByMimeKit(mail)));
        Assert.All(await dns.SeenByDkimpyAsync(mails), seen => Assert.Equal(good, seen));
    }

    [SkippableFact]
    public async Task Mails_of_the_pickup_folder_verify_too()
    {
        using var dns = Publisher(rsa: true, ed25519: true);
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        using var folder = new TestFolder();
        await using var room = await MailRoom.OpenAsync(database, Clock(), [("Mail:PickupFolder", folder.Path), ("Mail:From", "news@example.org"), ("Mail:BounceAddress", "bounces@news.example.org"), .. dns.Settings]);
        await room.AddAsync(Edition(10));

        await room.Loop.TickAsync(default);

        var mails = Directory.GetFiles(folder.Path).Select(File.ReadAllBytes).ToList();
        Assert.Equal(10, mails.Count);
        Assert.All(mails, mail => Assert.Contains(">,\r\n <mailto:bounces+u", Encoding.Latin1.GetString(mail), StringComparison.Ordinal));
        Assert.All(await dns.SeenByDkimpyAsync(mails), seen => Assert.Equal([true, true], seen));
        Assert.DoesNotContain("PRIVATE KEY", room.Log.Text, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Whatever_is_changed_or_added_on_the_way_breaks_both_signatures()
    {
        using var dns = Publisher(rsa: true, ed25519: true);
        var mail = Encoding.Latin1.GetString(await WriteAsync(dns, Edition(1)));
        List<string> changed =
        [
            mail.Replace("xxx=\r\nxxx", "xxx=\r\nxyx", StringComparison.Ordinal),
            mail.Replace("\r\nSubject: ", "\r\nSubject: x", StringComparison.Ordinal),
            mail.Replace("unsubscribe/1>", "unsubscribe/2>", StringComparison.Ordinal),
            mail.Replace("\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click", "", StringComparison.Ordinal),
            mail.Replace("\r\nTo: reader", "\r\nTo: writer", StringComparison.Ordinal),
            mail.Replace("multipart/alternative", "multipart/mixed", StringComparison.Ordinal),
            .. Oversigned.Select(name => $"{name}: a@b.example\r\n{mail}"),
            .. Oversigned.Select(name => mail.Replace("\r\nMIME-Version", $"\r\n{name}: a@b.example\r\nMIME-Version", StringComparison.Ordinal)),
        ];
        Assert.DoesNotContain(mail, changed, StringComparer.Ordinal);

        var mails = changed.Select(Encoding.Latin1.GetBytes).ToList();

        Assert.All(await dns.SeenByDkimpyAsync(mails), seen => Assert.Equal([false, false], seen));
        Assert.All(mails, one => Assert.Equal([false, false], dns.SeenByMimeKit(one)));
        Assert.Equal([true, true], dns.SeenByMimeKit(Encoding.Latin1.GetBytes(mail)));
    }

    [Fact]
    public async Task A_signature_names_its_time_key_and_headers_and_has_no_long_line()
    {
        using var dns = Publisher(rsa: true, ed25519: false);

        var mail = Encoding.ASCII.GetString(await WriteAsync(dns, Edition(1)));

        var end = mail.IndexOf("\r\nFrom:", StringComparison.Ordinal);
        Assert.All(mail[..end].Split("\r\n"), line => Assert.InRange(line.Length, 1, 78));
        Assert.All(mail[..end].Split("\r\n").Skip(1), line => Assert.StartsWith("\t", line, StringComparison.Ordinal));
        var signature = string.Concat(mail[..end].Where(c => !char.IsWhiteSpace(c)));
        Assert.StartsWith("DKIM-Signature:v=1;a=rsa-sha256;c=relaxed/relaxed;t=1704067200;d=example.org;s=rsa1;bh=", signature, StringComparison.Ordinal);
        Assert.Contains(";h=From:From:To:To:Cc:Subject:Subject:", signature, StringComparison.Ordinal);
        Assert.Contains(":List-Unsubscribe:List-Unsubscribe:List-Unsubscribe-Post:List-Unsubscribe-Post:Feedback-ID:", signature, StringComparison.Ordinal);
        Assert.DoesNotContain(";l=", signature, StringComparison.Ordinal);
    }

    [Property(MaxTest = 300, Arbitrary = [typeof(Texts)])]
    public void Any_text_and_any_personal_value_have_the_hash_that_MimeKit_computes(string subject, string html, string text, string value)
    {
        using var dns = Publisher(rsa: false, ed25519: true);
        var content = new MailContent(subject, $"{html}{Link}{text}{Link}", $"{text}{Link}{html}{Link}{value}");
        var recipient = Mailings.Recipient("weekly", 1) with { Personal = new Dictionary<string, string>(StringComparer.Ordinal) { ["unsubscribe"] = value } };

        var mail = WriteAsync(dns, Edition(1) with { Parts = [new MailingPart(content, [recipient])] }).GetAwaiter().GetResult();

        Assert.Equal([true], dns.SeenByMimeKit(mail));
    }

    [Property(MaxTest = 1000, Arbitrary = [typeof(Bodies)])]
    public void Any_body_is_canonicalised_as_MimeKit_does_it(string body)
    {
        using var dns = Publisher(rsa: false, ed25519: true);
        using var message = MimeMessage.Load(new MemoryStream(Encoding.ASCII.GetBytes($"From: news@example.org\r\n\r\n{body}")));

        new MimeKit.Cryptography.DkimSigner(dns.Entries[0].KeyFile, "example.org", "ed1", MimeKit.Cryptography.DkimSignatureAlgorithm.Ed25519Sha256)
        {
            BodyCanonicalizationAlgorithm = MimeKit.Cryptography.DkimCanonicalizationAlgorithm.Relaxed,
        }.Sign(message, ["From"]);

        var hash = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(CanonicalBody.Canonical(Encoding.ASCII.GetBytes(body))));
        Assert.Contains($"bh={hash};", string.Concat(message.Headers[HeaderId.DkimSignature]!.Where(c => !char.IsWhiteSpace(c))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("news@example.org", "example.org")]
    [InlineData("news@mail.example.org", "mail.example.org")]
    [InlineData("news@other.example.org", "example.org")]
    [InlineData("news@example.net", "example.net")]
    [InlineData("news@badexample.org", null)]
    [InlineData("news@localhost", null)]
    public async Task The_nearest_domain_to_the_senders_signs_and_no_strange_one(string from, string? signs)
    {
        using var dns = new DkimPublisher().AddEd25519("example.org", "a").AddRsa("mail.example.org", "b", pkcs1: true).AddEd25519("EXAMPLE.net", "c");

        var mail = MimeMessage.Load(new MemoryStream(await WriteAsync(dns, Edition(1), from)));

        Assert.Equal(
            signs is null ? [] : [signs],
            mail.Headers.Where(header => header.Id == HeaderId.DkimSignature).Select(header => header.Value.Split("d=")[1].Split(';')[0]),
            StringComparer.Ordinal);
    }

    private static DkimPublisher Publisher(bool rsa, bool ed25519)
    {
        var publisher = new DkimPublisher();
        _ = rsa ? publisher.AddRsa() : publisher;
        return ed25519 ? publisher.AddEd25519() : publisher;
    }

    // dkimpy refuses a signature from the future, and knows only the machine's time.
    private static FakeTimeProvider Clock() => new(new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero));

    private static Mailing Edition(int count)
    {
        var recipients = Enumerable.Range(1, count)
            .Select(number => Mailings.Recipient("weekly", number, $"{(number % 10 == 7 ? "élodie" : "reader")}{number}@example.org") with
            {
                Personal = new Dictionary<string, string>(StringComparer.Ordinal) { ["unsubscribe"] = string.Create(CultureInfo.InvariantCulture, $"https://example.org/é?a={number}&b=  {new string('z', number % 90)} ") },
            })
            .ToList();
        return Mailings.Edition("weekly", recipients) with { Parts = [new MailingPart(Awkward, recipients)], FromName = "L’Atelier  du   commerce 🌞 qui vend en ligne, une idée à la fois" };
    }

    private static async Task<byte[]> WriteAsync(DkimPublisher dns, Mailing mailing, string from = "news@example.org")
    {
        var options = new MailOptions { From = from };
        dns.Entries.ToList().ForEach(options.Dkim.Add);
        using var target = new MemoryStream();
        await new MessageComposer(Options.Create(options), Clock()).WriteAsync(mailing, mailing.Parts[0].Content, mailing.Parts[0].Recipients[0], target, default);
        return target.ToArray();
    }
}

using System.Text;
using Feeds.Storage;
using Feeds.Testing.Dns;
using Feeds.Testing.Smtp;
using MimeKit;
using MimeKit.Cryptography;

namespace Feeds.Mail.Tests;

/// <summary>What the doctor says of the way to leave in a mail that arrived: large receivers offer it on these conditions alone (RFC 8058).</summary>
public sealed class ArrivedUnsubscribeTests
{
    private const string Post = "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click";

    [Fact]
    public async Task It_passes_as_one_click_under_a_good_signature_and_fails_with_whatever_became_of_it_on_the_way()
    {
        using var keys = new DkimPublisher().AddEd25519();
        await using var house = await House.OpenAsync(keys);
        var edition = await house.ReceiveAsync(Mailings.Edition("weekly", 1));

        Assert.Equal((MailVerdict.Pass, "It arrived in its one-click form, under a good signature."), await house.SayAsync(edition));
        Assert.Equal(MailVerdict.Fail, await VerdictAsync(edition.Replace("\r\nList-Unsubscribe: ", "\r\nX-Was: ", StringComparison.Ordinal), "took it out"));
        Assert.Equal(MailVerdict.Fail, await VerdictAsync(edition.Replace(Post, "", StringComparison.Ordinal), "not the one-click form"));
        Assert.Equal(MailVerdict.Fail, await VerdictAsync(edition.Replace(Post, Post + "s", StringComparison.Ordinal), "not the one-click form"));
        Assert.Equal(MailVerdict.Fail, await VerdictAsync(edition.Replace("unsubscribe/1>", "unsubscribe/2>", StringComparison.Ordinal), "No good signature covers it"));
        Assert.Equal(MailVerdict.Fail, await VerdictAsync(edition.Replace("DKIM-Signature:", "X-Was:", StringComparison.Ordinal), "No good signature covers it"));

        async Task<MailVerdict> VerdictAsync(string mail, string why)
        {
            Assert.NotEqual(edition, mail, StringComparer.Ordinal);
            var (verdict, sentence) = await house.SayAsync(mail);
            Assert.Contains(why, sentence, StringComparison.Ordinal);
            return verdict;
        }
    }

    [Fact]
    public async Task An_address_that_is_not_https_is_no_one_click()
    {
        using var keys = new DkimPublisher().AddEd25519();
        await using var house = await House.OpenAsync(keys);
        var edition = await house.ReceiveAsync(Mailings.Edition("weekly", [Mailings.Recipient("weekly", 1) with { UnsubscribeUrl = "http://example.org/unsubscribe/1" }]));

        var (verdict, sentence) = await house.SayAsync(edition);

        Assert.Equal(MailVerdict.Fail, verdict);
        Assert.Contains("see that Publication:BaseUrl is https", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_good_signature_that_leaves_it_out_does_not_do()
    {
        using var keys = new DkimPublisher().AddEd25519();
        await using var house = await House.OpenAsync(keys);
        var edition = await house.ReceiveAsync(Mailings.Edition("weekly", 1));
        using var message = MimeMessage.Load(new MemoryStream(Encoding.Latin1.GetBytes(edition)));
        message.Headers.RemoveAll(HeaderId.DkimSignature);
        new MimeKit.Cryptography.DkimSigner(keys.Entries[0].KeyFile, "example.org", "ed1", DkimSignatureAlgorithm.Ed25519Sha256).Sign(message, ["From", "Subject"]);
        using var signed = new MemoryStream();
        await message.WriteToAsync(signed);

        var findings = await house.ReadAsync(Encoding.Latin1.GetString(signed.ToArray()));

        Assert.Equal(MailVerdict.Pass, findings.Single(finding => finding.Step is "DKIM signature of example.org").Verdict);
        Assert.Contains("No good signature covers it", findings.Single(finding => finding.Step is "List-Unsubscribe").Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_mail_to_oneself_is_no_edition_and_that_is_said()
    {
        using var keys = new DkimPublisher().AddEd25519();
        await using var house = await House.OpenAsync(keys);
        await house.Doctor.SendAsync("me@example.net", default);

        var (verdict, sentence) = await house.SayAsync(house.Received());

        Assert.Equal(MailVerdict.Unknown, verdict);
        Assert.Contains("no edition of a newsletter", sentence, StringComparison.Ordinal);
    }

    /// <summary>A room that sends, the server that gets it, and the doctor with the DNS that has the keys.</summary>
    private sealed class House : IAsyncDisposable
    {
        private readonly TestFolder folder = new();
        private readonly TestDatabase database;
        private readonly MailRoom room;
        private readonly ScriptedSmtpServer server;
        private readonly ZoneServer dns;

        private House(TestDatabase database, MailRoom room, ScriptedSmtpServer server, ZoneServer dns)
        {
            (this.database, this.room, this.server, this.dns) = (database, room, server, dns);
            Doctor = room.Get<MailDoctor>();
            Doctor.Names = new NameService([dns.Address]);
        }

        public MailDoctor Doctor { get; }

        public static async Task<House> OpenAsync(DkimPublisher keys)
        {
            var created = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
            var receiver = ScriptedSmtpServer.Start();
            return new House(
                created,
                await SmtpRoom.OpenAsync(created, MailRoom.Clock(), receiver.Port, [.. keys.Settings]),
                receiver,
                ZoneServer.Start([.. keys.Records.Select(record => (record.Key, record.Value))]));
        }

        public async Task<string> ReceiveAsync(Mailing mailing)
        {
            await room.AddAsync(mailing);
            await room.Loop.TickAsync(default);
            return Received();
        }

        public string Received() => Encoding.Latin1.GetString(Assert.Single(server.Ledger.Messages).Bytes.Span);

        public async Task<List<MailFinding>> ReadAsync(string mail)
        {
            await File.WriteAllTextAsync(folder["arrived.eml"], mail, Encoding.Latin1);
            return await Doctor.ReadAsync(folder["arrived.eml"], default).ToListAsync();
        }

        public async Task<(MailVerdict Verdict, string Sentence)> SayAsync(string mail)
        {
            var finding = (await ReadAsync(mail)).Single(finding => finding.Step is "List-Unsubscribe");
            return (finding.Verdict, finding.Sentence);
        }

        public async ValueTask DisposeAsync()
        {
            await room.DisposeAsync();
            await server.DisposeAsync();
            await dns.DisposeAsync();
            await database.DisposeAsync();
            folder.Dispose();
        }
    }
}

using System.Globalization;
using System.Text;
using Feeds.Mail.Tests.Bounces;
using Feeds.Mail.Tests.Returns;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;

namespace Feeds.Mail.Tests.Mailboxes;

/// <summary>A mailbox of five hundred mails of all dialects, broken and forged ones among them.</summary>
public sealed class FiveHundredTests
{
    private const int Mails = 500;
    private const int Readers = 60;

    [DatabaseTheory, EachDatabase, Fault("Duplicate DSN, forged DSN, IMAP drop mid-batch")]
    public async Task Five_hundred_mails_read_twice_with_crashes_in_the_middle_do_what_each_does_once(DatabaseProvider provider)
    {
        using var box = await RealMailbox.OpenAsync();
        await using var room = await ReturnRoom.OpenAsync(provider, box.Settings("imap"));
        await using var plain = await ReturnRoom.OpenAsync(DatabaseProvider.Sqlite, ("Mail:BounceAddress", ReturnRoom.Bounces));
        await plain.Mail.Get<StoredValues>().SetAsync(ReturnAddress.KeyName, await room.Mail.Get<StoredValues>().KeyAsync(ReturnAddress.KeyName, 32, default), default);
        var sent = (await room.SendAsync("weekly", Readers)).Values.Order().ToList();
        Assert.Equal(sent, (await plain.SendAsync("weekly", Readers)).Values.Order());
        var mails = Write(room.Ours, sent);

        // What each does by itself, one after the other, without a mailbox or a crash.
        var outcomes = new List<ReturnOutcome>();
        foreach (var mail in mails)
        {
            outcomes.Add(await plain.TakeAsync(mail));
        }

        var states = await StatesAsync(plain);
        var aside = outcomes.Count(outcome => outcome == ReturnOutcome.Aside);
        Assert.All(Enum.GetValues<ReturnOutcome>(), outcome => Assert.Contains(outcome, outcomes));

        await box.AddAsync(mails);
        for (var crash = 0; crash < 4; crash++)
        {
            await CrashAsync(room, box, after: crash * 40, committed: crash % 2 == 0);
        }

        await ReadAllAsync(room, box);
        Assert.Equal(states, await StatesAsync(room));
        Assert.Equal((0, aside), (await box.CountAsync(), await box.CountAsync("Feeds-aside")));

        await box.AddAsync(mails);
        await CrashAsync(room, box, after: 60, committed: true);
        await ReadAllAsync(room, box);
        Assert.Equal(states, await StatesAsync(room));
        Assert.Equal((0, 2 * aside), (await box.CountAsync(), await box.CountAsync("Feeds-aside")));
    }

    /// <summary>A process that is gone in the middle of a mail: before its effect is committed, or after and before it has left the mailbox.</summary>
    private static async Task CrashAsync(ReturnRoom room, RealMailbox box, int after, bool committed)
    {
        await using var process = await room.OpenBesideAsync(box.Settings("imap"));
        await using var mailbox = process.Mailbox();
        var read = 0;
        await Assert.ThrowsAsync<CrashException>(() => mailbox.ReadAsync(
            async (mail, cancellationToken) =>
            {
                var crashes = read++ == after;
                if (crashes && !committed)
                {
                    throw new CrashException();
                }

                var outcome = (await process.Returns.TakeAsync(mail, cancellationToken)).Outcome;
                return crashes ? throw new CrashException() : outcome;
            },
            default));
    }

    private static async Task ReadAllAsync(ReturnRoom room, RealMailbox box)
    {
        await using var process = await room.OpenBesideAsync(box.Settings("imap"));
        await using var mailbox = process.Mailbox();
        var reader = process.Reader(mailbox);
        while (await reader.TickAsync(default))
        {
        }
    }

    /// <summary>Everything that follows from them, but when.</summary>
    private static Task<string> StatesAsync(ReturnRoom room) => room.Mail.Database.ReadAsync(async connection =>
    {
        var lines = new StringBuilder();
        foreach (var one in (await room.ListedAsync()).OrderBy(one => one.Address, StringComparer.Ordinal))
        {
            lines.AppendLine(CultureInfo.InvariantCulture, $"{one.Address} {one.CauseName}");
        }

        foreach (var note in (await connection.GetTable<ReturnedMessageRow>().ToListAsync()).OrderBy(row => row.Key, StringComparer.Ordinal))
        {
            lines.AppendLine(CultureInfo.InvariantCulture, $"{note.Key} {note.DeliveryId} {note.Kind} {note.Status}");
        }

        return lines.ToString();
    });

    private static List<byte[]> Write(ReturnAddress ours, List<long> deliveries)
    {
        var random = new Random(1);
        var forged = new ReturnAddress(ReturnRoom.Bounces, new byte[32]);
        var dialects = BounceSamples.Dialects.Values.ToList();
        var others = BounceSamples.OthersThanBounces.ToList();
        var mails = new List<byte[]>();
        // Dovecot gives NUL, which no mail may hold, as another octet.
        byte[] WithoutNul(byte[] mail) => [.. mail.Select(octet => octet == 0 ? (byte)0x80 : octet)];
        while (mails.Count < Mails)
        {
            var delivery = deliveries[random.Next(deliveries.Count)];
            var to = ours.Write(ReturnPurpose.Bounce, delivery);
            var number = mails.Count;
            var other = others[number % others.Count];
            mails.Add((number % 10) switch
            {
                0 => Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(WithoutNul(BounceFuzzTests.Broken(random))).Replace("bounces@news.example.org", to, StringComparison.Ordinal)),
                1 => BounceSamples.Bytes(dialects[number / 10 % dialects.Count], forged.Write(ReturnPurpose.Bounce, delivery)),
                2 => BounceSamples.Bytes(other.Value, ours.Write(other.Key is "Unsubscribe" ? ReturnPurpose.Unsubscribe : ReturnPurpose.Bounce, delivery)),
                3 => Status(number, to, $"4.2.{number % 7}"),
                4 => Status(number, to, "5.7.1"),
                5 when mails.Count > 20 => mails[random.Next(mails.Count)],
                6 => Nested(to, depth: number % 200),
                7 => ShiftJis(to),
                _ => BounceSamples.Bytes(dialects[number / 10 % dialects.Count], to),
            });
        }

        return mails;
    }

    private static byte[] Status(int number, string to, string status) => BounceSamples.Bytes(
        string.Create(CultureInfo.InvariantCulture, $"Message-ID: <{number}@mx.example.net>\n") + BounceSamples.Report("Undelivered", $"""
            Reporting-MTA: dns; mx.example.net

            Final-Recipient: rfc822; anna@example.net
            Action: failed
            Status: {status}
            """),
        to);

    private static byte[] Nested(string to, int depth)
    {
        var mail = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"From: MAILER-DAEMON@mx.example.net\r\nTo: {to}\r\nMessage-ID: <n{depth}@mx.example.net>\r\nMIME-Version: 1.0\r\n"));
        for (var level = 0; level < depth; level++)
        {
            mail.Append(CultureInfo.InvariantCulture, $"Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n");
        }

        return Encoding.ASCII.GetBytes(mail.Append("Content-Type: text/plain\r\n\r\n<anna@example.net>:\r\n550 5.1.1 nobody\r\n").ToString());
    }

    private static byte[] ShiftJis(string to) =>
    [
        .. Encoding.ASCII.GetBytes($"From: MAILER-DAEMON@mx.example.jp\r\nTo: {to}\r\nSubject: x\r\nContent-Type: text/plain; charset=shift_jis\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"),
        0x82, 0xa0, 0x82, 0xa2, 0x0d, 0x0a,
        .. "<anna@example.jp>:\r\n550 5.1.1 User unknown\r\n"u8,
    ];

    private sealed class CrashException : Exception;
}

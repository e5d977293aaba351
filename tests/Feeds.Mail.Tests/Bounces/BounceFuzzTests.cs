using System.Globalization;
using System.Text;
using FsCheck.Xunit;

namespace Feeds.Mail.Tests.Bounces;

public sealed class BounceFuzzTests
{
    private static readonly byte[][] Samples =
        [.. BounceSamples.Dialects.Values.Concat(BounceSamples.OthersThanBounces.Values).Select(sample => BounceSamples.Bytes(sample))];

    private static readonly byte[][] Scraps =
    [
        "\r\n"u8.ToArray(), "\r\n\r\n"u8.ToArray(), "--line\r\n"u8.ToArray(), "--line--\r\n"u8.ToArray(), "Content-Type: multipart/report; boundary=line\r\n"u8.ToArray(),
        "Content-Type: message/rfc822\r\n\r\n"u8.ToArray(), "Content-Transfer-Encoding: base64\r\n"u8.ToArray(), "charset=\"utf-7\""u8.ToArray(), "=?shift_jis?B?"u8.ToArray(),
        "\0"u8.ToArray(), "<<<<"u8.ToArray(), "@"u8.ToArray(), "((((("u8.ToArray(), "; boundary*0*=utf-8''%"u8.ToArray(), "Status: 5.1.1\r\n"u8.ToArray(), [0xff, 0xfe], [0x82, 0xa0, 0x83],
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Five_thousand_broken_mails_are_each_read_within_bounds(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 5_000; round++)
        {
            var bytes = round % 10 == 0 ? Noise(random) : Broken(random);
            var started = TimeProvider.System.GetTimestamp();
            var mail = ReturnedMail.Read(new MemoryStream(bytes));
            var took = TimeProvider.System.GetElapsedTime(started);

            var failure = mail.Reason?.StartsWith(ReturnedMail.OwnMistake, StringComparison.Ordinal) == true ? mail.Reason
                : mail.Kind == ReturnedKind.Bounce != mail.Recipients.Count is > 0 and <= 100 ? "A bounce has recipients, and nothing else has."
                : mail.SentTo.Count > 60 ? "Too many addresses."
                : mail.Recipients.Any(recipient => recipient.Text.Length > 500 || recipient.Text.Any(char.IsControl)) ? "A text isn't fit for a table."
                : took > TimeSpan.FromSeconds(20) ? $"It took {took}."
                : null;
            Assert.True(failure is null, $"Seed {seed}, round {round}: {failure}\n{Convert.ToBase64String(bytes)}");
        }
    }

    [Fact, Attack(21)]
    public void A_megabyte_of_anything_repeated_is_read_within_bounds()
    {
        foreach (var head in new[] { "", "From: MAILER-DAEMON@mx.example.net\r\n\r\n", "From: MAILER-DAEMON@mx.example.net\r\nContent-Type: text/html\r\n\r\n", "To: ", "Content-Type: a/b; " })
        {
            foreach (var scrap in Scraps.Concat(["a@b.example "u8.ToArray(), "<i a=b>"u8.ToArray(), "a*0=b; "u8.ToArray(), "x@y.example:\r\n"u8.ToArray(), "To: a@b.example\r\n"u8.ToArray()]))
            {
                byte[] bytes = [.. Encoding.ASCII.GetBytes(head), .. Enumerable.Repeat(scrap, 1_048_576 / scrap.Length).SelectMany(piece => piece)];
                var started = TimeProvider.System.GetTimestamp();
                var mail = ReturnedMail.Read(new MemoryStream(bytes));
                var took = TimeProvider.System.GetElapsedTime(started);

                Assert.False(mail.Reason?.StartsWith(ReturnedMail.OwnMistake, StringComparison.Ordinal) == true, $"{head}{Encoding.Latin1.GetString(scrap)}: {mail.Reason}");
                Assert.True(took < TimeSpan.FromSeconds(20), $"{head}{Encoding.Latin1.GetString(scrap)} took {took}.");
            }
        }
    }

    [Property(MaxTest = 500)]
    public void What_a_report_s_fields_say_is_what_is_read(byte[] recipients)
    {
        var written = recipients.Take(100).Select((value, index) => (
            Address: string.Create(CultureInfo.InvariantCulture, $"r{index}.{(char)('a' + (value % 26))}@mx{value}.example"),
            Status: string.Create(CultureInfo.InvariantCulture, $"{(value % 3 == 0 ? 4 : 5)}.{value % 8}.{(value / 8) + 1}"),
            Delayed: value % 5 == 0,
            Text: $"what {value} said")).ToList();
        var fields = new StringBuilder("Reporting-MTA: dns; mx.example.net\n");
        foreach (var (address, status, delayed, text) in written)
        {
            fields.Append(CultureInfo.InvariantCulture, $"\nFinal-Recipient: rfc822; {address}\nAction: {(delayed ? "delayed" : "failed")}\nStatus: {status}\nDiagnostic-Code: smtp; {text}\n");
        }

        // At its end, so that a report without recipients is one whose mail is only late.
        fields.Append("\nFinal-Recipient: rfc822; last@example.net\nAction: delayed\nStatus: 4.4.1\n");
        var mail = ReturnedMail.Read(new MemoryStream(BounceSamples.Bytes(BounceSamples.Report("Report", fields.ToString()))));

        var failed = written.Where(recipient => !recipient.Delayed).ToList();
        Assert.Equal(failed.Count == 0 ? ReturnedKind.Notice : ReturnedKind.Bounce, mail.Kind);
        Assert.Equal(
            failed.Select(recipient => ((string?)recipient.Address, (string?)recipient.Status, recipient.Text)),
            mail.Recipients.Select(recipient => (recipient.Address, recipient.Status, recipient.Text)));
    }

    private static byte[] Noise(Random random)
    {
        var bytes = new byte[random.Next(4_000)];
        random.NextBytes(bytes);
        return bytes;
    }

    internal static byte[] Broken(Random random)
    {
        List<byte> bytes = [.. Samples[random.Next(Samples.Length)]];
        for (var change = random.Next(1, 12); change > 0; change--)
        {
            var where = random.Next(bytes.Count + 1);
            var length = random.Next(Math.Min(60, bytes.Count - where) + 1);
            switch (random.Next(6))
            {
                case 0:
                    bytes.RemoveRange(where, length);
                    break;
                case 1:
                    bytes.InsertRange(where, Scraps[random.Next(Scraps.Length)]);
                    break;
                case 2:
                    bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(where, length));
                    break;
                case 3 when where < bytes.Count:
                    bytes[where] = (byte)random.Next(256);
                    break;
                case 4:
                    var other = Samples[random.Next(Samples.Length)];
                    bytes.InsertRange(where, other.AsSpan(random.Next(other.Length)).ToArray());
                    break;
                default:
                    bytes.InsertRange(where, Enumerable.Repeat((byte)random.Next(256), random.Next(2_000)));
                    break;
            }
        }

        return [.. bytes];
    }
}

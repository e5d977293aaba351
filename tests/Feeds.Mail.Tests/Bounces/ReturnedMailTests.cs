using System.Globalization;
using System.Text;

namespace Feeds.Mail.Tests.Bounces;

public sealed class ReturnedMailTests
{
    private static readonly ReturnAddress Ours = new("bounces@news.example.org", new byte[32]);

    public static TheoryData<string> Dialects => [.. BounceSamples.Dialects.Keys];

    public static TheoryData<string> Others => [.. BounceSamples.OthersThanBounces.Keys];

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Every_dialect_tells_who_was_not_reached_and_why(string dialect)
    {
        var mail = Read(BounceSamples.Bytes(BounceSamples.Dialects[dialect], Ours.Write(ReturnPurpose.Bounce, 42)));

        Assert.Equal(ReturnedKind.Bounce, mail.Kind);
        var recipient = Assert.Single(mail.Recipients);
        Assert.Equal("anna@example.net", recipient.Address);
        Assert.Equal(dialect.Equals("DSN without detail", StringComparison.Ordinal) ? BounceClass.Policy : BounceClass.Hard, recipient.Class);
        Assert.NotEmpty(recipient.Text);
        Assert.Equal(42, Ours.Read(ReturnPurpose.Bounce, mail.SentTo));
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void What_is_no_bounce_is_told_apart(string kind)
    {
        var mail = Read(BounceSamples.Bytes(BounceSamples.OthersThanBounces[kind], Ours.Write(ReturnPurpose.Bounce, 42)));

        Assert.Equal(kind, mail.Kind.ToString());
        Assert.Empty(mail.Recipients);
        Assert.Equal(kind.Equals(nameof(ReturnedKind.Unreadable), StringComparison.Ordinal), mail.Reason is not null);
        Assert.Equal(42, Ours.Read(ReturnPurpose.Bounce, mail.SentTo));
    }

    [Fact]
    public void A_complaint_names_the_delivery_by_the_sender_that_it_had()
    {
        var sample = BounceSamples.OthersThanBounces["Complaint"].Replace("{to}", "complaints@news.example.org", StringComparison.Ordinal);

        Assert.Equal(42, Ours.Read(ReturnPurpose.Bounce, Read(BounceSamples.Bytes(sample, Ours.Write(ReturnPurpose.Bounce, 42))).SentTo));
    }

    [Fact]
    public void A_mail_to_the_address_for_leaving_is_the_wish_to_leave_whatever_it_says()
    {
        var mail = Read(BounceSamples.Bytes(BounceSamples.OthersThanBounces["AutomaticReply"], Ours.Write(ReturnPurpose.Unsubscribe, 7)));

        Assert.Equal(ReturnedKind.Unsubscribe, mail.Kind);
        Assert.Equal(7, Ours.Read(ReturnPurpose.Unsubscribe, mail.SentTo));
        Assert.Null(Ours.Read(ReturnPurpose.Bounce, mail.SentTo));
    }

    [Theory]
    [InlineData("bounces@news.example.org")]
    [InlineData("bounces+baaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@news.example.org")]
    [InlineData("bounces+baaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@elsewhere.example")]
    public void A_forged_bounce_names_no_delivery(string sentTo)
    {
        foreach (var sample in BounceSamples.Dialects.Values.Concat(BounceSamples.OthersThanBounces.Values))
        {
            Assert.Null(Ours.Read(ReturnPurpose.Bounce, Read(BounceSamples.Bytes(sample, sentTo)).SentTo));
        }
    }

    [Fact]
    public void A_token_inside_the_returned_mail_proves_nothing_for_a_bounce()
    {
        var sample = BounceSamples.Dialects["DSN"].Replace("<bounces@news.example.org>", $"<{Ours.Write(ReturnPurpose.Bounce, 42)}>", StringComparison.Ordinal);

        Assert.Null(Ours.Read(ReturnPurpose.Bounce, Read(BounceSamples.Bytes(sample)).SentTo));
    }

    [Theory]
    [InlineData("shift_jis", "この宛先の方はいません")]
    [InlineData("iso-2022-jp", "この宛先の方はいません")]
    [InlineData("windows-1251", "Такого адресата нет")]
    [InlineData("iso-8859-1", "Personne à cette adresse")]
    public void A_report_in_another_charset_is_read(string charset, string reason)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(charset) ?? Encoding.GetEncoding(charset);
        var sample = BounceSamples.Mail($"{reason} <MAILER-DAEMON@mx.example.net>", reason, $"text/plain; charset={charset}", $"""
            {reason}

            <anna@example.net>:
            550 5.1.1 {reason}
            """);
        var bytes = encoding.GetBytes(sample.Replace("{to}", Ours.Write(ReturnPurpose.Bounce, 42), StringComparison.Ordinal));

        var mail = Read(bytes);

        var recipient = Assert.Single(mail.Recipients);
        Assert.Equal(("anna@example.net", BounceClass.Hard, "5.1.1", $"550 5.1.1 {reason}"), (recipient.Address, recipient.Class, recipient.Status, recipient.Text));
        Assert.Equal(42, Ours.Read(ReturnPurpose.Bounce, mail.SentTo));
    }

    [Theory, Attack(20)]
    [InlineData(100)]
    [InlineData(5_000)]
    public void Parts_nested_deeper_than_anybody_nests_them_end_in_a_reason(int depth)
    {
        var text = new StringBuilder("From: a@example.net\r\nTo: bounces@news.example.org\r\nMIME-Version: 1.0\r\n");
        for (var level = 0; level < depth; level++)
        {
            text.Append(CultureInfo.InvariantCulture, $"Content-Type: multipart/mixed; boundary=\"b{level}\"\r\n\r\n--b{level}\r\n");
        }

        text.Append("Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; anna@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\n");

        var mail = Read(Encoding.ASCII.GetBytes(text.ToString()));

        Assert.Equal(ReturnedKind.Unreadable, mail.Kind);
        Assert.Contains("20 deep", mail.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_about_a_mail_with_deeply_nested_parts_is_read()
    {
        var nested = string.Concat(Enumerable.Repeat("Content-Type: message/rfc822\n\n", 100));
        var sample = BounceSamples.Dialects["DSN"].Replace("Return-Path: <bounces", $"{nested}Return-Path: <bounces", StringComparison.Ordinal);

        Assert.Equal(ReturnedKind.Bounce, Read(BounceSamples.Bytes(sample)).Kind);
    }

    [Fact]
    public void Of_ten_megabytes_one_is_read_and_of_a_thousand_recipients_a_hundred()
    {
        var fields = new StringBuilder("Reporting-MTA: dns; mx.example.net\n");
        for (var recipient = 0; recipient < 1_000; recipient++)
        {
            fields.Append(CultureInfo.InvariantCulture, $"\nFinal-Recipient: rfc822; r{recipient}@example.net\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; {new string('x', 700)}\n");
        }

        var bytes = BounceSamples.Bytes(BounceSamples.Report("Undelivered", fields.ToString()) + new string('y', 10_000_000));
        using var stream = new MemoryStream(bytes);

        var mail = ReturnedMail.Read(stream);

        Assert.Equal(1 << 20, stream.Position);
        Assert.Equal(100, mail.Recipients.Count);
        Assert.All(mail.Recipients, recipient => Assert.True(recipient.Text.Length <= 500));
    }

    [Fact]
    public void A_mailbox_s_dividing_line_before_the_mail_is_passed_over()
    {
        byte[] piped = [.. "From MAILER-DAEMON Mon Nov  2 08:00:00 2026\n"u8, .. BounceSamples.Bytes(BounceSamples.Dialects["DSN"])];

        Assert.Equal(ReturnedKind.Bounce, Read(piped).Kind);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r\n\r\n")]
    [InlineData("no header line at all")]
    public void What_is_no_mail_says_so(string text)
    {
        var mail = Read(Encoding.ASCII.GetBytes(text));

        Assert.Equal(ReturnedKind.Unreadable, mail.Kind);
        Assert.DoesNotContain(ReturnedMail.OwnMistake, mail.Reason, StringComparison.Ordinal);
    }

    private static ReturnedMail Read(byte[] bytes) => ReturnedMail.Read(new MemoryStream(bytes));
}

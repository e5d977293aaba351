using System.Text;

namespace Feeds.Mail.Tests.Bounces;

/// <summary>Reports as the standards allow them, and as they come all the same.</summary>
public sealed class UnusualReportTests
{
    private const string Fields = """
        Reporting-MTA: dns; mx.example.net

        Final-Recipient: rfc822; anna@example.net
        Action: failed
        Status: 5.1.1
        """;

    [Theory]
    [InlineData("message/delivery-status\nContent-Transfer-Encoding: base64", true)]
    [InlineData("message/global-delivery-status", false)]
    [InlineData("MESSAGE/DELIVERY-STATUS; charset=us-ascii", false)]
    public void The_fields_may_come_encoded_or_international(string type, bool encoded)
    {
        var fields = encoded ? Convert.ToBase64String(Encoding.ASCII.GetBytes(Fields.ReplaceLineEndings("\r\n")), Base64FormattingOptions.InsertLineBreaks) : Fields;
        var mail = Read(BounceSamples.Report("Undelivered", fields).Replace("message/delivery-status", type, StringComparison.Ordinal));

        Assert.Equal(("anna@example.net", BounceClass.Hard), (Assert.Single(mail.Recipients).Address, mail.Recipients[0].Class));
    }

    [Fact]
    public void The_empty_line_after_the_message_s_fields_may_lack()
    {
        var mail = Read(BounceSamples.Report("Undelivered", Fields.ReplaceLineEndings("\n").Replace("\n\n", "\n", StringComparison.Ordinal)));

        Assert.Equal("anna@example.net", Assert.Single(mail.Recipients).Address);
    }

    [Fact]
    public void Of_the_reached_and_the_others_only_the_others_are_told()
    {
        var mail = Read(BounceSamples.Report("Undelivered", $"""
            {Fields}

            Final-Recipient: rfc822; bert@example.net
            Action: delivered
            Status: 2.0.0

            Final-Recipient: rfc822; carla@example.net
            Action: failed
            Status: 4.4.7
            """));

        Assert.Equal([("anna@example.net", BounceClass.Hard), ("carla@example.net", BounceClass.Soft)], mail.Recipients.Select(recipient => (recipient.Address!, recipient.Class)));
    }

    [Fact]
    public void Recipients_in_a_row_share_the_reason_below_them()
    {
        var mail = Read(BounceSamples.Mail("MAILER-DAEMON@mx.example.net", "failure notice", "text/plain", """
            Neither of these was reached:

              anna@example.net
              bert@example.net

            550 5.1.1 No account of that name

              carla@example.net
                552 5.2.2 Her quota is used up
            """));

        Assert.Equal(
            [("anna@example.net", BounceClass.Hard, "5.1.1"), ("bert@example.net", BounceClass.Hard, "5.1.1"), ("carla@example.net", BounceClass.Soft, "5.2.2")],
            mail.Recipients.Select(recipient => (recipient.Address!, recipient.Class, recipient.Status!)));
    }

    [Theory]
    [InlineData("Warning: message 1a-2b delayed 24 hours", "The mail waits for anna@example.net.")]
    [InlineData("Delivery Status Notification (Delay)", "anna@example.net")]
    [InlineData("Returned mail: could not send for 4 hours", "THIS IS A WARNING MESSAGE ONLY\n\n<anna@example.net>\n450 4.4.1 nobody answers")]
    public void A_warning_in_prose_is_no_bounce(string subject, string text) =>
        Assert.Equal(ReturnedKind.Notice, Read(BounceSamples.Mail("MAILER-DAEMON@mx.example.net", subject, "text/plain", text)).Kind);

    [Fact]
    public void What_the_returned_mail_says_is_nobody_s_reason()
    {
        var mail = Read(BounceSamples.Mail("MAILER-DAEMON@mx.example.net", "failure notice", "text/plain", $"""
            <anna@example.net>:
            The mailbox is full.

            --- Below this line is a copy of the message.

            {BounceSamples.Returned}
            """));

        Assert.Equal((BounceClass.Soft, null, "The mailbox is full."), (Assert.Single(mail.Recipients).Class, mail.Recipients[0].Status, mail.Recipients[0].Text));
    }

    [Fact]
    public void Somebody_who_asks_about_a_bounce_is_no_bounce()
    {
        var mail = Read(BounceSamples.Mail("bert@example.net", "Fw: failure notice", "multipart/mixed; boundary=line", $"""
            --line
            Content-Type: message/delivery-status

            {Fields}

            --line--
            """).Replace("Return-Path: <>", "Return-Path: <bert@example.net>", StringComparison.Ordinal));

        Assert.Equal(ReturnedKind.Ordinary, mail.Kind);
    }

    private static ReturnedMail Read(string sample) => ReturnedMail.Read(new MemoryStream(BounceSamples.Bytes(sample)));
}

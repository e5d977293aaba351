using System.Text;

namespace Feeds.Mail.Tests.Bounces;

/// <summary>Mails as servers of various makes write them, in our own words.</summary>
internal static class BounceSamples
{
    public const string Returned = """
        Return-Path: <bounces@news.example.org>
        From: Les Nouvelles <news@example.org>
        To: stranger@elsewhere.example
        Subject: Lundi

        550 5.1.1 is what this text speaks of.
        """;

    private const string Envelope = "bounces@news.example.org";

    public static IReadOnlyDictionary<string, string> Dialects { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["DSN"] = Report("Undelivered", """
            Reporting-MTA: dns; mx.example.net

            Original-Recipient: rfc822;anna@example.net
            Final-Recipient: rfc822; anna.b@inner.example.net
            Action: failed
            Status: 5.1.1
            Diagnostic-Code: smtp; 550 5.1.1 <anna.b@inner.example.net>: nobody of
                that name
            """),
        ["DSN without detail"] = Report("Undelivered", """
            Reporting-MTA: dns; mx.example.net

            Final-Recipient: rfc822;anna@example.net
            Action: failed
            Status: 5.0.0
            Diagnostic-Code: smtp; 554 5.7.1 the sender is on our list
            """),
        ["Office 365"] = Report("Undeliverable: Lundi", """
            Reporting-MTA: dns;AB1.prod.example.com
            Received-From-MTA: dns;relay.example.org

            Final-Recipient: rfc822;anna@example.net
            Action: failed
            Status: 5.1.10
            Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; looked for in vain
            X-Display-Name: Anna
            """),
        ["Exim"] = Plain("Mail Delivery System <Mailer-Daemon@mx.example.net>", "Mail delivery failed: returning message to sender", """
            Your mail could not be brought to all whom it was for.

              anna@example.net
                host mx.inner.example [192.0.2.7]
                SMTP error from remote mail server after RCPT TO:<anna@example.net>:
                550 5.1.1 nobody here has that name

            ------ This is a copy of the message, including all the headers. ------

            """ + Returned, "X-Failed-Recipients: anna@example.net\nAuto-Submitted: auto-replied"),
        ["Exim, list in the header only"] = Plain("Mail Delivery System <Mailer-Daemon@mx.example.net>", "Mail delivery failed", """
            The one in the header: Unrouteable address
            """, "X-Failed-Recipients: anna@example.net"),
        ["qmail"] = Plain("MAILER-DAEMON@mx.example.net", "failure notice", """
            Hi. This is the qmail program at mx.example.net, and I give up.

            <anna@example.net>:
            Sorry, nobody here by that name. (#5.1.1)

            --- Below this line is a copy of the message.

            """ + Returned),
        ["qmail, remote"] = Plain("MAILER-DAEMON@mx.example.net", "failure notice", """
            Hi. This is the qmail program at mx.example.net, and I give up.

            <anna@example.net>:
            192.0.2.55 does not like recipient.
            Remote host said: 550 no such user
            Giving up on 192.0.2.55.

            --- Below this line is a copy of the message.

            """ + Returned),
        ["Postfix, before DSNs"] = Plain("MAILER-DAEMON@mx.example.net (Mail Delivery System)", "Undelivered Mail Returned to Sender", """
            This is the Postfix program at host mx.example.net.

            <anna@example.net>: host mx.inner.example[192.0.2.7] said: 550
                <anna@example.net>: User unknown in our table

            """ + "    ----- Undelivered message follows -----\n" + Returned),
        ["sendmail"] = Plain("Mail Delivery Subsystem <MAILER-DAEMON@mx.example.net>", "Returned mail: see transcript for details", """
            The mail was received on a Monday

               ----- The following addresses had permanent fatal errors -----
            <anna@example.net>
                (reason: 550 5.1.1 User unknown)

               ----- Transcript of session follows -----
            ... while talking to mx.inner.example.:
            >>> DATA
            <<< 550 5.1.1 <anna@example.net>... User unknown

               ----- Original message follows -----
            """ + Returned),
        ["Exchange"] = Plain("System Administrator <postmaster@example.net>", "Undeliverable: Lundi", """
            Your message

              To:      anna@example.net
              Subject: Lundi

            did not reach the following recipient(s):

            anna@example.net on Mon, 2 Nov 2026 08:00:00 +0100
                Nobody has this account in the organisation.
                <mx.example.net #5.1.1 smtp;550 5.1.1 RESOLVER.ADR.RecipNotFound>
            """),
        ["Gmail"] = Plain("Mail Delivery Subsystem <mailer-daemon@googlemail.com>", "Delivery Status Notification (Failure)", """
            It was not possible to bring your mail to this recipient:

                 anna@example.net

            Technical details of permanent failure:
            The other server said: 550 550 5.1.1 No account of that name here (state 14).

            ----- Original message -----
            """ + Returned),
        ["Yahoo"] = Plain("MAILER-DAEMON@yahoo.example", "Failure Notice", """
            We couldn't bring your mail to this address.

            <anna@example.net>:
            554: delivery error: dd Sorry, this user doesn't have a yahoo.example account (anna@example.net) [0]

            --- Below this line is a copy of the message.

            """ + Returned),
        ["AOL"] = Plain("Mail Delivery Subsystem <MAILER-DAEMON@aol.example>", "Returned mail: User unknown", """
               ----- The following addresses had delivery problems -----
            <anna@example.net>  (unrecoverable error)

               ----- Transcript of session follows -----
            <anna@example.net>... No such user here
            550 <anna@example.net>... User unknown
            """),
        ["Domino"] = Plain("Postmaster@example.net", "DELIVERY FAILURE: User anna not listed in Domino Directory", """
            Your message

              Subject: Lundi

            was not delivered to:

              anna@example.net

            because:

              User anna (anna@example.net) not listed in Domino Directory
            """),
        ["IMail"] = Plain("Postmaster@mail.example.net", "Undeliverable Mail", """
            Unknown user: anna@example.net


            Original message follows.

            """ + Returned),
        ["HTML only"] = Mail("MAILER-DAEMON@mx.example.net", "Undeliverable", "text/html; charset=utf-8", """
            <html><body><p>It came to nothing:</p><p>anna@example.net</p><div>550 5.1.1 <b>No such user</b></div></body></html>
            """),
    };

    public static IReadOnlyDictionary<string, string> OthersThanBounces { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Complaint"] = Parts("feedback-report", "message/feedback-report", """
            Feedback-Type: abuse
            User-Agent: AnyFeedback/1.0
            Version: 1
            Original-Mail-From: <{sender}>
            Original-Rcpt-To: <anna@example.net>
            """),
        ["Unsubscribe"] = Mail("anna@example.net", "unsubscribe", "text/plain", ""),
        ["AutomaticReply"] = Mail("anna@example.net", "Away", "text/plain", "I am away; the user unknown to you is Bob, bob@example.net.", "Auto-Submitted: auto-replied (vacation)"),
        ["Ordinary"] = Mail("anna@example.net", "A question", "text/plain", "Why did I get a 550 5.1.1 from you?"),
        ["Notice"] = Report("Delayed", """
            Reporting-MTA: dns; mx.example.net

            Final-Recipient: rfc822; anna@example.net
            Action: delayed
            Status: 4.4.1
            Diagnostic-Code: smtp; 450 4.4.1 nobody answers
            """),
        ["Unreadable"] = Plain("MAILER-DAEMON@mx.example.net", "Oh", "Something went wrong."),
    };

    /// <summary>The sample's bytes, sent to an address.</summary>
    public static byte[] Bytes(string sample, string sentTo = Envelope) =>
        Encoding.UTF8.GetBytes(sample.Replace("{to}", sentTo, StringComparison.Ordinal).Replace("{sender}", sentTo, StringComparison.Ordinal).ReplaceLineEndings("\r\n"));

    public static string Report(string subject, string fields) => Parts("delivery-status", "message/delivery-status", fields, subject);

    public static string Mail(string from, string subject, string type, string text, string header = "X-Spare: none") => $"""
        Return-Path: <>
        Delivered-To: <{"{to}"}>
        From: {from}
        To: {"{to}"}
        Subject: {subject}
        {header}
        MIME-Version: 1.0
        Content-Type: {type}

        {text}

        """;

    private static string Plain(string from, string subject, string text, string header = "X-Spare: none") => Mail(from, subject, "text/plain; charset=utf-8", text, header);

    private static string Parts(string report, string type, string fields, string subject = "A report") => $"""
        From: Mail Service <MAILER-DAEMON@mx.example.net>
        To: {"{to}"}
        Subject: {subject}
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type={report}; boundary="line"

        --line
        Content-Type: text/plain

        See below.

        --line
        Content-Type: {type}

        {fields}

        --line
        Content-Type: message/rfc822

        {Returned}

        --line--

        """;
}

using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;
using MimeKit;
using MimeKit.Utils;

namespace Feeds.Mail;

/// <summary>Builds the message that a recipient gets (RFC 5322, RFC 2045), signed where <c>Mail:Dkim</c> has keys.</summary>
public sealed class MessageComposer
{
    private readonly DkimSigner? signer;

    /// <summary>Reads the keys, so that one that can't be read is known before the first message.</summary>
    public MessageComposer(IOptions<MailOptions> options, TimeProvider clock)
    {
        Sender = SenderSyntax.Parse(options.Value.From)!;
        signer = DkimSigner.Create(options.Value.Dkim, Sender.Address, clock);
    }

    /// <summary>The address that the mails come from, in the envelope too.</summary>
    internal MailboxAddress Sender { get; }

    /// <summary>Writes the message as it would go out.</summary>
    /// <exception cref="ArgumentException">The mailing or the recipient is none that <see cref="Outbox.AddAsync"/> would take.</exception>
    public async Task WriteAsync(Mailing mailing, MailContent content, MailRecipient recipient, Stream target, CancellationToken cancellationToken)
    {
        MailingRules.Check(mailing with { Parts = [new MailingPart(content, [])] })[0].Check([recipient]);
        using var message = Compose(mailing with { Language = content.Language ?? mailing.Language }, EncodedContent.Encode(content), recipient, leaveBy: null);
        await message.WriteToAsync(Format(international: false), target, cancellationToken);
    }

    /// <summary>How messages are written: with CRLF, whoever asks.</summary>
    internal static FormatOptions Format(bool international)
    {
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        format.International = international;
        return format;
    }

    /// <param name="mailing">What the headers are about.</param>
    /// <param name="content">Its body.</param>
    /// <param name="recipient">Whom it goes to.</param>
    /// <param name="leaveBy">The address to which a mail is the wish to leave (RFC 2369 §3.2), or null.</param>
    internal MimeMessage Compose(Mailing mailing, EncodedContent content, MailRecipient recipient, string? leaveBy)
    {
        content.Check(recipient.Personal);
        var name = Sender.Name is { Length: > 0 } own ? own : mailing.FromName;
        List<Header> headers =
        [
            Raw("From", string.IsNullOrWhiteSpace(name) ? Sender.Address : $"{Folded(HeaderText.Phrase(name))}<{Sender.Address}>"),
            Raw("To", recipient.Address),
            Raw("Subject", content.Subject),
            Raw("Date", DateUtils.FormatDate(mailing.Date)),
            Raw("Message-ID", $"<{recipient.MessageId}>"),
        ];
        if (mailing.ListId is { } list)
        {
            headers.Add(Raw("List-Id", $"{Folded(HeaderText.Phrase(list.Name))}<{list.Identifier}>"));
        }
        else
        {
            // RFC 3834 §5: no absence notice is to answer.
            headers.Add(Raw("Auto-Submitted", "auto-generated"));
        }

        if (mailing.AnswersForm)
        {
            // Where many of them come at once to one address, its provider may tell a flood (M3AAWG; draft-levine-mailbomb-header).
            // The draft has a place for the visitor's network address, too: that is nobody's but the visitor's.
            headers.Add(Raw("Form-Sub", "v=1"));
        }

        if (recipient.UnsubscribeUrl is { } unsubscribe)
        {
            // The first one is the preferred (RFC 2369 §2), and the one that RFC 8058 asks for.
            headers.Add(Raw("List-Unsubscribe", leaveBy is null ? $"<{unsubscribe}>" : $"<{unsubscribe}>,\r\n <mailto:{leaveBy}?subject=unsubscribe>"));
            headers.Add(Raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
        }

        headers.Add(Raw("Content-Language", mailing.Language));
        headers.Add(Raw("MIME-Version", "1.0"));
        var message = new MimeMessage(headers) { Body = new SplicedBody(content, recipient.Personal) };
        signer?.Sign(message, content.BodyHash(recipient.Personal));
        return message;
    }

    private static string Folded(string phrase) => phrase.Length > 40 ? $"{phrase}\r\n " : $"{phrase} ";

    /// <summary>A header whose value is ready; the callers see to it that it holds no line break but folded ones.</summary>
    private static Header Raw(string name, string value)
    {
        var header = new Header(name, "");
        header.SetRawValue(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $" {value}\r\n")));
        return header;
    }
}

using System.Text;
using System.Text.RegularExpressions;
using FsCheck.Xunit;
using Microsoft.Extensions.Options;
using MimeKit;

namespace Feeds.Mail.Tests;

public sealed partial class MessageComposerTests
{
    private static readonly string[] Fields =
        ["Content-Language", "Content-Type", "Date", "From", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "MIME-Version", "Message-ID", "Subject", "To"];

    private static readonly MailContent Awkward = new(
        "« L’été » arrive\u202f: cœur 👩‍👩‍👧‍👦 et soleil 🌞 toute l’année, c’est promis !",
        $"<p>.\n..\nFrom ici — « été »\u202f!</p><a href=\"{MailContent.Placeholder("unsubscribe")}\">x</a> =3D " + new string('é', 3000) + "\n",
        $"L’été \n\n.\n{MailContent.Placeholder("unsubscribe")}\t\n" + new string('x', 3000));

    [Fact]
    public async Task A_message_is_text_then_html_with_each_header_once()
    {
        var message = Parse(await WriteAsync(Mailings.Edition("weekly", 1), Mailings.Content));

        Assert.Equal("L’été, « déjà »", message.Subject);
        Assert.Equal("\"L’Atelier\" <news@example.org>", message.From.ToString());
        Assert.Equal("reader1@example.org", Assert.Single(message.To.Mailboxes).Address);
        Assert.Equal("weekly.1@example.org", message.MessageId);
        Assert.Equal(Mailings.Date, message.Date);
        Assert.Equal("<https://example.org/unsubscribe/1>", message.Headers["List-Unsubscribe"]);
        Assert.Equal("List-Unsubscribe=One-Click", message.Headers["List-Unsubscribe-Post"]);
        Assert.Equal("Le récap’ <weekly.example.org>", message.Headers["List-Id"]);
        Assert.Equal("fr", message.Body!.Headers["Content-Language"]);
        Assert.Null(message.Headers["Auto-Submitted"]);
        Assert.Null(message.Headers["Form-Sub"]);
        Assert.All(message.Headers.GroupBy(header => header.Field, StringComparer.OrdinalIgnoreCase), field => Assert.Single(field));
        var alternative = Assert.IsType<MultipartAlternative>(message.Body);
        Assert.Equal(["text/plain", "text/html"], alternative.Select(part => part.ContentType.MimeType), StringComparer.Ordinal);
        Assert.All(alternative, part => Assert.Equal("utf-8", part.ContentType.Charset));
    }

    [Fact]
    public async Task A_content_without_html_is_one_part_of_plain_text_in_its_own_language()
    {
        var content = Mailings.Content with { Html = "", Language = "en" };
        var mailing = Mailings.Edition("weekly", 1);

        var message = Parse(await WriteAsync(mailing, content));

        var text = Assert.IsType<TextPart>(message.Body);
        Assert.Equal("text/plain", text.ContentType.MimeType);
        Assert.Equal(ContentEncoding.QuotedPrintable, text.ContentTransferEncoding);
        Assert.Equal("en", message.Body!.Headers["Content-Language"]);
        var both = Parse(await WriteAsync(mailing, Mailings.Content));
        Assert.Equal(both.TextBody!.ReplaceLineEndings("\n"), message.TextBody!.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task A_confirmation_belongs_to_no_list_and_asks_for_no_absence_notice()
    {
        var mailing = Mailings.Edition("confirm", [Mailings.Recipient("confirm", 1) with { UnsubscribeUrl = null }]) with { ListId = null };

        var message = Parse(await WriteAsync(mailing, Mailings.Content));

        Assert.Equal("auto-generated", message.Headers["Auto-Submitted"]);
        Assert.DoesNotContain(message.Headers, header => header.Field.StartsWith("List-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_mail_that_a_web_form_caused_says_so_without_naming_its_visitor()
    {
        var mailing = Mailings.Edition("confirm", [Mailings.Recipient("confirm", 1) with { UnsubscribeUrl = null }]) with { ListId = null, AnswersForm = true };

        var message = Parse(await WriteAsync(mailing, Mailings.Content));

        Assert.Equal("v=1", message.Headers["Form-Sub"]);
    }

    [Fact]
    public async Task Personal_values_stand_in_both_bodies_and_are_encoded_for_html()
    {
        var message = Parse(await WriteAsync(Mailings.Edition("weekly", 1), Mailings.Content));

        Assert.Contains("href=\"https://example.org/leave?person=1&amp;from=mail\"", message.HtmlBody, StringComparison.Ordinal);
        Assert.Contains("\nhttps://example.org/leave?person=1&from=mail\n", message.TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Awkward_text_arrives_exactly_and_no_line_is_longer_than_a_relay_takes()
    {
        var bytes = await WriteAsync(Mailings.Edition("weekly", 1), Awkward);
        var message = Parse(bytes);

        const string Link = "https://example.org/leave?person=1&from=mail";
        Assert.Equal(Awkward.Subject, message.Subject);
        Assert.Equal(Lines(Awkward.Text.Replace(MailContent.Placeholder("unsubscribe"), Link, StringComparison.Ordinal)), Lines(message.TextBody));
        Assert.Equal(Lines(Awkward.Html.Replace(MailContent.Placeholder("unsubscribe"), Link.Replace("&", "&amp;", StringComparison.Ordinal), StringComparison.Ordinal)), Lines(message.HtmlBody));
        Assert.All(Encoding.Latin1.GetString(bytes).Split("\r\n"), line => Assert.InRange(line.Length, 0, 998));
        Assert.All(bytes, octet => Assert.InRange(octet, (byte)9, (byte)126));
    }

    [Property(MaxTest = 300, Arbitrary = [typeof(Texts)])]
    public void Any_text_arrives_exactly_and_breaks_no_header(string subject, string html, string text, string name)
    {
        var content = new MailContent(subject, html, text);
        var mailing = Mailings.Edition("weekly", 1) with { ListId = new ListId(name, "weekly.example.org"), FromName = name };

        var bytes = WriteAsync(mailing, content).GetAwaiter().GetResult();

        var message = Parse(bytes);
        Assert.Equal(HeaderText.Clean(subject), message.Subject);
        Assert.Equal(Lines(text), Lines(message.TextBody));
        Assert.Equal(Lines(html), Lines(message.HtmlBody ?? ""));
        Assert.Equal("weekly.1@example.org", message.MessageId);
        // Where there is one part only, its encoding is the message's.
        IEnumerable<string> fields = html.Length > 0 ? Fields : Fields.Append("Content-Transfer-Encoding").Order(StringComparer.Ordinal);
        Assert.Equal(fields, HeaderList.Load(new MemoryStream(bytes)).Select(header => header.Field).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal("news@example.org", Assert.Single(message.From.Mailboxes).Address);
        Assert.Equal(HeaderText.Clean(name), Assert.Single(message.From.Mailboxes).Name ?? "");
        Assert.All(Encoding.Latin1.GetString(bytes).Split("\r\n"), line => Assert.InRange(line.Length, 0, 998));
    }

    [Property(MaxTest = 300, Arbitrary = [typeof(Texts)])]
    public void No_encoded_word_cuts_a_character_or_is_too_long(string subject)
    {
        var strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

        foreach (Match word in EncodedWord().Matches(HeaderText.Unstructured(subject + "é")))
        {
            Assert.InRange(word.Length, 1, 75);
            Assert.NotEmpty(strict.GetString(Convert.FromBase64String(word.Groups["base64"].Value)));
        }
    }

    [Fact]
    public async Task The_same_content_and_recipient_give_the_same_bytes() =>
        Assert.Equal(await WriteAsync(Mailings.Edition("weekly", 1), Awkward), await WriteAsync(Mailings.Edition("weekly", 1), Awkward));

    [Fact]
    public async Task A_name_of_the_operators_wins_over_the_publications_title()
    {
        var message = Parse(await WriteAsync(Mailings.Edition("weekly", 1), Mailings.Content, "La rédaction <news@example.org>"));

        Assert.Equal("La rédaction", Assert.Single(message.From.Mailboxes).Name);
    }

    private static async Task<byte[]> WriteAsync(Mailing mailing, MailContent content, string from = "news@example.org")
    {
        var composer = new MessageComposer(Options.Create(new MailOptions { From = from }), MailRoom.Clock());
        using var target = new MemoryStream();
        await composer.WriteAsync(mailing, content, mailing.Parts[0].Recipients[0], target, default);
        return target.ToArray();
    }

    private static MimeMessage Parse(byte[] bytes) => MimeMessage.Load(new MemoryStream(bytes));

    private static string[] Lines(string? text) => text!.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Split('\n');

    [GeneratedRegex(@"=\?utf-8\?B\?(?<base64>[A-Za-z0-9+/=]+)\?=", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex EncodedWord();
}

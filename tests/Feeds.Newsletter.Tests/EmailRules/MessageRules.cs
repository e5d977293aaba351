using System.Text;
using System.Text.RegularExpressions;
using MimeKit;

namespace Feeds.Newsletter.Tests.EmailRules;

/// <summary>M1–M5: the message.</summary>
internal static partial class MessageRules
{
    private static readonly string[] OnceOnly = ["From", "To", "Date", "Message-ID", "Subject"];
    private static readonly string[] TemplateWords = ["{{", "}}", "@Model", "@{", "System.", "Feeds.Newsletter"];
    private static readonly string[] WrongPlaces = ["personal.invalid/", "localhost", "example.com", "http://"];

    public static IEnumerable<(Grade Grade, string What)> TwoParts(MailBytes mail)
    {
        if (mail.Message.Body is not MultipartAlternative { Count: 2 } parts
            || parts[0] is not TextPart { IsPlain: true } text || parts[1] is not TextPart { IsHtml: true } html)
        {
            yield return (Grade.Fail, "the body is not multipart/alternative with text first, then HTML");
            yield break;
        }

        if (new[] { text, html }.Any(part => !string.Equals(part.ContentType.Charset, "utf-8", StringComparison.OrdinalIgnoreCase)))
        {
            yield return (Grade.Fail, "a part isn't UTF-8");
        }

        var longest = Encoding.Latin1.GetString(mail.Raw).Split('\n').Max(line => line.TrimEnd('\r').Length);
        if (longest > 998)
        {
            yield return (Grade.Fail, $"a line has {longest} bytes");
        }
    }

    public static IEnumerable<(Grade Grade, string What)> Headers(MailBytes mail)
    {
        foreach (var name in OnceOnly)
        {
            var count = mail.Message.Headers.Count(header => header.Field.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (count != 1)
            {
                yield return (Grade.Fail, $"{count} headers {name}");
            }
        }

        if (mail.Message.From.Count != 1 || mail.Message.To.Count != 1)
        {
            yield return (Grade.Fail, "more or less than one sender and one recipient");
        }

        var headers = Encoding.Latin1.GetString(mail.Raw).Split("\r\n\r\n")[0];
        foreach (Match word in EncodedWord().Matches(headers))
        {
            if (!Decodes(word.Groups["encoding"].Value, word.Groups["text"].Value))
            {
                yield return (Grade.Fail, $"an encoded word splits a character: {word.Value}");
            }
        }
    }

    public static IEnumerable<(Grade Grade, string What)> Subject(MailBytes mail)
    {
        var length = mail.Message.Subject?.Length ?? 0;
        if (length is 0 or > 50)
        {
            yield return (length is 0 or > 78 ? Grade.Fail : Grade.Warn, $"the subject has {length} characters");
        }
    }

    public static IEnumerable<(Grade Grade, string What)> ListHeaders(MailBytes mail)
    {
        if (!mail.Expectation.Edition)
        {
            yield break;
        }

        var scheme = mail.Expectation.Live ? "<https://" : "<http";
        if (mail.Message.Headers["List-Unsubscribe"] is not { } leave || !leave.Contains(scheme, StringComparison.Ordinal))
        {
            yield return (Grade.Fail, "List-Unsubscribe without an https address");
        }

        if (!string.Equals(mail.Message.Headers["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click", StringComparison.Ordinal))
        {
            yield return (Grade.Fail, "List-Unsubscribe-Post is lacking");
        }

        if (mail.Message.Headers["List-Id"] is not { } list || !list.Contains('<', StringComparison.Ordinal))
        {
            yield return (Grade.Fail, "List-Id is lacking");
        }
    }

    public static IEnumerable<(Grade Grade, string What)> Leftovers(MailBytes mail)
    {
        var words = mail.OwnWords;
        foreach (var leftover in TemplateWords.Where(one => words.Contains(one, StringComparison.Ordinal)))
        {
            yield return (Grade.Fail, $"a leftover of a template: {leftover}");
        }

        if (NullWord().IsMatch(words))
        {
            yield return (Grade.Fail, "the word null");
        }

        var whole = mail.Html + mail.Text;
        foreach (var place in WrongPlaces.Where(one => whole.Contains(one, StringComparison.OrdinalIgnoreCase)))
        {
            if (mail.Expectation.Live || place[0] == 'p')
            {
                yield return (Grade.Fail, $"an address that must not go out: {place}");
            }
        }
    }

    private static bool Decodes(string encoding, string text)
    {
        try
        {
            var bytes = encoding is "b" or "B"
                ? Convert.FromBase64String(text)
                : Encoding.Latin1.GetBytes(HexByte().Replace(text.Replace('_', ' '), hex => ((char)Convert.ToByte(hex.Value[1..], 16)).ToString()));
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
            return true;
        }
        catch (Exception broken) when (broken is FormatException or ArgumentException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"=\?utf-8\?(?<encoding>[bq])\?(?<text>[^?]*)\?=", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex EncodedWord();

    [GeneratedRegex("=[0-9A-Fa-f]{2}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex HexByte();

    [GeneratedRegex(@"\bnull\b", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex NullWord();
}

using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using MimeKit;

namespace Feeds.Newsletter.Tests.EmailRules;

/// <summary>A mail as it would arrive, read by other people's code.</summary>
internal sealed class MailBytes
{
    public MailBytes(byte[] raw, Expectation expectation)
    {
        Raw = raw;
        Expectation = expectation;
        Message = MimeMessage.Load(new MemoryStream(raw));
        Html = Message.HtmlBody ?? "";
        Text = (Message.TextBody ?? "").ReplaceLineEndings("\n");
        Document = new HtmlParser().ParseDocument(Html);
    }

    public byte[] Raw { get; }

    public Expectation Expectation { get; }

    public MimeMessage Message { get; }

    public string Html { get; }

    public string Text { get; }

    public IHtmlDocument Document { get; }

    public string StyleSheet => string.Concat(Document.QuerySelectorAll("style").Select(style => style.TextContent));

    /// <summary>The links people can follow, in their order.</summary>
    public IReadOnlyList<IElement> Links => [.. Document.QuerySelectorAll("a[href]")];

    public IReadOnlyList<string> ArticleLinks =>
    [
        .. Links.Select(link => link.GetAttribute("href")!)
            .Where(address => address.StartsWith("http", StringComparison.Ordinal) && !Expectation.OwnLinks.Any(own => own.EndsWith('/') ? address.Equals(own, StringComparison.Ordinal) : address.StartsWith(own, StringComparison.Ordinal))),
    ];

    /// <summary>Both bodies as people read them, without what the articles themselves say.</summary>
    public string OwnWords
    {
        get
        {
            var words = new StringBuilder(Document.Title).Append('\n').Append(Document.Body!.TextContent).Append('\n').Append(Text.Replace('\n', ' ')).ToString();
            words = string.Join(' ', words.Split([' ', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries));
            return Expectation.Literals.OrderByDescending(literal => literal.Length).Aggregate(words, (rest, literal) => rest.Replace(literal, "…", StringComparison.Ordinal));
        }
    }
}

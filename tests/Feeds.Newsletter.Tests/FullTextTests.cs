using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter.Content;
using Feeds.Newsletter.Subscribing;
using Feeds.Newsletter.Tests.EmailRules;

namespace Feeds.Newsletter.Tests;

/// <summary>Editions for those who want whole articles.</summary>
public sealed class FullTextTests
{
    private const string Body =
        "<h2 id=\"a\">Trois idées</h2><p>« Été » &amp; <a href=\"https://ailleurs.example/?a=1&amp;b=2\" title=\"a > b\">ailleurs</a>, ou <a href=\"https://ailleurs.example/\">https://ailleurs.example/</a>.</p>"
        + "<ul><li>Un</li><li>Deux <em>fois</em></li></ul>"
        + "<img src=\"https://images.example/a.jpg\" srcset=\"https://images.example/b.jpg 2x\" alt=\"Un vélo\" width=\"400\" height=\"300\">";

    // The rules know tables of the layout only.
    private const string Table =
        "<table><thead><tr><th scope=\"col\">Prix</th><th scope=\"col\">Délai</th></tr></thead><tbody><tr><td>4 €</td><td>2 jours</td></tr></tbody></table>";

    [Theory]
    [InlineData("fr")]
    [InlineData("en")]
    public async Task Whole_articles_stand_in_both_parts_and_break_no_rule(string language)
    {
        var content = await EditionAsync(language, [Article(1, Body), Article(2, "<p>Un &lt;paragraphe&gt;.</p>")]);
        var links = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [MailWriter.Unsubscribe] = "https://atelier.example.net/lettres/unsubscribe/AQ",
            [MailWriter.Preferences] = "https://atelier.example.net/lettres/preferences/AQ",
        };
        var recipient = new MailRecipient("s1.weekly", "ines@atelier.example.net", "weekly.1@atelier.example.net", links[MailWriter.Unsubscribe], links);
        var mail = await Mails.BytesAsync(new Mailing("edition", Mails.Slot, language, new ListId("La lettre", "weekly.atelier.example.net"), [new MailingPart(content, [recipient])]) { FromName = "L’Atelier du commerce" });

        // Others' links are the author's and are not marked.
        Assert.DoesNotContain(EmailLinter.Check(mail, new Expectation { OwnLinks = ["https://atelier.example.net/lettres/", links[MailWriter.Unsubscribe], links[MailWriter.Preferences], "https://ailleurs.example/", "https://ailleurs.example/?a=1&b=2"] }), finding => finding.Grade == Grade.Fail);
        Assert.Contains("Un &lt;paragraphe&gt;.", content.Html, StringComparison.Ordinal);
        Assert.Contains("<h3 ", content.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("srcset", content.Html, StringComparison.Ordinal);
        Assert.Contains("\n- Un\n- Deux fois\n", content.Text, StringComparison.Ordinal);
        Assert.Contains("Un <paragraphe>.", content.Text, StringComparison.Ordinal);
        Assert.Contains("https://ailleurs.example/?a=1&b=2\n", content.Text, StringComparison.Ordinal);
        Assert.Contains("\nPrix · Délai\n4 € · 2 jours\n", (await EditionAsync(language, [Article(1, Table)])).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Articles_for_which_the_mail_has_no_room_have_their_summaries()
    {
        var long1 = $"<p>{string.Concat(Enumerable.Repeat("Un long paragraphe. ", 1_500))}</p>";

        var content = await EditionAsync("fr", [.. Enumerable.Range(1, 6).Select(number => Article(number, long1))]);

        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(content.Html), 60_000, 80_000);
        Assert.Equal(6, SentMail.TitlesIn(content.Text).Count);
        Assert.Contains("Résumé 6", content.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("Résumé 1", content.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_article_cannot_ask_for_a_personal_link()
    {
        var content = await EditionAsync("fr", [Article(1, $"<p><a href=\"{MailContent.Placeholder("unsubscribe")}\">{MailContent.Placeholder("preferences")}</a></p>")]);

        foreach (var name in (string[])["unsubscribe", "preferences"])
        {
            Assert.Equal(1, Occurrences(content.Html, MailContent.Placeholder(name)));
            Assert.Equal(1, Occurrences(content.Text, MailContent.Placeholder(name)));
        }
    }

    private static int Occurrences(string text, string part) => text.Split(part).Length - 1;

    private static Article Article(int number, string html) =>
        SampleArticles.Make(number, $"Article {number}", $"Résumé {number}", [], image: false) with { Html = html };

    private static Task<MailContent> EditionAsync(string language, IReadOnlyList<Article> articles)
    {
        var writer = Mails.Writer(language);
        var masthead = new Masthead(Mails.Weekly.Name, Mails.Weekly.Title, Mails.Slot);
        var form = writer.Form(new Choice { FullText = true }, SendTime.OfCadence, Mails.Weekly, Mails.Slot);
        return writer.DigestAsync(masthead, form, [.. articles.Select(article => writer.Freeze(masthead, article, withText: true))], 0, view: null);
    }
}

using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter.Content;
using Feeds.Newsletter.Making;
using Feeds.Newsletter.Subscribing;
using Feeds.Newsletter.Tests.EmailRules;
using Microsoft.Extensions.Options;

namespace Feeds.Newsletter.Tests;

public sealed class DigestRulesTests
{
    [Theory]
    [InlineData("fr")]
    [InlineData("en")]
    public async Task A_digest_keeps_every_rule_in_both_languages(string language)
    {
        var mail = await DigestAsync(language, SampleArticles.French);

        Assert.Empty(EmailLinter.Check(mail, Expected(language, SampleArticles.French)));
    }

    [Theory]
    [InlineData("fr")]
    [InlineData("en")]
    public async Task Nasty_articles_stand_as_they_are_written_and_break_no_rule(string language)
    {
        foreach (var articles in SampleArticles.Nasty.Select(one => (IReadOnlyList<Article>)[one]).Append(SampleArticles.Nasty))
        {
            var mail = await DigestAsync(language, articles);

            Assert.Empty(EmailLinter.Check(mail, Expected(language, articles)));
        }
    }

    [Fact]
    public async Task A_hundred_articles_stay_within_what_mail_programs_show_and_the_rest_is_counted()
    {
        var articles = Enumerable.Range(100, 100).Select(id => SampleArticles.Make(id, $"Article {id}", string.Concat(Enumerable.Repeat("été ", 100)).Trim(), [], image: true)).ToList();

        var mail = await DigestAsync("fr", articles);

        Assert.Empty(EmailLinter.Check(mail, Expected("fr", articles)));
        var text = new MailBytes(mail, new Expectation()).Text;
        var shown = text.Split('\n').Count(line => line.StartsWith("Lire «", StringComparison.Ordinal));
        Assert.InRange(shown, 20, 60);
        Assert.Contains($"et {102 - shown}\u00A0autres articles à lire", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public async Task A_confirmation_keeps_the_rules_too(bool subscribed, bool changes)
    {
        List<string> own = ["https://atelier.example.net/lettres/"];
        own.AddRange(changes ? ["https://atelier.example.net/lettres/confirm/AQ"] : []);
        own.AddRange(subscribed ? ["https://atelier.example.net/lettres/unsubscribe/AQ"] : []);
        foreach (var language in new[] { "fr", "en" })
        {
            var content = await Mails.Writer(language).ConfirmationAsync(Mails.Weekly, ["Référencement (SEO)", "Prix"], subscribed, changes);
            var recipient = new MailRecipient("c1.weekly", "ines@atelier.example.net", "confirm.1@atelier.example.net", null, Links(MailWriter.Confirm, MailWriter.Unsubscribe));
            var mail = await Mails.BytesAsync(new Mailing("confirm", Mails.Slot, language, null, [new MailingPart(content, [recipient])]));

            Assert.Empty(EmailLinter.Check(mail, new Expectation { Edition = false, Footer = ["L’équipe de l’Atelier", "lettre@atelier.example.net"], OwnLinks = own }));
        }
    }

    [Fact]
    public async Task The_linter_sees_what_is_wrong()
    {
        var good = await DigestAsync("fr", SampleArticles.French);
        var expected = Expected("fr", SampleArticles.French);
        var content = await Mails.DigestAsync(Mails.Writer("fr"), SampleArticles.French, 2);
        (string Rule, Func<MailContent, MailContent> Spoil)[] mistakes =
        [
            ("M3", one => one with { Subject = new string('é', 79) }),
            ("M5", one => one with { Html = one.Html.Replace("<h1 ", "<p>{{ titre }}</p><h1 ", StringComparison.Ordinal) }),
            ("M5", one => one with { Html = one.Html.Replace("href=\"https://atelier.example.net/lettres/\"", "href=\"http://localhost/\"", StringComparison.Ordinal) }),
            ("H1", one => one with { Html = one.Html.Replace("</body>", $"<p>{new string('x', 90_000)}</p></body>", StringComparison.Ordinal) }),
            ("H2", one => one with { Html = one.Html.Replace(" dir=\"ltr\"", "", StringComparison.Ordinal) }),
            ("H3", one => one with { Html = one.Html.Replace(" role=\"presentation\"", "", StringComparison.Ordinal) }),
            ("H4", one => one with { Html = one.Html.Replace("alt=\"Une table", "alt=\"table.jpg\" title=\"Une table", StringComparison.Ordinal) }),
            ("H6", one => one with { Html = one.Html.Replace("max-width:600px", "width:640px", StringComparison.Ordinal) }),
            ("H7", one => one with { Html = one.Html.Replace("<h1 ", "<form></form><h1 ", StringComparison.Ordinal) }),
            ("H8", one => one with { Html = one.Html.Replace("<h2", "<h3", StringComparison.Ordinal).Replace("</h2", "</h3", StringComparison.Ordinal) }),
            ("H9", one => one with { Html = one.Html.Replace("text-decoration:underline", "text-decoration:none", StringComparison.Ordinal) }),
            ("H10", one => one with { Html = one.Html.Replace("#5f5a52", "#b0aca4", StringComparison.Ordinal) }),
            ("H10", one => one with { Html = one.Html.Replace(".text { color: #ece8e1", ".text { color: #45413a", StringComparison.Ordinal) }),
            ("H11", one => one with { Html = one.Html.Replace("prefers-color-scheme", "prefers-contrast", StringComparison.Ordinal) }),
            ("H12", one => one with { Html = one.Html.Replace("display:none", "display:block", StringComparison.Ordinal) }),
            ("H13", one => one with { Html = one.Html.Replace("</tr></table><![endif]-->", "</tr></table>-->", StringComparison.Ordinal) }),
            ("H13", one => one with { Html = one.Html.Replace("</h1>", "</h1></table>", StringComparison.Ordinal) }),
            ("H14", one => one with { Html = one.Html.Replace("lettre@atelier", "autre@atelier", StringComparison.Ordinal) }),
            ("H15", one => one with { Html = one.Html.Replace("href=\"https://atelier.example.net/lettres/\"", "href=\"https://atelier.example.net/lettres/?utm_source=x\"", StringComparison.Ordinal) }),
            ("H16", one => one with { Html = one.Html.Replace("article-3?", "article-1?", StringComparison.Ordinal) }),
            ("T1", one => one with { Text = one.Text.Replace("article-3?", "article-9?", StringComparison.Ordinal) }),
            ("T1", one => one with { Text = one.Text.Replace("L’équipe", "L&#x27;équipe", StringComparison.Ordinal) }),
            ("T2", one => one with { Text = one.Text.Replace("\nhttps://", " https://", StringComparison.Ordinal) }),
            ("T2", one => one with { Text = one.Text.Replace("\u00A0: ", "\u00A0\n: ", StringComparison.Ordinal) }),
        ];

        Assert.Empty(EmailLinter.Check(good, expected));
        foreach (var (rule, spoil) in mistakes)
        {
            var spoilt = spoil(content);
            Assert.NotEqual(content, spoilt);
            var found = EmailLinter.Check(await EditionBytesAsync("fr", spoilt), expected);
            Assert.True(found.Any(finding => string.Equals(finding.Rule, rule, StringComparison.Ordinal)), $"{rule} saw nothing; found {string.Join(", ", found)}");
        }
    }

    private static async Task<byte[]> DigestAsync(string language, IReadOnlyList<Article> articles) =>
        await EditionBytesAsync(language, await Mails.DigestAsync(Mails.Writer(language), articles, 2));

    private static Task<byte[]> EditionBytesAsync(string language, MailContent content)
    {
        var links = Links(MailWriter.Unsubscribe, MailWriter.Preferences);
        var recipient = new MailRecipient("s1.weekly", "ines@atelier.example.net", "weekly.1@atelier.example.net", links[MailWriter.Unsubscribe], links);
        return Mails.BytesAsync(new Mailing("edition", Mails.Slot, language, new ListId("Le récap’ du lundi", "weekly.atelier.example.net"), [new MailingPart(content, [recipient])]) { FromName = "L’Atelier du commerce" });
    }

    private static Dictionary<string, string> Links(params string[] names) =>
        names.ToDictionary(name => name, name => $"https://atelier.example.net/lettres/{name}/AQAAAAAAAAABd2Vla2x5", StringComparer.Ordinal);

    private static Expectation Expected(string language, IReadOnlyList<Article> articles) => new()
    {
        Literals = [.. articles.SelectMany(article => new[] { article.Title, article.Summary, article.Author }.Concat(article.Categories.Select(category => category.Name))).Where(text => text.Length > 0).SelectMany(text => new[] { PlainText.OneLine(text), PlainText.Cut(PlainText.OneLine(text), 30).TrimEnd('…') })],
        Footer = ["L’équipe de l’Atelier", "lettre@atelier.example.net", Phrases.Of(language).WhyReceived("Le récap’ du lundi", "L’Atelier du commerce")],
        OwnLinks = ["https://atelier.example.net/lettres/", "https://atelier.example.net/lettres/unsubscribe/AQ", "https://atelier.example.net/lettres/preferences/AQ", "https://atelier.example.net/lettres/editions/Bw"],
    };
}

using Feeds.Articles;
using Feeds.Host.Pages;
using Microsoft.Extensions.Options;

namespace Feeds.Host.Tests;

/// <summary>What a page does to the text of an article.</summary>
public sealed class ArticleTextTests
{
    private static readonly SiteView Site = new(Options.Create(new PublicationOptions { BaseUrl = "https://blog.example", Language = "fr" }));

    [Theory]
    [InlineData("Quoi ? Oui ; non ! Car : « voilà ».", "Quoi\u202F? Oui\u202F; non\u202F! Car\u00A0: «\u00A0voilà\u00A0».")]
    [InlineData("60 % de 12 €", "60\u00A0% de 12\u00A0€")]
    [InlineData("Rien à faire, 12 h 30", "Rien à faire, 12 h 30")]
    [InlineData("déjà\u202F! fait\u00A0: là", "déjà\u202F! fait\u00A0: là")]
    public void No_line_of_French_begins_with_its_punctuation(string written, string shown)
    {
        Assert.Equal(shown, ArticleText.Unbroken(written, "fr"));
        Assert.Equal(shown, ArticleText.Unbroken(written, "FR-CA"));
        Assert.Equal(written, ArticleText.Unbroken(written, "en"));
    }

    [Theory]
    [InlineData("<p><strong>Le quai</strong> : là</p>", "<p><strong>Le quai</strong>\u00A0: là</p>")]
    [InlineData("<p title=\"a > b ? : « c »\">x ?</p>", "<p title=\"a > b ? : « c »\">x\u202F?</p>")]
    [InlineData("<p><code>a ? b : c</code> ?</p>", "<p><code>a ? b : c</code>\u202F?</p>")]
    [InlineData("<pre><code>a ? b</code> : c</pre> : d", "<pre role=\"group\" tabindex=\"0\" aria-label=\"Texte préformaté\"><code>a ? b</code> : c</pre>\u00A0: d")]
    [InlineData("<pre id=\"x\">a</pre>", "<pre role=\"group\" tabindex=\"0\" aria-label=\"Texte préformaté\" id=\"x\">a</pre>")]
    [InlineData("<table><tr><td>a</td></tr></table>", "<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-label=\"Tableau\"><table><tr><td>a</td></tr></table></div>")]
    [InlineData("<tr><th></th><th>a</th></tr>", "<tr><td></td><th>a</th></tr>")]
    [InlineData("text alone ;", "text alone\u202F;")]
    [InlineData("", "")]
    public void Only_text_changes_and_what_scrolls_can_be_reached_by_keyboard(string stored, string shown) =>
        Assert.Equal(shown, ArticleText.Html(stored, "fr", Site));

    [Theory]
    [InlineData("<h2 id=\"x\">a</h2><h5>b</h5><h6>c</h6>", "<h3 id=\"x\">a</h3><h6>b</h6><h6>c</h6>")]
    [InlineData("<hr>", "<hr>")]
    public void Among_other_articles_headings_stand_below_the_title_of_their_own(string stored, string shown) =>
        Assert.Equal(shown, ArticleText.Html(stored, "fr", Site, isBelow: true));
}

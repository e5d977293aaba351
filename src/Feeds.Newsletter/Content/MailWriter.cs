using System.Globalization;
using System.Text;
using Feeds.Articles;
using Feeds.Mail;
using Microsoft.Extensions.Options;

namespace Feeds.Newsletter.Content;

/// <summary>Renders what goes out, once per distinct content; personal links are placeholders of <see cref="MailContent"/>.</summary>
internal sealed class MailWriter(IOptions<PublicationOptions> publication, SenderIdentity sender, MailTemplates templates)
{
    /// <summary>Name of the personal link that ends a subscription.</summary>
    public const string Unsubscribe = "unsubscribe";

    /// <summary>Name of the personal link that confirms one.</summary>
    public const string Confirm = "confirm";

    // Gmail clips at about 102 KB, and with it goes the link that ends the subscription.
    private const int MostBytes = 80_000;

    private Phrases Words => Phrases.Of(publication.Value.Language);

    /// <inheritdoc cref="DigestAsync(Masthead, IReadOnlyList{DigestArticle}, int)"/>
    public Task<MailContent> DigestAsync(Cadence cadence, DateTimeOffset slot, IReadOnlyList<Article> shown, int more)
    {
        var masthead = new Masthead(cadence.Name, cadence.Title, slot);
        return DigestAsync(masthead, [.. shown.Select(article => Describe(masthead, article))], more);
    }

    /// <summary>An edition. Articles that would make it too large for mail programs are counted instead of shown.</summary>
    /// <param name="masthead">Whose edition it is.</param>
    /// <param name="shown">Newest first, one or more.</param>
    /// <param name="more">How many articles there are besides.</param>
    public async Task<MailContent> DigestAsync(Masthead masthead, IReadOnlyList<DigestArticle> shown, int more)
    {
        var content = await RenderDigestAsync(masthead, shown, more);
        for (var kept = shown.Count; kept > 1 && Encoding.UTF8.GetByteCount(content.Html) is > MostBytes and var size;)
        {
            kept = Math.Max(1, Math.Min(kept - 1, kept * MostBytes / size));
            content = await RenderDigestAsync(masthead, [.. shown.Take(kept)], more + shown.Count - kept);
        }

        return content;
    }

    /// <summary>An article as an edition shows it.</summary>
    public DigestArticle Describe(Masthead masthead, Article article)
    {
        var options = publication.Value;
        var campaign = $"{masthead.Cadence}-{masthead.Slot.UtcDateTime.ToString("yyyy-MM-dd-HHmm", CultureInfo.InvariantCulture)}";
        return new DigestArticle(
            PlainText.OneLine(article.Title),
            PlainText.OneLine(article.Summary),
            PlainText.Inert(Campaign.Mark(article.Link, campaign)),
            string.Equals(article.Language, options.Language, StringComparison.OrdinalIgnoreCase) ? null : article.Language,
            Words.ShortDate(article.Published, TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone)),
            string.Equals(article.Author, options.Author, StringComparison.Ordinal) || article.Author.Length == 0 ? null : PlainText.OneLine(article.Author),
            [.. article.Categories.Select(category => PlainText.OneLine(category.Name))],
            DigestImages.Of(article.Image, options.Base));
    }

    private async Task<MailContent> RenderDigestAsync(Masthead masthead, IReadOnlyList<DigestArticle> articles, int more)
    {
        var options = publication.Value;
        var words = Words;
        var titles = articles.Select(article => article.Title).ToList();
        var model = new DigestMail
        {
            Words = words,
            Language = options.Language,
            Direction = DirectionOf(options.Language),
            Subject = SubjectLine.Of(titles, articles.Count + more, words),
            Preheader = SubjectLine.Preheader(titles, articles[0].Summary, sender.Publication, words),
            Publication = sender.Publication,
            Home = options.Base.AbsoluteUri,
            Publisher = sender.Publisher,
            Contact = sender.Address,
            Cadence = PlainText.OneLine(masthead.Title),
            Date = words.LongDate(masthead.Slot, TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone)),
            Articles = articles,
            MoreArticles = more,
            PreferencesLink = new Uri(options.Base, "subscribe").AbsoluteUri,
            UnsubscribeLink = MailContent.Placeholder(Unsubscribe),
            BrowserLink = options.Base.AbsoluteUri,
        };
        return await RenderAsync("digest", model);
    }

    /// <param name="cadence">What was asked for.</param>
    /// <param name="categories">Names of the categories asked for; empty for all.</param>
    /// <param name="subscribed">Whether the person gets the cadence already.</param>
    /// <param name="changes">Whether there is something to confirm.</param>
    public async Task<MailContent> ConfirmationAsync(Cadence cadence, IReadOnlyList<string> categories, bool subscribed, bool changes)
    {
        var options = publication.Value;
        var words = Words;
        var title = PlainText.OneLine(cadence.Title);
        var heading = subscribed ? words.AlreadySubject(title) : words.ConfirmSubject(title);
        var message = !subscribed ? words.ConfirmQuestion(title, sender.Publication) : changes ? words.ChangeQuestion(title) : words.AlreadyAnswer(title, sender.Publication);
        var model = new ConfirmationMail
        {
            Heading = heading,
            Message = message,
            Words = words,
            Language = options.Language,
            Direction = DirectionOf(options.Language),
            Subject = PlainText.Cut(heading, 50),
            Preheader = SubjectLine.Fit(message),
            Publication = sender.Publication,
            Home = options.Base.AbsoluteUri,
            Publisher = sender.Publisher,
            Contact = sender.Address,
            Cadence = title,
            ConfirmLink = changes ? MailContent.Placeholder(Confirm) : null,
            UnsubscribeLink = subscribed ? MailContent.Placeholder(Unsubscribe) : null,
            Categories = [.. categories.Select(PlainText.OneLine)],
        };
        return await RenderAsync("confirmation", model);
    }

    private async Task<MailContent> RenderAsync<TModel>(string name, TModel model)
        where TModel : MailPage =>
        new(
            model.Subject,
            (await templates.RenderAsync($"{name}.html.cshtml", model)).ReplaceLineEndings("\n").TrimStart(),
            PlainText.Wrap(await templates.RenderAsync($"{name}.text.cshtml", model)));

    private static string DirectionOf(string language) => CultureInfo.GetCultureInfo(language).TextInfo.IsRightToLeft ? "rtl" : "ltr";
}

using System.Globalization;
using System.Text;
using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter.Subscribing;
using Microsoft.Extensions.Options;

namespace Feeds.Newsletter.Content;

/// <summary>Renders what goes out, once per distinct content; personal links are placeholders of <see cref="MailContent"/>.</summary>
internal sealed class MailWriter(IOptions<PublicationOptions> publication, SenderIdentity sender, MailTemplates templates)
{
    /// <summary>Name of the personal link that ends a subscription.</summary>
    public const string Unsubscribe = "unsubscribe";

    /// <summary>Name of the personal link to what a person gets.</summary>
    public const string Preferences = "preferences";

    /// <summary>Name of the personal link that confirms one.</summary>
    public const string Confirm = "confirm";

    // Gmail clips at about 102 KB, and with it goes the link that ends the subscription.
    private const int MostBytes = 80_000;

    private Phrases Words => Phrases.Of(publication.Value.Language);

    /// <summary>How an edition is written for somebody.</summary>
    public EditionForm Form(Choice choice, SendTime time, Cadence cadence, DateTimeOffset slot) =>
        new(choice.Language.Length > 0 ? choice.Language : publication.Value.Language, choice.FullText, choice.PlainText, Day(slot, time.IsOfCadence ? cadence.Zone : time.Zone));

    /// <summary>An edition. Articles that would make it too large for mail programs are counted instead of shown.</summary>
    /// <param name="masthead">Whose edition it is.</param>
    /// <param name="form">How it is written.</param>
    /// <param name="shown">Newest first, one or more.</param>
    /// <param name="more">How many articles there are besides.</param>
    /// <param name="view">Token of the page that shows the same, as <see cref="LinkTokens.View"/> writes it; null where there is none.</param>
    public async Task<MailContent> DigestAsync(Masthead masthead, EditionForm form, IReadOnlyList<FrozenArticle> shown, int more, string? view)
    {
        var full = form.FullText ? shown.Count(article => article.Html is not null) : 0;
        var content = await RenderDigestAsync(masthead, form, shown, full, more, view);
        while (full > 0 && Encoding.UTF8.GetByteCount(content.Html) is > MostBytes and var size)
        {
            // The first ones stay whole as long as there is room, and the others have their summaries.
            full = Math.Max(0, Math.Min(full - 1, full * MostBytes / size));
            content = await RenderDigestAsync(masthead, form, shown, full, more, view);
        }

        for (var kept = shown.Count; kept > 1 && Encoding.UTF8.GetByteCount(content.Html) is > MostBytes and var size;)
        {
            kept = Math.Max(1, Math.Min(kept - 1, kept * MostBytes / size));
            content = await RenderDigestAsync(masthead, form, [.. shown.Take(kept)], 0, more + shown.Count - kept, view);
        }

        return form.PlainText ? content with { Html = "" } : content;
    }

    /// <summary>An article as an edition is frozen with it.</summary>
    /// <param name="masthead">Whose edition it is.</param>
    /// <param name="article">As it is now.</param>
    /// <param name="withText">Whether somebody reads it in full.</param>
    public FrozenArticle Freeze(Masthead masthead, Article article, bool withText)
    {
        var options = publication.Value;
        var campaign = $"{masthead.Cadence}-{masthead.Slot.UtcDateTime.ToString("yyyy-MM-dd-HHmm", CultureInfo.InvariantCulture)}";
        return new FrozenArticle(
            PlainText.OneLine(article.Title),
            PlainText.OneLine(article.Summary),
            PlainText.Inert(Campaign.Mark(article.Link, campaign)),
            article.Language,
            article.Published,
            article.Updated > article.Published ? article.Updated : null,
            string.Equals(article.Author, options.Author, StringComparison.Ordinal) || article.Author.Length == 0 ? null : PlainText.OneLine(article.Author),
            [.. article.Categories.Select(category => PlainText.OneLine(category.Name))],
            DigestImages.Of(article.Image, options.Base),
            withText ? article.Html : null);
    }

    private async Task<MailContent> RenderDigestAsync(Masthead masthead, EditionForm form, IReadOnlyList<FrozenArticle> frozen, int full, int more, string? view)
    {
        var options = publication.Value;
        var words = Phrases.Of(form.Language);
        var zone = TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone);
        var articles = frozen.Select((article, place) => new DigestArticle(
            article.Title,
            article.Summary,
            article.Link,
            string.Equals(article.Language, form.Language, StringComparison.OrdinalIgnoreCase) ? null : article.Language,
            words.ShortDate(article.Published, zone),
            article.Author,
            article.Categories,
            article.Image)
        {
            Corrected = article.Corrected is { } corrected ? words.Corrected(words.ShortDate(corrected, zone)) : null,
            Html = place < full && article.Html is { } html ? FullText.Html(html) : null,
            Text = place < full && article.Html is { } plain ? FullText.Text(plain, words.Picture) : null,
        }).ToList();
        var titles = articles.ConvertAll(article => article.Title);
        var model = new DigestMail
        {
            Words = words,
            Language = form.Language,
            Direction = DirectionOf(form.Language),
            Subject = masthead.IsWelcome ? PlainText.Cut(words.WelcomeSubject(PlainText.OneLine(masthead.Title)), 50) : SubjectLine.Of(titles, articles.Count + more, words),
            Introduction = masthead.IsWelcome ? words.WelcomeAnswer(sender.Publication) : null,
            Preheader = SubjectLine.Preheader(titles, articles[0].Summary, sender.Publication, words),
            Publication = sender.Publication,
            Home = options.Base.AbsoluteUri,
            Publisher = sender.Publisher,
            Contact = sender.Address,
            Cadence = PlainText.OneLine(masthead.Title),
            Date = words.LongDate(new DateTimeOffset(form.Day, new TimeOnly(12, 0), TimeSpan.Zero), TimeZoneInfo.Utc),
            Articles = articles,
            MoreArticles = more,
            PreferencesLink = MailContent.Placeholder(Preferences),
            UnsubscribeLink = MailContent.Placeholder(Unsubscribe),
            BrowserLink = view is null ? null : $"{options.Base.AbsoluteUri}editions/{view}",
        };
        return await RenderAsync("digest", model);
    }

    // A zone that the machine's data has no more: the day of the publication.
    private DateOnly Day(DateTimeOffset slot, string zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(
        slot, TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var known) ? known : TimeZoneInfo.FindSystemTimeZoneById(publication.Value.TimeZone)).DateTime);

    /// <param name="cadence">What was asked for.</param>
    /// <param name="categories">Names of the categories asked for; empty for all.</param>
    /// <param name="subscribed">Whether the person gets the cadence already.</param>
    /// <param name="changes">Whether there is something to confirm.</param>
    /// <param name="again">Whether it was asked before, and not answered.</param>
    public Task<MailContent> ConfirmationAsync(Cadence cadence, IReadOnlyList<string> categories, bool subscribed, bool changes, bool again = false)
    {
        var words = Words;
        var title = PlainText.OneLine(cadence.Title);
        var heading = subscribed ? words.AlreadySubject(title) : again ? words.ReminderSubject(title) : words.ConfirmSubject(title);
        var message = !subscribed ? words.ConfirmQuestion(title, sender.Publication) : changes ? words.ChangeQuestion(title) : words.AlreadyAnswer(title, sender.Publication);
        return RenderAsync("confirmation", Notice(heading, message, words.WhyAsked(sender.Publication)) with
        {
            Cadence = title,
            ConfirmLink = changes ? MailContent.Placeholder(Confirm) : null,
            UnsubscribeLink = subscribed ? MailContent.Placeholder(Unsubscribe) : null,
            Categories = [.. categories.Select(PlainText.OneLine)],
        });
    }

    /// <summary>Asks who was silent for long whether they still want it.</summary>
    /// <param name="titles">Of what they get, one or more.</param>
    /// <param name="months">For how long there was no sign.</param>
    /// <param name="answerBy">When they are forgotten.</param>
    public Task<MailContent> StillWantedAsync(IReadOnlyList<string> titles, int months, DateTimeOffset answerBy)
    {
        var words = Words;
        return RenderAsync("confirmation", Notice(words.StillSubject(sender.Publication), words.StillQuestion(sender.Publication, months), words.WhyStill(sender.Publication)) with
        {
            Cadence = PlainText.OneLine(titles[0]),
            ConfirmLink = MailContent.Placeholder(Confirm),
            Categories = [.. titles.Select(PlainText.OneLine)],
            ListHeading = words.StillReceived,
            Button = words.StillButton,
            Within = words.StillWithin(words.ShortDate(answerBy, TimeZoneInfo.FindSystemTimeZoneById(publication.Value.TimeZone))),
        });
    }

    /// <summary>Asks at a new address, or tells the old one that there is a new one.</summary>
    public Task<MailContent> AddressAsync(bool moved)
    {
        var (words, name) = (Words, sender.Publication);
        return RenderAsync("confirmation", moved
            ? Notice(words.MovedSubject(name), words.MovedAnswer(name), words.WhyMoved(name))
            : Notice(words.AddressSubject(name), words.AddressQuestion(name), words.WhyAddress(name)) with
            {
                ConfirmLink = MailContent.Placeholder(Confirm),
                ListHeading = "",
                Button = words.AddressButton,
                Within = words.ConfirmWithin((int)Answers.ConfirmationLife.TotalDays),
            });
    }

    private ConfirmationMail Notice(string heading, string message, string why)
    {
        var options = publication.Value;
        return new ConfirmationMail
        {
            Heading = heading,
            Message = message,
            Words = Words,
            Language = options.Language,
            Direction = DirectionOf(options.Language),
            Subject = PlainText.Cut(heading, 50),
            Preheader = SubjectLine.Fit(message),
            Publication = sender.Publication,
            Home = options.Base.AbsoluteUri,
            Publisher = sender.Publisher,
            Contact = sender.Address,
            Cadence = "",
            ConfirmLink = null,
            UnsubscribeLink = null,
            Categories = [],
            Why = why,
        };
    }

    private async Task<MailContent> RenderAsync<TModel>(string name, TModel model)
        where TModel : MailPage =>
        new(
            model.Subject,
            (await templates.RenderAsync($"{name}.html.cshtml", model)).ReplaceLineEndings("\n").TrimStart(),
            PlainText.Wrap(await templates.RenderAsync($"{name}.text.cshtml", model)))
        {
            Language = model.Language,
        };

    private static string DirectionOf(string language) => CultureInfo.GetCultureInfo(language).TextInfo.IsRightToLeft ? "rtl" : "ltr";
}

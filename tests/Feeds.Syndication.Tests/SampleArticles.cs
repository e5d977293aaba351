using System.Globalization;
using Feeds.Articles;

namespace Feeds.Syndication.Tests;

/// <summary>Articles with everything that is hard to write.</summary>
internal static class SampleArticles
{
    public static readonly Category Courts = new(1, "Médiocrité & Contentieux", "mediocrite-contentieux");
    public static readonly Category Search = new(2, "Référencement (SEO)", "referencement-seo");

    public static PublicationOptions Publication { get; } = new()
    {
        BaseUrl = "https://journal.example/lire",
        Title = "Le Journal d’« essai »",
        Description = "Des textes & des chiffres.",
        Language = "fr",
        TimeZone = "Europe/Paris",
        Author = "La rédaction",
    };

    public static IReadOnlyList<Article> All { get; } =
    [
        Create(3) with
        {
            Title = "Prix < 10 € & « livraison » 🚚 ]]> fin",
            Html = "<p>Une espace insécable : 10 000 €.</p>\n<pre><code>if (a &lt; b &amp;&amp; c) { }</code></pre><p>]]&gt; 🚚</p>",
            Summary = "Moins de <10 €> & « plus ».",
            Categories = [Courts, Search],
            Image = new ArticleImage(new Uri("https://journal.example/lire/media/a%20b.png?x=1&y=2"), "Un \"camion\" & <b>", 640, 480),
        },
        Create(2) with { Language = "en", Author = "Ann Other", Title = "What a buyer sees first", Categories = [Search], Updated = new DateTimeOffset(2026, 3, 1, 0, 30, 0, TimeSpan.FromHours(2)) },
        Create(1) with { Categories = [Courts] },
    ];

    public static Article Create(long number)
    {
        var published = new DateTimeOffset(2026, 1, 5, 8, 0, 0, TimeSpan.Zero).AddDays(number);
        return new Article
        {
            Id = number,
            Identity = string.Create(CultureInfo.InvariantCulture, $"tag:journal.example,2026:essai-{number}"),
            Slug = string.Create(CultureInfo.InvariantCulture, $"essai-{number}"),
            Link = new Uri(string.Create(CultureInfo.InvariantCulture, $"https://journal.example/lire/articles/essai-{number}")),
            Title = string.Create(CultureInfo.InvariantCulture, $"Essai n° {number}"),
            Author = "La rédaction",
            Language = "fr",
            Summary = "Un résumé.",
            Html = "<p>Du texte.</p>",
            Image = null,
            Published = published,
            Updated = published,
            Sequence = number,
            Categories = [Search],
        };
    }

    /// <summary>Some that were taken back, one without a word.</summary>
    public static IReadOnlyList<Withdrawal> Withdrawn { get; } =
    [
        new("tag:journal.example,2026:essai-9", new DateTimeOffset(2026, 2, 20, 8, 0, 0, TimeSpan.Zero), "Des chiffres <faux> & une source qui s’est rétractée ]]> 🚚.", "fr"),
        new("tag:journal.example,2026:essai-8", new DateTimeOffset(2026, 2, 19, 8, 0, 0, TimeSpan.Zero), null, "en"),
    ];

    /// <summary>The feed's bytes as the library would make them.</summary>
    public static byte[] Write(FeedFormat format, Category? category, params IReadOnlyList<Article> articles) => Write(format, category, articles, []);

    /// <inheritdoc cref="Write(FeedFormat, Category?, IReadOnlyList{Article})"/>
    public static byte[] Write(FeedFormat format, Category? category, IReadOnlyList<Article> articles, IReadOnlyList<Withdrawal> withdrawn) =>
        Write(format, Publication, new FeedOptions(), category, articles, withdrawn);

    /// <inheritdoc cref="Write(FeedFormat, Category?, IReadOnlyList{Article})"/>
    public static byte[] Write(FeedFormat format, PublicationOptions publication, FeedOptions options, Category? category, IReadOnlyList<Article> articles, IReadOnlyList<Withdrawal> withdrawn)
    {
        var writer = new EntryWriter(new FeedAddresses(publication.Base), publication.Language);
        var entries = articles.Select(article => writer.Write(article, options.ContentOf(category))).ToList();
        var contents = FeedContents.Of(FeedSubject.Of(category), archive: 0, previousArchive: 0, articles, entries, withdrawn, DateTimeOffset.UnixEpoch);
        return FeedWriter.Write(format, publication, options, contents).ToArray();
    }
}

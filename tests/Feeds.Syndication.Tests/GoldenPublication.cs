using Feeds.Articles;

namespace Feeds.Syndication.Tests;

/// <summary>A small publication in which everything occurs that feeds can say.</summary>
internal static class GoldenPublication
{
    public static PublicationOptions Options { get; } = new()
    {
        BaseUrl = "https://xn--lcho-9oa.example/journal",
        Title = "L’Écho & Cie <hebdo>",
        Description = "Ce qui se dit au marché, « entre nous ».",
        Language = "fr",
        TimeZone = "Europe/Paris",
        Author = "La rédaction",
        Rights = "© 2026 L’Écho, CC BY 4.0",
        Icon = "icon.png",
        Logo = "https://cdn.example/logo.png?v=1&w=2",
    };

    public static FeedOptions Feeds { get; } = new()
    {
        Categories = { new CategoryFeedOptions { Slug = "brefs", Content = FeedContent.Summary } },
        Podcast = new PodcastOptions { Category = "Society & Culture", Email = "podcast@echo.example" },
    };

    public static Category Markets { get; } = new(1, "Marchés & Halles", "marches-halles");

    /// <summary>Its feeds carry summaries.</summary>
    public static Category Briefs { get; } = new(2, "Brefs", "brefs");

    public static IReadOnlyList<Article> Articles { get; } =
    [
        Create(5, 20) with
        {
            Title = "Écouter : la criée de 5 h",
            Html = "<p>Une heure au port.</p>",
            Summary = "Une heure au port.",
            Image = new ArticleImage(new Uri("https://xn--lcho-9oa.example/journal/media/criee.jpg"), "Des caisses de <sardines>", 1400, 1400),
            Enclosure = new Enclosure(new Uri("https://cdn.example/criee.mp3?from=feed&n=5"), "audio/mpeg", 48_123_456, new TimeSpan(1, 2, 3)),
        },
        Create(4, 13) with
        {
            Title = "Prix < 10 € & « remises » ]]> -- fin 🚚",
            Html = "<p>10\u00A0000\u00A0€, <code>a &lt; b &amp;&amp; c</code>, ]]&gt;</p>\n<p><img src=\"https://cdn.example/a.png\" srcset=\"https://cdn.example/a.png 1x, https://cdn.example/b.png 2x\" alt=\"\"></p>",
            Summary = "Moins de <10 €> & « plus ».",
            Categories = [Markets, Briefs],
            Updated = Day(14),
        },
        Create(3, 6) with { Title = "What the market cries", Language = "en", Author = "Ann Other", Html = "<p>Fish!</p>", Summary = "Fish!" },
        Create(2, 0) with { Title = "Sans auteur", Author = "", Summary = "", Html = "<hr>", Categories = [] },
        Create(1, -7) with { Image = new ArticleImage(new Uri("https://other.example/sans-taille.png"), "", null, null) },
    ];

    public static IReadOnlyList<Withdrawal> Withdrawn { get; } =
    [
        new("tag:echo.example,2026-02-20:retire", Day(18), "Les chiffres <faux> & leur source ]]>.", "fr"),
        new("tag:echo.example,2026-02-19:gone", Day(17), "The figures were wrong.", "en"),
        new("tag:echo.example,2026-02-18:sans-mot", Day(16), null, "fr"),
    ];

    /// <summary>Every feed in which something else is to be seen, by the name of its golden file.</summary>
    public static IReadOnlyDictionary<string, byte[]> Documents { get; } = FeedFormats.All.SelectMany(format => Of(format)).ToDictionary(document => document.Name, document => document.Bytes, StringComparer.Ordinal);

    private static IEnumerable<(string Name, byte[] Bytes)> Of(FeedFormat format)
    {
        yield return Write("feed", null, Articles, Withdrawn, 0, 2);
        yield return Write("category", Markets, [Articles[1], Articles[4]], [], 0, 0);
        yield return Write("summaries", Briefs, Articles.Take(3).ToList(), [], 0, 0);
        yield return Write("archive", null, Articles.Skip(1).ToList(), [], 2, 1);
        yield return Write("empty", Markets, [], [], 0, 0);

        (string Name, byte[] Bytes) Write(string name, Category? category, IReadOnlyList<Article> articles, IReadOnlyList<Withdrawal> withdrawn, long archive, long previousArchive)
        {
            var writer = new EntryWriter(new FeedAddresses(Options.Base), Options.Language);
            var entries = articles.Select(article => writer.Write(article, Feeds.ContentOf(category))).ToList();
            var contents = FeedContents.Of(FeedSubject.Of(category), archive, previousArchive, articles, entries, withdrawn, Day(25));
            return ($"{name}{System.IO.Path.GetExtension(format.FileName())}", FeedWriter.Write(format, Options, Feeds, contents).ToArray());
        }
    }

    private static Article Create(long number, int day) => SampleArticles.Create(number) with
    {
        Identity = FormattableString.Invariant($"tag:echo.example,2026:{number}"),
        Link = new Uri(FormattableString.Invariant($"https://xn--lcho-9oa.example/journal/articles/{number}")),
        Published = Day(day),
        Updated = Day(day),
        Categories = [Markets],
    };

    private static DateTimeOffset Day(int day) => new DateTimeOffset(2026, 3, 1, 7, 0, 0, TimeSpan.Zero).AddDays(day);
}

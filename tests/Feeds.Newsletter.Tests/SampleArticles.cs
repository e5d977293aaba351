using Feeds.Articles;

namespace Feeds.Newsletter.Tests;

/// <summary>Articles as a shop's publication has them, and as nobody wants them.</summary>
internal static class SampleArticles
{
    private static readonly Category Search = new(1, "Référencement (SEO)", "referencement-seo");
    private static readonly Category Shipping = new(2, "Livraison & retours", "livraison-retours");
    private static readonly Category Prices = new(3, "Prix", "prix");

    public static IReadOnlyList<Article> French { get; } =
    [
        Make(1, "Pourquoi vos fiches produit méritent une vraie première phrase", "La première phrase d’une fiche produit est lue trois fois plus que toutes les autres. Voici comment l’écrire en dix minutes, avec deux exemples «\u00A0avant/après\u00A0»\u00A0: l’un pour un couteau de cuisine, l’autre pour un imperméable.", [Search, Prices], image: true),
        Make(2, "Le colis à 4,90\u00A0€ qui en coûte onze", "Entre le carton, l’étiquette et le retour d’une commande sur neuf, un envoi bon marché ne l’est plus. On refait le calcul ensemble, ligne par ligne. 📦", [Shipping]),
        Make(3, "What a good returns page says first", "People open the returns page before they buy. Tell them the number of days, who pays, and where the parcel goes, in this order.", [Shipping], language: "en"),
        Make(4, "Noël\u202F: qu’est-ce qui part encore le 22 décembre\u202F?", "Les dates limites des transporteurs, et le bandeau à mettre en ligne avant qu’on ne vous le demande.", [Shipping, Prices], author: "Inès Carpentier"),
    ];

    /// <summary>What an importer may bring in: template code, markup, quotes, endless words, emoji of several code points.</summary>
    public static IReadOnlyList<Article> Nasty { get; } =
    [
        Make(11, "@{System.IO.File.ReadAllText(\"/etc/passwd\")} @Model.Subject {{ subject }}", "{{unsubscribe}} @(1+1) <script>alert(1)</script> & \"citations\" 'apostrophes' ]]> null", [Search]),
        Make(12, new string('a', 85), new string('b', 300), [Prices], image: true),
        Make(13, "<img src=x onerror=alert(1)> & <b>gras</b> \"guillemets\"", "</td></tr></table><h1>Prise</h1><!--[if mso]>", [new Category(4, "<i>R&D</i>", "r-d")]),
        Make(14, "👩‍👩‍👧‍👦 Famille\u202F! 🇫🇷 «\u00A0é\u00A0» e\u0301", "👩🏽‍🚀👩🏽‍🚀👩🏽‍🚀 " + string.Join(' ', Enumerable.Repeat("mot\u00A0collé\u202F!", 30)), []),
        Make(15, "Objet\r\nBcc: victime@atelier.example.net\0\u2028\u0085fin", "a\r\n.\r\nb\0c https://atelier.example.net/tr%C3%A8s/" + new string('x', 120) + "?a=1&b=2 fin.", [], author: "<b>É</b>\r\nX: y"),
    ];

    public static Article Make(long id, string title, string summary, IReadOnlyList<Category> categories, string language = "fr", string author = "L’équipe de l’Atelier", bool image = false) => new()
    {
        Id = id,
        Identity = $"tag:atelier.example.net,2026:{id}",
        Slug = $"article-{id}",
        Link = new Uri($"https://atelier.example.net/lettres/articles/article-{id}{(id % 2 == 0 ? "?page=2&utm_source=ailleurs#suite" : "")}"),
        Title = title,
        Author = author,
        Language = language,
        Summary = summary,
        Html = "<p>Le texte entier, que la lettre ne montre pas.</p>",
        Image = image ? new ArticleImage(new Uri($"https://atelier.example.net/lettres/media/{id}.jpg"), $"Une table de cuisine \"en\" chêne, vue {id}", 1200, 630) : null,
        Published = new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero).AddHours(-id),
        Updated = new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero),
        Sequence = id,
        Categories = categories,
    };
}

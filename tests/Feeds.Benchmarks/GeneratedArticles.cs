using System.Globalization;
using System.Text;

namespace Feeds.Benchmarks;

/// <summary>Markdown files that look like articles and are the same in every run; Hugo reads their front matter too.</summary>
internal static class GeneratedArticles
{
    private static readonly DateTimeOffset First = new(2015, 1, 1, 6, 0, 0, TimeSpan.Zero);

    private static readonly string[] Words =
    [
        "le", "marchand", "prépare", "sa", "vitrine", "avant", "l’été", "et", "compte", "chaque", "colis", "reçu", "the", "buyer", "reads",
        "every", "label", "twice", "when", "prices", "move", "quickly", "œuvre", "naïve", "délai", "garantie", "retour", "panier", "client",
        "livraison", "conversion", "search", "ranking", "budget", "campaign", "image", "texte", "légende", "page", "lien", "marge", "stock",
    ];

    /// <summary>Writes them, one every six hours, or so much oftener that none is of the future.</summary>
    /// <param name="folder">Made where there is none.</param>
    /// <param name="articles">How many.</param>
    /// <param name="categories">How many there are.</param>
    /// <param name="categoriesOf">Which ones an article has, both by their numbers; one to three of them where it is lacking.</param>
    public static async Task WriteAsync(string folder, int articles, int categories, Func<int, IEnumerable<int>>? categoriesOf = null)
    {
        Directory.CreateDirectory(folder);
        var next = new Sequence(20261123);
        var pause = TimeSpan.FromMinutes(Math.Min(360, 5_700_000 / articles));
        for (var number = 1; number <= articles; number++)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"article-{number:00000}.md")), Write(number, First + (number * pause), categoriesOf?.Invoke(number) ?? Some(categories, next), next));
        }
    }

    /// <summary>The name of a category, from 0.</summary>
    public static string Category(int number) => string.Create(CultureInfo.InvariantCulture, $"Rubrique {number:000}");

    private static List<int> Some(int categories, Sequence next) => [.. Enumerable.Range(0, 1 + next.Below(3)).Select(_ => next.Below(categories)).Distinct()];

    private static string Write(int number, DateTimeOffset date, IEnumerable<int> categories, Sequence next)
    {
        var text = new StringBuilder()
            .AppendLine("---")
            .AppendLine(CultureInfo.InvariantCulture, $"title: \"N° {number} : {Sentence(next, 7)}\"")
            .AppendLine(CultureInfo.InvariantCulture, $"slug: article-{number:00000}")
            .AppendLine(CultureInfo.InvariantCulture, $"date: {date:yyyy-MM-dd'T'HH:mm:ss'Z'}")
            .AppendLine(CultureInfo.InvariantCulture, $"categories: [{string.Join(", ", categories.Select(category => $"\"{Category(category)}\""))}]")
            .AppendLine(CultureInfo.InvariantCulture, $"summary: \"{Sentence(next, 20)}\"")
            .AppendLine("---");
        for (var section = 0; section < 4; section++)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"\n## {Sentence(next, 5)}\n\n{Paragraph(next)} **{Sentence(next, 4)}** [{Sentence(next, 3)}](https://example.org/{next.Below(1000)}).\n\n{Paragraph(next)}\n");
            text.AppendLine(CultureInfo.InvariantCulture, $"- {Sentence(next, 8)}\n- {Sentence(next, 9)}\n- *{Sentence(next, 6)}*");
        }

        return text.ToString();
    }

    private static string Paragraph(Sequence next) => string.Join(". ", Enumerable.Range(0, 4).Select(_ => Sentence(next, 8 + next.Below(10)))) + ".";

    private static string Sentence(Sequence next, int words)
    {
        var sentence = string.Join(' ', Enumerable.Range(0, words).Select(_ => Words[next.Below(Words.Length)]));
        return char.ToUpperInvariant(sentence[0]) + sentence[1..];
    }

    /// <summary>Numbers that look random and are the same everywhere (a linear congruence, Knuth's MMIX).</summary>
    private sealed class Sequence(ulong seed)
    {
        private ulong state = seed;

        public int Below(int limit)
        {
            state = unchecked((state * 6364136223846793005) + 1442695040888963407);
            return (int)((state >> 33) % (ulong)limit);
        }
    }
}

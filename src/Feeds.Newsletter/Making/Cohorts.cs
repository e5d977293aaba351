using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter.Content;
using Feeds.Newsletter.Subscribing;

namespace Feeds.Newsletter.Making;

/// <summary>What is new for a cadence: the half-open range of the publication sequence and the articles in it.</summary>
/// <param name="Cadence">As it stood when the range was read.</param>
/// <param name="From">Told up to here.</param>
/// <param name="To">The store's newest publication.</param>
/// <param name="Change">The store's newest change that readers see; later ones may have been seen.</param>
/// <param name="Articles">In the cadence's categories, newest first.</param>
internal sealed record Cut(Cadence Cadence, long From, long To, long Change, IReadOnlyList<Article> Articles);

/// <summary>Those who get the same articles.</summary>
/// <param name="Part">Its place in <see cref="Cohorts.Parts"/>, from 0.</param>
/// <param name="Articles">Sequence numbers, newest article first; also of those that are only counted.</param>
/// <param name="Content">Their text.</param>
internal sealed record Cohort(int Part, IReadOnlyList<long> Articles, MailContent Content);

/// <summary>The cohorts of an edition: one for each set of articles, however many choices of categories lead to it.</summary>
internal sealed class Cohorts
{
    private readonly Dictionary<string, Cohort?> byChoice = new(StringComparer.Ordinal);
    private readonly List<Cohort> parts = [];
    private readonly Dictionary<long, DigestArticle> shown = [];

    private Cohorts()
    {
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<Cohort> Parts => parts;

    /// <summary>The articles that one cohort or another is shown, by sequence number.</summary>
    public IReadOnlyDictionary<long, DigestArticle> Shown => shown;

    /// <param name="writer">Renders.</param>
    /// <param name="cut">What is new.</param>
    /// <param name="slot">Of the edition.</param>
    /// <param name="choices">Sets of categories as they are stored.</param>
    public static async Task<Cohorts> RenderAsync(MailWriter writer, Cut cut, DateTimeOffset slot, IEnumerable<string> choices)
    {
        var cohorts = new Cohorts();
        var masthead = new Masthead(cut.Cadence.Name, cut.Cadence.Title, slot);
        var byArticles = new Dictionary<string, Cohort>(StringComparer.Ordinal);
        foreach (var choice in choices.Distinct(StringComparer.Ordinal))
        {
            var slugs = StoredList.Read(choice);
            var wanted = cut.Articles.Where(article => CategoryChoice.Takes(slugs, article)).ToList();
            Cohort? cohort = null;
            if (wanted.Count > 0)
            {
                var sequences = wanted.ConvertAll(article => article.Sequence);
                var key = string.Join(',', sequences);
                if (!byArticles.TryGetValue(key, out cohort))
                {
                    var articles = wanted.Take(cut.Cadence.MaximumArticles).Select(article => cohorts.Show(writer, masthead, article)).ToList();
                    cohort = new Cohort(cohorts.parts.Count, sequences, await writer.DigestAsync(masthead, articles, wanted.Count - articles.Count));
                    cohorts.parts.Add(cohort);
                    byArticles.Add(key, cohort);
                }
            }

            cohorts.byChoice.Add(choice, cohort);
        }

        return cohorts;
    }

    /// <summary>Whether that choice was known; then its cohort, or null where nothing in it is new.</summary>
    public bool TryFind(string choice, out Cohort? cohort) => byChoice.TryGetValue(choice, out cohort);

    private DigestArticle Show(MailWriter writer, Masthead masthead, Article article)
    {
        if (!shown.TryGetValue(article.Sequence, out var known))
        {
            known = writer.Describe(masthead, article);
            shown.Add(article.Sequence, known);
        }

        return known;
    }
}

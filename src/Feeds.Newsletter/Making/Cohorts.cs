using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter.Content;
using Feeds.Newsletter.Subscribing;

namespace Feeds.Newsletter.Making;

/// <summary>What is new for a cadence: the half-open range of the publication sequence and the articles in it.</summary>
/// <param name="Cadence">As it stood when the range was read.</param>
/// <param name="From">Told up to here.</param>
/// <param name="To">The store's newest publication.</param>
/// <param name="Articles">In the cadence's categories, newest first.</param>
internal sealed record Cut(Cadence Cadence, long From, long To, IReadOnlyList<Article> Articles);

/// <summary>The texts of an edition: one for each distinct content, however many choices of categories lead to it.</summary>
internal sealed class Cohorts
{
    private readonly Dictionary<string, MailContent?> byChoice = new(StringComparer.Ordinal);

    private Cohorts()
    {
    }

    /// <param name="writer">Renders.</param>
    /// <param name="cut">What is new.</param>
    /// <param name="slot">Of the edition.</param>
    /// <param name="choices">Sets of categories as they are stored.</param>
    public static async Task<Cohorts> RenderAsync(MailWriter writer, Cut cut, DateTimeOffset slot, IEnumerable<string> choices)
    {
        var cohorts = new Cohorts();
        var byContent = new Dictionary<string, MailContent>(StringComparer.Ordinal);
        foreach (var choice in choices.Distinct(StringComparer.Ordinal))
        {
            var slugs = StoredList.Read(choice);
            var wanted = cut.Articles.Where(article => CategoryChoice.Takes(slugs, article)).ToList();
            var shown = wanted.Take(cut.Cadence.MaximumArticles).ToList();
            MailContent? content = null;
            if (shown.Count > 0)
            {
                var more = wanted.Count - shown.Count;
                var key = $"{string.Join(',', shown.Select(article => article.Id))}+{more}";
                if (!byContent.TryGetValue(key, out content))
                {
                    content = await writer.DigestAsync(cut.Cadence, slot, shown, more);
                    byContent.Add(key, content);
                }
            }

            cohorts.byChoice.Add(choice, content);
        }

        return cohorts;
    }

    /// <summary>Whether that choice was known; then its text, or null where nothing in it is new.</summary>
    public bool TryFind(string choice, out MailContent? content) => byChoice.TryGetValue(choice, out content);
}

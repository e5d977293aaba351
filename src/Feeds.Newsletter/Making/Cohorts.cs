using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter.Content;
using Feeds.Newsletter.Subscribing;

namespace Feeds.Newsletter.Making;

/// <summary>Those who get the same mail, but for their personal links.</summary>
/// <param name="Part">Its place in <see cref="Cohorts.Parts"/>, from 0.</param>
/// <param name="Form">How it is written.</param>
/// <param name="Articles">Sequence numbers, newest article first; also of those that are only counted.</param>
/// <param name="Content">Their text.</param>
internal sealed record Cohort(int Part, EditionForm Form, IReadOnlyList<long> Articles, MailContent Content);

/// <summary>What a group of an audience comes to.</summary>
/// <param name="Part">Its cohort's; null where it gets nothing.</param>
/// <param name="Position">Up to here it is told.</param>
internal sealed record GroupResult(int? Part, long Position);

/// <summary>The cohorts of an edition: one for each distinct mail, however many choices, zones and positions lead to it.</summary>
internal sealed class Cohorts
{
    private readonly Dictionary<AudienceGroup, GroupResult> byGroup = [];
    private readonly List<Cohort> parts = [];
    private readonly Dictionary<long, FrozenArticle> shown = [];

    private Cohorts()
    {
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<Cohort> Parts => parts;

    /// <summary>The articles that one cohort or another is shown, by sequence number.</summary>
    public IReadOnlyDictionary<long, FrozenArticle> Shown => shown;

    /// <summary>All groups that were there.</summary>
    public IReadOnlyDictionary<AudienceGroup, GroupResult> Groups => byGroup;

    /// <param name="writer">Renders.</param>
    /// <param name="articles">Where the texts are.</param>
    /// <param name="cut">What is new.</param>
    /// <param name="slot">Of the edition.</param>
    /// <param name="groups">Who there is.</param>
    /// <param name="key">Of <see cref="LinkTokens"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<Cohorts> RenderAsync(
        MailWriter writer, ArticleStore articles, Cut cut, DateTimeOffset slot, IReadOnlyCollection<AudienceGroup> groups, byte[] key, CancellationToken cancellationToken)
    {
        var cohorts = new Cohorts();
        var masthead = new Masthead(cut.Cadence.Name, cut.Cadence.Title, slot);
        var withText = groups.Any(group => group.Choice.FullText);
        var shares = new Dictionary<(long ChoiceId, long Position), Share>();
        var byContent = new Dictionary<(string Articles, EditionForm Form), Cohort>();
        foreach (var group in groups)
        {
            if (!shares.TryGetValue((group.ChoiceId, group.Position), out var share))
            {
                share = cut.For(group.Choice, group.Position);
                shares.Add((group.ChoiceId, group.Position), share);
            }

            Cohort? cohort = null;
            if (share.Articles.Count > 0)
            {
                var form = writer.Form(group.Choice, group.Time, cut.Cadence, slot);
                var same = (string.Join(',', share.Articles), form);
                if (!byContent.TryGetValue(same, out cohort))
                {
                    cohort = await cohorts.AddAsync(writer, articles, masthead, form, share.Articles, cut.Cadence.MaximumArticles, withText, key, cancellationToken);
                    byContent.Add(same, cohort);
                }
            }

            cohorts.byGroup.Add(group, new GroupResult(cohort?.Part, share.Position));
        }

        return cohorts;
    }

    private async Task<Cohort> AddAsync(
        MailWriter writer, ArticleStore store, Masthead masthead, EditionForm form, IReadOnlyList<long> told, int most, bool withText, byte[] key, CancellationToken cancellationToken)
    {
        // One that was withdrawn since the cut makes the whole edition anew: EditionFreezer sees it.
        var articles = new List<FrozenArticle>();
        foreach (var sequence in told.Take(most))
        {
            if (!shown.TryGetValue(sequence, out var known) && await store.PublishedAsync(sequence - 1, sequence, cancellationToken) is [var article])
            {
                known = writer.Freeze(masthead, article, withText);
                shown.Add(sequence, known);
            }

            if (known is not null)
            {
                articles.Add(known);
            }
        }

        var view = LinkTokens.View(key, masthead.Cadence, masthead.Slot, parts.Count);
        var content = articles.Count == 0 ? new MailContent("", "", "") : await writer.DigestAsync(masthead, form, articles, told.Count - articles.Count, view);
        var cohort = new Cohort(parts.Count, form, told, content);
        parts.Add(cohort);
        return cohort;
    }
}

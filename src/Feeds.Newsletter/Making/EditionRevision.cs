using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter.Content;
using Feeds.Newsletter.Subscribing;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Feeds.Newsletter.Making;

/// <summary>
/// Takes articles that the public may read no more out of what is not sent yet. Mail asks before it claims deliveries, so
/// that every process that sends does it, and none sends what it could know to be withdrawn. What was once taken out stays
/// out, and an article that was only edited stays as it was frozen.
/// </summary>
internal sealed class EditionRevision(Database database, ArticleStore articles, Outbox outbox, LinkTokens tokens, MailWriter writer, IOptions<PublicationOptions> options, TimeProvider clock, ILogger<EditionRevision> log) : IMailingReview
{
    private const int Attempts = 10;

    /// <inheritdoc/>
    public async Task ReviewAsync(CancellationToken cancellationToken)
    {
        long? change = null;
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var open = await database.ReadAsync(connection => connection.GetTable<OpenEditionRow>().OrderBy(row => row.EditionId).ToListAsync(cancellationToken));
            if (open.Count == 0)
            {
                return;
            }

            var seen = change ??= (await articles.StateAsync(cancellationToken)).ChangedIn;
            if (open.TrueForAll(edition => edition.SeenChange >= seen))
            {
                return;
            }

            foreach (var edition in open.Where(edition => edition.SeenChange < seen))
            {
                await CompareAsync(edition, seen, cancellationToken);
            }
        }

        throw new InvalidOperationException($"Withdrawn articles could not be taken out of the open editions: other processes were at it {Attempts} times. It is tried again.");
    }

    private async Task CompareAsync(OpenEditionRow open, long change, CancellationToken cancellationToken)
    {
        var edition = await database.ReadAsync(connection => connection.GetTable<EditionRow>().SingleAsync(row => row.Id == open.EditionId, cancellationToken));
        var counts = await outbox.CountAsync([edition.MailingKey!], cancellationToken);
        if (counts[edition.MailingKey!].Open == 0 && clock.GetUtcNow() - edition.MadeAt > MailingControl.RetryWithin)
        {
            await CloseAsync(open, cancellationToken);
            return;
        }

        var hidden = await articles.HiddenAsync(edition.FromSequence, edition.ToSequence, cancellationToken);
        var revised = hidden.Count == 0 ? [] : await RenderAsync(open, new Masthead(edition.Cadence, open.Title, edition.Slot), hidden.ToHashSet(), cancellationToken);
        if (await WriteAsync(open, change, revised, cancellationToken) is { } suppressed && revised.Count > 0)
        {
            log.EditionRevised(edition.Cadence, edition.Slot, revised.Count, suppressed);
        }
    }

    /// <summary>The contents that told of a hidden article, as they are to be without it.</summary>
    private async Task<IReadOnlyList<RevisedCohort>> RenderAsync(OpenEditionRow open, Masthead masthead, HashSet<long> hidden, CancellationToken cancellationToken)
    {
        var cohorts = await database.ReadAsync(connection => connection.GetTable<CohortRow>().Where(row => row.EditionId == open.EditionId).OrderBy(row => row.ContentId).ToListAsync(cancellationToken));
        var rows = await database.ReadAsync(connection => connection.GetTable<OpenArticleRow>().Where(row => row.EditionId == open.EditionId).ToListAsync(cancellationToken));
        var frozen = rows.ToDictionary(row => row.Sequence, row => row.ReadArticle());
        var key = await tokens.KeyAsync(cancellationToken);
        var revised = new List<RevisedCohort>();
        foreach (var cohort in cohorts)
        {
            var told = cohort.ReadArticles();
            var kept = told.Where(sequence => !hidden.Contains(sequence)).ToList();
            if (kept.Count == told.Count)
            {
                continue;
            }

            // One that was only counted may come to be shown; from then on it stays as it is, too.
            var form = cohort.ReadForm(masthead.Slot, options.Value);
            var shown = new List<(long Sequence, FrozenArticle Article)>();
            for (var place = 0; place < kept.Count && shown.Count < open.MaximumArticles;)
            {
                if (frozen.TryGetValue(kept[place], out var known))
                {
                    shown.Add((kept[place++], known));
                }
                else if (await articles.PublishedAsync(kept[place] - 1, kept[place], cancellationToken) is [var article])
                {
                    frozen.Add(article.Sequence, writer.Freeze(masthead, article, withText: form.FullText));
                }
                else
                {
                    // Withdrawn since we looked.
                    kept.RemoveAt(place);
                }
            }

            var content = shown.Count == 0 ? null : await writer.DigestAsync(masthead, form, shown.ConvertAll(one => one.Article), kept.Count - shown.Count, LinkTokens.View(key, masthead.Cadence, masthead.Slot, cohort.Part));
            revised.Add(new RevisedCohort(cohort.ContentId, kept, content, shown));
        }

        return revised;
    }

    /// <returns>How many deliveries have nothing left; null where another process was quicker, and nothing was written.</returns>
    private Task<int?> WriteAsync(OpenEditionRow open, long change, IReadOnlyList<RevisedCohort> revised, CancellationToken cancellationToken) =>
        database.WriteAsync<int?>(
            async transaction =>
            {
                var ours = await transaction.GetTable<OpenEditionRow>()
                    .Where(row => row.EditionId == open.EditionId && row.SeenChange == open.SeenChange)
                    .Set(row => row.SeenChange, change)
                    .UpdateAsync(cancellationToken);
                if (ours == 0)
                {
                    return null;
                }

                var suppressed = 0;
                foreach (var cohort in revised)
                {
                    suppressed += await ReviseAsync(transaction, open.EditionId, cohort, cancellationToken);
                }

                return suppressed;
            },
            cancellationToken);

    private async Task<int> ReviseAsync(DataConnection transaction, long editionId, RevisedCohort cohort, CancellationToken cancellationToken)
    {
        if (cohort.Content is null)
        {
            await transaction.GetTable<CohortRow>().DeleteAsync(row => row.ContentId == cohort.ContentId, cancellationToken);
            return await outbox.WithdrawAsync(transaction, cohort.ContentId, cancellationToken);
        }

        var contentId = await Outbox.ReplaceAsync(transaction, cohort.ContentId, cohort.Content, cancellationToken);
        await transaction.GetTable<CohortRow>().Where(row => row.ContentId == cohort.ContentId)
            .Set(row => row.ContentId, contentId)
            .Set(row => row.Articles, CohortRow.Write(cohort.Articles))
            .Set(row => row.Shown, cohort.Shown.Count)
            .UpdateAsync(cancellationToken);
        foreach (var (sequence, article) in cohort.Shown)
        {
            if (!await transaction.GetTable<OpenArticleRow>().AnyAsync(row => row.EditionId == editionId && row.Sequence == sequence, cancellationToken))
            {
                await transaction.InsertAsync(OpenArticleRow.Of(editionId, sequence, article), token: cancellationToken);
            }
        }

        return 0;
    }

    private Task CloseAsync(OpenEditionRow open, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async transaction =>
            {
                await transaction.GetTable<OpenEditionRow>().DeleteAsync(row => row.EditionId == open.EditionId, cancellationToken);
                await transaction.GetTable<OpenArticleRow>().DeleteAsync(row => row.EditionId == open.EditionId, cancellationToken);
            },
            cancellationToken);

    /// <param name="ContentId">The content that told of a hidden article.</param>
    /// <param name="Articles">Those that are left, as <see cref="Cohort.Articles"/>.</param>
    /// <param name="Content">The text in its place; null where nothing is left.</param>
    /// <param name="Shown">What the text shows.</param>
    private sealed record RevisedCohort(long ContentId, IReadOnlyList<long> Articles, MailContent? Content, IReadOnlyList<(long Sequence, FrozenArticle Article)> Shown);
}

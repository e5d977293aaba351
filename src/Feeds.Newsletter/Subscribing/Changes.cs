using Feeds.Articles;
using Feeds.Storage;
using LinqToDB.Async;
using LinqToDB;
using LinqToDB.Data;

namespace Feeds.Newsletter.Subscribing;

/// <summary>What somebody wants of a newsletter from now on: judged by what it offers, and put in force.</summary>
internal sealed class Changes(Database database, ArticleStore articles, TimeProvider clock)
{
    /// <summary>From <see cref="TimeProvider.GetUtcNow"/> on; longer is leaving.</summary>
    public const int LongestPauseDays = 366;

    /// <summary>Whether all of it can be had. What has ended, or what the cadence has no more, may stay chosen; authors nobody knows are left away.</summary>
    /// <param name="offer">What there is to choose from; null where the newsletter isn't for that person.</param>
    /// <param name="before">What they have; null where it is new to them.</param>
    /// <param name="wanted">What they want.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<(Refusal? Refusal, AskedFor Wanted)> CheckAsync(NewsletterOffer? offer, SubscriptionSettings? before, SubscriptionSettings wanted, CancellationToken cancellationToken)
    {
        if (offer?.Cadences.FirstOrDefault(one => string.Equals(one.Name, wanted.Cadence, StringComparison.Ordinal)) is not { } cadence)
        {
            return (new Refusal(words => words.CadenceUnknown, $"There is no such cadence of that newsletter. There are: {string.Join(", ", offer?.Cadences.Select(one => one.Name) ?? [])}.", IsUnknown: true), null!);
        }

        if (!wanted.Time.IsOfCadence && !wanted.Time.IsValid)
        {
            return (new Refusal(words => words.TimeUnknown, "There is no such time: an hour is from 0 to 23, and a zone one of the IANA names, such as Europe/Paris."), null!);
        }

        if (wanted.Language.Length > 0 && !Preferences.Languages.Contains(wanted.Language, StringComparer.Ordinal))
        {
            return (new Refusal(words => words.CadenceUnknown, $"There is no such language. There are: {string.Join(", ", Preferences.Languages)}, and nothing for the publication's."), null!);
        }

        var known = (await articles.CategoriesAsync(cancellationToken)).Select(state => state.Category).Where(category => offer.Cadences.Any(one => one.IsAbout(category)) || before?.Categories.Any(category.HasSlug) == true).ToList();
        var chosen = known.Where(category => wanted.Categories.Any(category.HasSlug)).ToList();
        if (!wanted.Categories.All(slug => chosen.Exists(category => category.HasSlug(slug))))
        {
            return (new Refusal(words => words.CategoryUnknown, $"The newsletter has no such category. It has: {string.Join(", ", known.Select(category => category.Slug))}."), null!);
        }

        var authors = await articles.AuthorsAsync(cancellationToken);
        var choice = new Choice
        {
            Categories = CategoryChoice.FirstSlugs(chosen),
            WithoutAuthors = [.. wanted.WithoutAuthors.Where(author => authors.Contains(author, StringComparer.Ordinal) || before?.WithoutAuthors.Contains(author, StringComparer.Ordinal) == true)],
            Language = wanted.Language,
            FullText = wanted.FullText,
            PlainText = wanted.PlainText,
        };
        return (null, new AskedFor(cadence.Name, wanted.Time, choice));
    }

    /// <summary>Puts it in force within the caller's transaction, which holds the newsletter's lock. What was new since the last edition stays new.</summary>
    public async Task TakeAsync(DataConnection transaction, long subscriberId, string newsletter, AskedFor wanted, string source, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var row = await transaction.GetTable<SubscriptionRow>().FirstOrDefaultAsync(one => one.SubscriberId == subscriberId && one.Newsletter == newsletter, cancellationToken)
            ?? await Requests.AddAsync(transaction, subscriberId, newsletter, wanted, now, cancellationToken);
        row.Asked = wanted.Write();
        row.AskedNumber++;
        row.AskedPosition = await Requests.PositionAsync(transaction, wanted.Cadence, cancellationToken);
        await Answers.TakeForceAsync(transaction, row, now, source, cancellationToken);
    }

    /// <summary>Pauses until then, or goes on where it is null, within the caller's transaction, which holds the newsletter's lock.</summary>
    public async Task PauseAsync(DataConnection transaction, long subscriberId, string newsletter, DateTimeOffset? until, string source, string detail, CancellationToken cancellationToken)
    {
        await transaction.GetTable<SubscriptionRow>()
            .Where(row => row.SubscriberId == subscriberId && row.Newsletter == newsletter)
            .Set(row => row.PausedUntil, until).UpdateAsync(cancellationToken);
        await ConsentRow.AddAsync(transaction, subscriberId, newsletter, clock.GetUtcNow(), ConsentKind.Changed, source, detail, cancellationToken);
    }

    /// <summary>Takes the newsletter's lock and writes.</summary>
    public Task WriteAsync(string newsletter, Func<DataConnection, Task> write, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async transaction =>
            {
                await transaction.TakeAsync(database, newsletter, cancellationToken);
                await write(transaction);
            },
            cancellationToken);
}

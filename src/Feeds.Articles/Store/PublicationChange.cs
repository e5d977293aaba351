using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Articles.Store;

/// <summary>
/// One write transaction on the articles. It begins by locking the publication's row, so that of two writers the second
/// sees all that the first did and numbers go on without a gap, and it ends by saying what changed.
/// </summary>
internal sealed class PublicationChange
{
    private readonly DataConnection connection;
    private readonly PublicationRow publication;
    private readonly HashSet<long> touchedCategories = [];
    private readonly Dictionary<long, int> counted = [];
    private bool isPublicTouched;
    private bool isTouched;

    private PublicationChange(DataConnection connection, PublicationRow publication, DateTimeOffset now)
    {
        this.connection = connection;
        this.publication = publication;
        Now = now;
        SeenAt = Later(publication.ChangedAt);
    }

    /// <summary>The clock's, in whole seconds: feeds and HTTP know nothing finer.</summary>
    public DateTimeOffset Now { get; }

    /// <summary>Its number, should it touch anything.</summary>
    public long Number => publication.Change + 1;

    /// <summary>When readers see it: later than every change before it.</summary>
    public DateTimeOffset SeenAt { get; }

    /// <summary>Locks the row; to be called first in the transaction.</summary>
    public static async Task<PublicationChange> BeginAsync(DataConnection connection, TimeProvider clock, CancellationToken cancellationToken)
    {
        await LockAsync(connection, cancellationToken);
        var row = await connection.GetTable<PublicationRow>().SingleAsync(cancellationToken);
        return new PublicationChange(connection, row, WholeSecond(clock.GetUtcNow()));
    }

    /// <summary>Locks the row for a transaction that changes nothing of which readers could know.</summary>
    public static Task LockAsync(DataConnection connection, CancellationToken cancellationToken) =>
        connection.ExecuteAsync("UPDATE publication SET change = change WHERE id = 1", cancellationToken);

    /// <summary>Brings <see cref="ArticleRow.IsPublic"/> up to date and numbers the article when it becomes public for the first time.</summary>
    public void Publish(ArticleRow article)
    {
        article.IsPublic = article.Status == ArticleStatus.Published && article.PublishedAt <= Now;
        if (article.IsPublic)
        {
            article.Sequence ??= ++publication.Sequence;
        }
    }

    /// <summary>Notes that readers see another article than before; to be called before the row is written.</summary>
    public void Show(ArticleRow article) => (article.ChangedAt, article.ChangedIn) = (SeenAt, Number);

    /// <summary>The same for articles that are in the store, however many; it is written at once.</summary>
    public Task ShowAsync(IQueryable<ArticleRow> articles, CancellationToken cancellationToken) =>
        articles.Set(row => row.ChangedAt, SeenAt).Set(row => row.ChangedIn, Number).UpdateAsync(cancellationToken);

    /// <summary>Notes that public articles came into a category or left it.</summary>
    public void Count(long category, int difference) => counted[category] = counted.GetValueOrDefault(category) + difference;

    /// <summary>Notes that something was written.</summary>
    /// <param name="isPublic">Whether readers see it.</param>
    /// <param name="categories">In which lists they see it.</param>
    public void Touch(bool isPublic, IEnumerable<long> categories)
    {
        isTouched = true;
        if (isPublic)
        {
            isPublicTouched = true;
            touchedCategories.UnionWith(categories);
        }
    }

    /// <summary>Whether the publication's settings are others than those it was last told of; from now on they are these.</summary>
    public bool TakeSettings(string hash)
    {
        if (string.Equals(publication.SettingsHash, hash, StringComparison.Ordinal))
        {
            return false;
        }

        publication.SettingsHash = hash;
        (publication.SettingsChangedAt, publication.SettingsChangedIn) = (SeenAt, Number);
        return true;
    }

    /// <summary>Writes down what was touched; nothing where nothing was.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        if (!isTouched)
        {
            return;
        }

        var ids = touchedCategories.ToList();
        foreach (var category in ids.Count == 0 ? [] : await connection.GetTable<CategoryRow>().Where(row => ids.Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken))
        {
            category.ChangedAt = Later(category.ChangedAt);
            category.ChangedIn = Number;
            category.ArticleCount += counted.GetValueOrDefault(category.Id);
            await connection.UpdateAsync(category, token: cancellationToken);
        }

        if (isPublicTouched)
        {
            (publication.ChangedAt, publication.ChangedIn) = (SeenAt, Number);
        }

        publication.Change++;
        await connection.UpdateAsync(publication, token: cancellationToken);
    }

    // Two changes within a second, or a clock set back: a cache must still see that something moved.
    private DateTimeOffset Later(DateTimeOffset before) => Now > before ? Now : before.AddSeconds(1);

    private static DateTimeOffset WholeSecond(DateTimeOffset instant) => DateTimeOffset.FromUnixTimeSeconds(instant.ToUnixTimeSeconds());
}

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
    private bool isPublicTouched;
    private bool isTouched;

    private PublicationChange(DataConnection connection, PublicationRow publication, DateTimeOffset now)
    {
        this.connection = connection;
        this.publication = publication;
        Now = now;
    }

    /// <summary>The clock's, in whole seconds: feeds and HTTP know nothing finer.</summary>
    public DateTimeOffset Now { get; }

    /// <summary>Locks the row; to be called first in the transaction.</summary>
    public static async Task<PublicationChange> BeginAsync(DataConnection connection, TimeProvider clock, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync("UPDATE publication SET change = change WHERE id = 1", cancellationToken);
        var row = await connection.GetTable<PublicationRow>().SingleAsync(cancellationToken);
        return new PublicationChange(connection, row, WholeSecond(clock.GetUtcNow()));
    }

    /// <summary>Brings <see cref="ArticleRow.IsPublic"/> up to date and numbers the article when it becomes public for the first time.</summary>
    public void Publish(ArticleRow article)
    {
        article.IsPublic = article.Status == ArticleStatus.Published && article.PublishedAt <= Now;
        if (article.IsPublic)
        {
            article.Sequence ??= ++publication.Sequence;
        }
    }

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
        return true;
    }

    /// <summary>Writes down what was touched; nothing where nothing was.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        if (!isTouched)
        {
            return;
        }

        foreach (var id in touchedCategories.Order())
        {
            var before = await connection.GetTable<CategoryRow>().Where(row => row.Id == id).Select(row => row.ChangedAt).SingleAsync(cancellationToken);
            var after = Later(before);
            await connection.GetTable<CategoryRow>().Where(row => row.Id == id).Set(row => row.ChangedAt, after).UpdateAsync(cancellationToken);
        }

        publication.Change++;
        publication.ChangedAt = isPublicTouched ? Later(publication.ChangedAt) : publication.ChangedAt;
        await connection.UpdateAsync(publication, token: cancellationToken);
    }

    // Two changes within a second, or a clock set back: a cache must still see that something moved.
    private DateTimeOffset Later(DateTimeOffset before) => Now > before ? Now : before.AddSeconds(1);

    private static DateTimeOffset WholeSecond(DateTimeOffset instant) => DateTimeOffset.FromUnixTimeSeconds(instant.ToUnixTimeSeconds());
}

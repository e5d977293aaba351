using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Articles.Store;

/// <summary>What the store keeps of withdrawn articles, within one change of it.</summary>
internal sealed class Withdrawals
{
    /// <summary>For so long the feeds tell; RFC 6721 leaves it to us, and who visits less than every other month has forgotten.</summary>
    private static readonly TimeSpan Told = TimeSpan.FromDays(60);

    private readonly DataConnection connection;
    private readonly PublicationChange change;
    private readonly Dictionary<long, WithdrawalRow> known;

    private Withdrawals(DataConnection connection, PublicationChange change, Dictionary<long, WithdrawalRow> known)
    {
        this.connection = connection;
        this.change = change;
        this.known = known;
    }

    /// <summary>Reads those of some articles.</summary>
    public static async Task<Withdrawals> ReadAsync(DataConnection connection, PublicationChange change, IReadOnlyList<long> articles, CancellationToken cancellationToken)
    {
        var rows = articles.Count == 0 ? [] : await connection.GetTable<WithdrawalRow>().Where(row => articles.Contains(row.ArticleId)).ToListAsync(cancellationToken);
        return new Withdrawals(connection, change, rows.ToDictionary(row => row.ArticleId));
    }

    /// <summary>Those that the feeds have told of for long enough by that instant.</summary>
    public static IQueryable<WithdrawalRow> Outlived(DataConnection connection, DateTimeOffset now)
    {
        var latest = now - Told;
        return connection.GetTable<WithdrawalRow>().Where(row => row.IsTold && row.WithdrawnAt <= latest);
    }

    /// <summary>
    /// Lets the feeds tell of those no more. That is a change of the store like any other, so that every process stops at
    /// the same one, whatever its clock says.
    /// </summary>
    public static async Task RetireAsync(DataConnection connection, PublicationChange change, CancellationToken cancellationToken)
    {
        foreach (var row in await Outlived(connection, change.Now).OrderBy(row => row.ArticleId).ToListAsync(cancellationToken))
        {
            row.IsTold = false;
            await connection.UpdateAsync(row, token: cancellationToken);
            change.Touch(isPublic: true, await connection.GetTable<ArticleCategoryRow>().Where(link => link.ArticleId == row.ArticleId).Select(link => link.CategoryId).ToListAsync(cancellationToken));
        }
    }

    /// <summary>Withdraws the article or takes its withdrawal back, as its row says now.</summary>
    /// <returns>Whether the feeds told of it before or do so now.</returns>
    public async Task<bool> FollowAsync(ArticleRow article, string? reason, CancellationToken cancellationToken)
    {
        var row = known.GetValueOrDefault(article.Id);
        if (!article.IsWithdrawn)
        {
            if (row is not null)
            {
                await connection.DeleteAsync(row, token: cancellationToken);
            }
        }
        else if (row is null)
        {
            row = new WithdrawalRow { ArticleId = article.Id, WithdrawnAt = change.Now, Reason = reason, IsTold = true };
            await connection.InsertAsync(row, token: cancellationToken);
        }
        else
        {
            row.Reason = reason;
            await connection.UpdateAsync(row, token: cancellationToken);
        }

        return row is { IsTold: true };
    }
}

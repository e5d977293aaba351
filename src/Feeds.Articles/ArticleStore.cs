using Feeds.Storage;
using Microsoft.Extensions.Options;

namespace Feeds.Articles;

/// <summary>A category with what is public in it.</summary>
/// <param name="Category">The category.</param>
/// <param name="ArticleCount">Public articles in it.</param>
/// <param name="ChangedAt">When its list of articles or one of them last changed (UTC, whole seconds); it only moves forward.</param>
public sealed record CategoryState(Category Category, int ArticleCount, DateTimeOffset ChangedAt);

/// <summary>Where the store stands.</summary>
/// <param name="Change">Grows by one or more with every committed change, published or not; 0 in an empty store.</param>
/// <param name="Sequence">Sequence number of the newest publication; 0 in an empty store.</param>
/// <param name="ChangedAt">When anything public last changed (UTC, whole seconds); it only moves forward.</param>
public sealed record StoreState(long Change, long Sequence, DateTimeOffset ChangedAt);

/// <summary>A picture kept in the store. <paramref name="Name"/> is its content hash and extension, so it never changes.</summary>
public sealed record MediaFile(string Name, string ContentType, ReadOnlyMemory<byte> Content);

/// <summary>Reads what is public. Every call sees what was committed when it began.</summary>
public sealed class ArticleStore(Database database, IOptions<PublicationOptions> publication)
{
    /// <summary>Where the store stands: cheap enough to ask every half second.</summary>
    public Task<StoreState> StateAsync(CancellationToken cancellationToken) => throw new NotImplementedException($"{database} {publication}");

    /// <summary>All categories that ever had an article, by name in the publication's language.</summary>
    public Task<IReadOnlyList<CategoryState>> CategoriesAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The newest public articles, newest first (then by higher sequence).</summary>
    /// <param name="categorySlug">Of one category only, or of all where null.</param>
    /// <param name="count">At most so many, 1–1000.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<Article>> LatestAsync(string? categorySlug, int count, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The public article of that slug, or null.</summary>
    public Task<Article?> FindAsync(string slug, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>
    /// The still public articles first published in the half-open range (<paramref name="after"/>, <paramref name="upTo"/>]
    /// of the sequence, in its order.
    /// </summary>
    public Task<IReadOnlyList<Article>> PublishedAsync(long after, long upTo, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>x</summary>
    public Task<bool> WasRemovedAsync(string slug, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The picture of that name, or null.</summary>
    public Task<MediaFile?> FindMediaAsync(string name, CancellationToken cancellationToken) => throw new NotImplementedException();
}

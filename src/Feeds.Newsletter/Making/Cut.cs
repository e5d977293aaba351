using Feeds.Articles;
using Feeds.Newsletter.Subscribing;

namespace Feeds.Newsletter.Making;

/// <summary>What decides who gets an article, without its text: there may be thousands for somebody who was away for long.</summary>
internal sealed record ArticleBrief(long Sequence, DateTimeOffset Published, string Author, IReadOnlyList<string> Categories)
{
    public static ArticleBrief Of(Article article) =>
        new(article.Sequence, article.Published, article.Author, [.. article.Categories.Select(category => category.FirstSlug)]);
}

/// <summary>What may be new for somebody: the half-open range of the publication sequence and the articles in it.</summary>
/// <param name="Cadence">As it stood when the range was read.</param>
/// <param name="From">Everybody was told up to here.</param>
/// <param name="To">The store's newest publication.</param>
/// <param name="Told">Up to here whoever takes all and missed nothing was told.</param>
/// <param name="Change">The store's newest change that readers see; later ones may have been seen.</param>
/// <param name="Articles">In the cadence's categories, by sequence.</param>
internal sealed record Cut(Cadence Cadence, long From, long To, long Told, long Change, IReadOnlyList<ArticleBrief> Articles)
{
    /// <summary>How many articles are new for the cadence itself.</summary>
    public int News => Articles.Count(article => article.Sequence > Told);

    // Not To: what comes later and is withdrawn now is new when it is put back.
    private long Last => Articles.Count == 0 ? From : Articles[^1].Sequence;

    /// <summary>What is new for somebody.</summary>
    /// <param name="choice">What they want.</param>
    /// <param name="position">They were told up to here.</param>
    public Share For(Choice choice, long position)
    {
        var wanted = Articles.Where(article => article.Sequence > position && choice.Takes(article)).ToList();
        if (wanted.Count < Cadence.MinimumArticles)
        {
            // Who wants none of it has missed nothing.
            return new Share([], wanted.Count == 0 ? Math.Max(position, Last) : position);
        }

        var carried = Cadence.Overflow == Overflow.Carry && wanted.Count > Cadence.MaximumArticles;
        var told = carried ? wanted.Take(Cadence.MaximumArticles).ToList() : wanted;
        return new Share(
            [.. told.OrderByDescending(article => article.Published).ThenByDescending(article => article.Sequence).Select(article => article.Sequence)],
            carried ? told[^1].Sequence : Math.Max(position, Last));
    }
}

/// <summary>Somebody's part of what is new.</summary>
/// <param name="Articles">Sequence numbers, newest article first; also of those that are only counted. None where nothing is sent.</param>
/// <param name="Position">Up to here they are told with it.</param>
internal sealed record Share(IReadOnlyList<long> Articles, long Position);

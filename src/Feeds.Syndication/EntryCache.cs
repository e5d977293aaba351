using Feeds.Articles;
using Key = (long Article, Feeds.Syndication.FeedContent Content);

namespace Feeds.Syndication;

/// <summary>
/// Entries that were lately used. It holds at most two generations of them: when the younger one is full it becomes the
/// older one, and what nobody asked for since then is forgotten.
/// </summary>
internal sealed class EntryCache(EntryWriter writer, long generationBytes)
{
    private readonly Lock turn = new();
    private Dictionary<Key, Held> young = [];
    private Dictionary<Key, Held> old = [];
    private long youngBytes;

    /// <summary>How many entries were encoded so far.</summary>
    public int Written { get; private set; }

    public Entry For(Article article, FeedContent content)
    {
        var key = (article.Id, content);
        lock (turn)
        {
            if (young.TryGetValue(key, out var held) && IsSame(held.Article, article))
            {
                return held.Entry;
            }

            if (!old.TryGetValue(key, out held) || !IsSame(held.Article, article))
            {
                held = new Held(article, writer.Write(article, content));
                Written++;
            }

            Hold(key, held);
            return held.Entry;
        }
    }

    private void Hold(Key key, Held held)
    {
        if (young.Remove(key, out var before))
        {
            youngBytes -= before.Bytes;
        }

        if (youngBytes + held.Bytes > generationBytes && young.Count > 0)
        {
            (old, young, youngBytes) = (young, [], 0);
        }

        young[key] = held;
        youngBytes += held.Bytes;
    }

    private static bool IsSame(Article one, Article other) =>
        // An address equals another that differs in its fragment only, so those are compared as text too.
        one with { Categories = other.Categories } == other
        && one.Categories.SequenceEqual(other.Categories)
        && IsSame(one.Link, other.Link)
        && IsSame(one.Image?.Address, other.Image?.Address)
        && IsSame(one.Enclosure?.Address, other.Enclosure?.Address);

    private static bool IsSame(Uri? one, Uri? other) => string.Equals(one?.OriginalString, other?.OriginalString, StringComparison.Ordinal);

    private sealed record Held(Article Article, Entry Entry)
    {
        public long Bytes => Entry.Bytes + (sizeof(char) * (long)Article.Html.Length);
    }
}

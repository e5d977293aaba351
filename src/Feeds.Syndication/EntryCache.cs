using Feeds.Articles;

namespace Feeds.Syndication;

/// <summary>
/// Entries that were lately used. It holds at most two generations of them: when the younger one is full it becomes the
/// older one, and what nobody asked for since then is forgotten.
/// </summary>
internal sealed class EntryCache(EntryWriter writer, long generationBytes)
{
    private readonly Lock turn = new();
    private Dictionary<long, Held> young = [];
    private Dictionary<long, Held> old = [];
    private long youngBytes;

    /// <summary>How many entries were encoded so far.</summary>
    public int Written { get; private set; }

    public Entry For(Article article)
    {
        lock (turn)
        {
            if (young.TryGetValue(article.Id, out var held) && IsSame(held.Article, article))
            {
                return held.Entry;
            }

            if (!old.TryGetValue(article.Id, out held) || !IsSame(held.Article, article))
            {
                held = new Held(article, writer.Write(article));
                Written++;
            }

            Hold(article.Id, held);
            return held.Entry;
        }
    }

    private void Hold(long id, Held held)
    {
        if (young.Remove(id, out var before))
        {
            youngBytes -= before.Bytes;
        }

        if (youngBytes + held.Bytes > generationBytes && young.Count > 0)
        {
            (old, young, youngBytes) = (young, [], 0);
        }

        young[id] = held;
        youngBytes += held.Bytes;
    }

    private static bool IsSame(Article one, Article other) =>
        // An address equals another that differs in its fragment only, so those are compared as text too.
        one with { Categories = other.Categories } == other
        && one.Categories.SequenceEqual(other.Categories)
        && string.Equals(one.Link.OriginalString, other.Link.OriginalString, StringComparison.Ordinal)
        && string.Equals(one.Image?.Address.OriginalString, other.Image?.Address.OriginalString, StringComparison.Ordinal);

    private sealed record Held(Article Article, Entry Entry)
    {
        public long Bytes => Entry.Bytes + (sizeof(char) * (long)Article.Html.Length);
    }
}

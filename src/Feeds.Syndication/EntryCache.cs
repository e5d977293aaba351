using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
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
        // The text is in the entry already, and twice as long in memory.
        var (head, text) = (article with { Html = "" }, Mark(article.Html));
        lock (turn)
        {
            if (young.TryGetValue(key, out var held) && held.IsOf(head, text))
            {
                return held.Entry;
            }

            if (!old.TryGetValue(key, out held) || !held.IsOf(head, text))
            {
                held = new Held(head, text, writer.Write(article, content));
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
            youngBytes -= before.Entry.Bytes;
        }

        if (youngBytes + held.Entry.Bytes > generationBytes && young.Count > 0)
        {
            (old, young, youngBytes) = (young, [], 0);
        }

        young[key] = held;
        youngBytes += held.Entry.Bytes;
    }

    private static bool IsSame(Article one, Article other) =>
        // An address equals another that differs in its fragment only, so those are compared as text too.
        one with { Categories = other.Categories } == other
        && one.Categories.SequenceEqual(other.Categories)
        && IsSame(one.Link, other.Link)
        && IsSame(one.Image?.Address, other.Image?.Address)
        && IsSame(one.Enclosure?.Address, other.Enclosure?.Address);

    private static bool IsSame(Uri? one, Uri? other) => string.Equals(one?.OriginalString, other?.OriginalString, StringComparison.Ordinal);

    private static UInt128 Mark(string text) => BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(MemoryMarshal.AsBytes(text.AsSpan())));

    private sealed record Held(Article Head, UInt128 Text, Entry Entry)
    {
        public bool IsOf(Article head, UInt128 text) => Text == text && IsSame(Head, head);
    }
}

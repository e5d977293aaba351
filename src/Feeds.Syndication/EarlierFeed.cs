using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Feeds.Syndication;

/// <summary>What is remembered of a feed that was replaced: enough to tell whoever has it what is new since then.</summary>
internal sealed class EarlierFeed
{
    private readonly HashSet<string> tags;
    private readonly HashSet<UInt128> entries;

    private EarlierFeed(HashSet<string> tags, HashSet<UInt128> entries)
    {
        this.tags = tags;
        this.entries = entries;
    }

    public static EarlierFeed Of(FeedSet set)
    {
        var marks = FeedFormats.All.SelectMany(format => set.Contents.Entries.Select(entry => Mark(entry, format)));
        return new EarlierFeed([.. FeedFormats.All.SelectMany(format => set.In(format).SentTags)], [.. marks]);
    }

    /// <summary>Whether it was ever sent under that entity tag, in whichever format and coding.</summary>
    public bool Has(string entityTag) => tags.Contains(entityTag);

    public bool Has(Entry entry, FeedFormat format) => entries.Contains(Mark(entry, format));

    private static UInt128 Mark(Entry entry, FeedFormat format) => BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(entry.In(format).Span));
}

/// <summary>A feed's differences from the earlier ones (RFC 3229 §5, with the manipulation that readers call "feed").</summary>
internal sealed class FeedDelta(FeedFormat format, FeedContents contents, IReadOnlyList<EarlierFeed> earlier, Func<FeedContents, FeedDocument> write)
{
    private readonly ConcurrentDictionary<EarlierFeed, FeedDocument?> made = new();

    /// <summary>The entries that are new or another since that entity tag, or null where nobody knows it any more or no entry stayed.</summary>
    public FeedDocument? Since(string entityTag) =>
        earlier.LastOrDefault(feed => feed.Has(entityTag)) is { } known ? made.GetOrAdd(known, Write) : null;

    private FeedDocument? Write(EarlierFeed known)
    {
        var fresh = contents.Entries.Where(entry => !known.Has(entry, format)).ToList();
        return fresh.Count < contents.Entries.Count ? write(contents with { Entries = fresh }) : null;
    }
}

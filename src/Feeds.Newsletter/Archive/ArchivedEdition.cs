using Feeds.Articles;

namespace Feeds.Newsletter;

/// <summary>A sent edition in the list of a newsletter's.</summary>
/// <param name="Slug">The last segment of its address, for good.</param>
/// <param name="Title">The cadence's, as it is now.</param>
/// <param name="Day">Of its slot, on the cadence's clocks.</param>
/// <param name="Sent">When it was made; its mails follow at once.</param>
/// <param name="Titles">Of its first articles, newest first.</param>
/// <param name="Count">How many articles it tells of.</param>
public sealed record EditionEntry(string Slug, string Title, DateOnly Day, DateTimeOffset Sent, IReadOnlyList<ArticleTitle> Titles, int Count);

/// <summary>A page of such a list.</summary>
/// <param name="Editions">Newest slot first.</param>
/// <param name="HasOlder">Whether there are older ones.</param>
public sealed record EditionList(IReadOnlyList<EditionEntry> Editions, bool HasOlder);

/// <summary>What a sent edition tells of, for anybody: nothing in it is anyone's. Withdrawn articles are out, and the others as they are now.</summary>
/// <param name="Title">The cadence's, as it is now.</param>
/// <param name="Day">Of its slot.</param>
/// <param name="Sent">When it was made.</param>
/// <param name="Language">BCP 47 tag of its own words.</param>
/// <param name="FullText">Articles in full instead of their summaries.</param>
/// <param name="Articles">Newest first, one or more.</param>
/// <param name="More">How many others it only counted.</param>
public sealed record EditionText(string Title, DateOnly Day, DateTimeOffset Sent, string Language, bool FullText, IReadOnlyList<Article> Articles, int More);

/// <summary>What the link of a mail to itself shows.</summary>
/// <param name="Text">What the mail told of; null where nothing of it is left.</param>
/// <param name="Newsletter">Whose archive has more; null where it is private.</param>
/// <param name="Language">BCP 47 tag to say it in.</param>
public sealed record EditionView(EditionText? Text, string? Newsletter, string Language);

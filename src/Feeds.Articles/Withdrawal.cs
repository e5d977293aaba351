namespace Feeds.Articles;

/// <summary>That an article which was public was taken out of everything.</summary>
/// <param name="Identity">The article's.</param>
/// <param name="WithdrawnAt">When (UTC, whole seconds).</param>
/// <param name="Reason">Why, in a sentence of plain text and in the article's language; null where its author does not say.</param>
/// <param name="Language">The article's: BCP 47 language tag.</param>
public sealed record Withdrawal(string Identity, DateTimeOffset WithdrawnAt, string? Reason, string Language);

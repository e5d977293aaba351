using Feeds.Newsletter.Content;

namespace Feeds.Newsletter.Subscribing;

/// <summary>Why something can't be taken: in a person's language for a page, in English with the mend for a shell or a program.</summary>
internal sealed record Refusal(Func<Phrases, string> ToPerson, string ToOperator, bool IsUnknown = false, bool IsErased = false);

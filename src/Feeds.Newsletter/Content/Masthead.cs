namespace Feeds.Newsletter.Content;

/// <summary>What all mails of an edition have in common, whichever articles they tell of.</summary>
/// <param name="Cadence">Its cadence's name.</param>
/// <param name="Title">Its cadence's title.</param>
/// <param name="Slot">Its planned instant; the campaign is named for it.</param>
internal sealed record Masthead(string Cadence, string Title, DateTimeOffset Slot)
{
    /// <summary>Whether it is somebody's first mail, of what came before they joined.</summary>
    public bool IsWelcome { get; init; }
}

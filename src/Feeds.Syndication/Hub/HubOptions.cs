namespace Feeds.Syndication.Hub;

/// <summary>Section <c>Feeds:Hub</c> of the configuration: the hub at <c>/hub</c> (https://www.w3.org/TR/websub/).</summary>
public sealed class HubOptions
{
    /// <summary>Whether there is a hub of our own, and feeds name it; true by default.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Whether subscribers may be at addresses that the public Internet does not reach, as in an intranet; false by
    /// default, for else strangers could have us knock at doors that only this machine can reach.
    /// </summary>
    public bool AllowPrivateCallbacks { get; set; }
}

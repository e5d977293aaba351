namespace Feeds.Syndication.Hub;

/// <summary>Somebody who is told of the publication's changes: of each one, in order, until it has taken them.</summary>
internal interface IFollower
{
    /// <summary>What it is called in the database: the same in every process, and after every restart.</summary>
    string Name { get; }

    /// <summary>What it is called in the log.</summary>
    string Description { get; }

    /// <summary>Whether anybody would hear of it. If not, it is told of nothing and later of everything since.</summary>
    Task<bool> HasAudienceAsync(CancellationToken cancellationToken) => Task.FromResult(true);

    /// <summary>Tells it of what changed. To tell it again of what it took before does no harm.</summary>
    /// <param name="after">The change of the store that it was told of last.</param>
    /// <param name="changes">What changed since.</param>
    /// <param name="keep">To be called before each exchange: keeps the turn, or answers that another process has it now, which then decides.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Why it is to be told again later; null where it has taken everything.</returns>
    Task<string?> TellAsync(long after, TopicChanges changes, Func<Task<bool>> keep, CancellationToken cancellationToken);
}

namespace Feeds.Storage;

/// <summary>The databases that the program runs on.</summary>
public enum DatabaseProvider
{
    /// <summary>One file, one machine; no server.</summary>
    Sqlite,

    /// <summary>A server that several processes of the program share.</summary>
    PostgreSql,
}

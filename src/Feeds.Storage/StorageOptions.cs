namespace Feeds.Storage;

/// <summary>Section <c>Storage</c> of the configuration.</summary>
public sealed class StorageOptions
{
    /// <summary>
    /// A SQLite connection string (<c>Data Source=data/feeds.db</c>, the default; a relative path starts at the
    /// working folder) or a PostgreSQL one (<c>Host=…;Database=…</c>). The provider is recognised from its words.
    /// </summary>
    public string ConnectionString { get; set; } = "Data Source=data/feeds.db";
}

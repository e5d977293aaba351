namespace Feeds.Storage;

/// <summary>The database can't be used; the message is a sentence that an operator can act on and holds no secret.</summary>
public sealed class StorageException : Exception
{
    /// <summary>For serializers only.</summary>
    public StorageException()
    {
    }

    /// <summary>A reason and its mend.</summary>
    public StorageException(string message)
        : base(message)
    {
    }

    /// <summary>A reason and its mend, and what the database itself said.</summary>
    public StorageException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

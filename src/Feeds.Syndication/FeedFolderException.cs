namespace Feeds.Syndication;

/// <summary>The feeds can't be written to a folder; the message is a sentence that names the folder and the mend.</summary>
public sealed class FeedFolderException : Exception
{
    /// <summary>Without a reason.</summary>
    public FeedFolderException()
    {
    }

    /// <summary>A reason and its mend.</summary>
    public FeedFolderException(string message)
        : base(message)
    {
    }

    /// <summary>A reason and its mend, and what the system itself said.</summary>
    public FeedFolderException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

namespace Feeds.Articles;

/// <summary>Section <c>Articles</c> of the configuration.</summary>
public sealed class ArticlesOptions
{
    /// <summary>
    /// The folder of Markdown files that <c>serve</c> imports at its start and then watches; none by default. A relative
    /// path starts at the working folder. It must be there at the start; when it vanishes later, the program goes on.
    /// </summary>
    public string? Folder { get; set; }
}

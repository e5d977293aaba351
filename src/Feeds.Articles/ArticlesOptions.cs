namespace Feeds.Articles;

/// <summary>Section <c>Articles</c> of the configuration.</summary>
public sealed class ArticlesOptions
{
    /// <summary>The folder of Markdown files that <c>serve</c> imports at its start and then watches; none by default.</summary>
    public string? Folder { get; set; }
}

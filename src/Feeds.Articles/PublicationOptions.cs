namespace Feeds.Articles;

/// <summary>Section <c>Publication</c> of the configuration: who publishes, and where.</summary>
public sealed class PublicationOptions
{
    /// <summary>
    /// The public address of the program, absolute, <c>http</c> or <c>https</c>, without query; every link in pages, feeds
    /// and mails begins with it, whatever host a request names. A trailing slash makes no difference.
    /// </summary>
    public string BaseUrl { get; set; } = "http://localhost:5000";

    /// <summary>The name of the publication, 1–200 characters of plain text.</summary>
    public string Title { get; set; } = "Feeds";

    /// <summary>What it is about, in a sentence of plain text.</summary>
    public string Description { get; set; } = "";

    /// <summary>BCP 47 language tag of the publication, its pages and its mails (<c>fr</c>, <c>en</c>).</summary>
    public string Language { get; set; } = "en";

    /// <summary>IANA zone in which dates are shown (<c>Europe/Paris</c>).</summary>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>Who publishes; author of articles that name none.</summary>
    public string Author { get; set; } = "";

    /// <summary>Who may do what with the articles, in a sentence of plain text (<c>© 2026 Ann Other, CC BY 4.0</c>); at most 500 characters.</summary>
    public string Rights { get; set; } = "";

    /// <summary>The address of a square picture that stands for the publication, absolute or relative to <see cref="BaseUrl"/>.</summary>
    public string Icon { get; set; } = "";

    /// <summary>The address of a larger picture, likewise; directories of podcasts want it square, JPEG or PNG, 1400–3000 pixels wide.</summary>
    public string Logo { get; set; } = "";

    /// <summary><see cref="BaseUrl"/> with exactly one trailing slash, so that relative addresses resolve below it.</summary>
    public Uri Base => new(BaseUrl.TrimEnd('/') + "/", UriKind.Absolute);

    /// <summary><see cref="Icon"/>, absolute; null where there is none.</summary>
    public Uri? IconAddress => AddressOf(Icon);

    /// <summary><see cref="Logo"/>, absolute; null where there is none.</summary>
    public Uri? LogoAddress => AddressOf(Logo);

    private Uri? AddressOf(string written) => written.Length > 0 && Uri.TryCreate(Base, written, out var address) ? address : null;
}

using Feeds.Articles.Markup;
using Feeds.Articles.Store;

namespace Feeds.Articles.Files;

/// <summary>What was read of a file.</summary>
/// <param name="File">What is to be remembered of it.</param>
/// <param name="Article">What is to be written; null where it is refused, or where the store has it already.</param>
/// <param name="Origin">How the store can tell another time that nothing is new; null where it is refused.</param>
internal sealed record ReadArticle(KnownFile File, NewArticle? Article, ArticleOrigin? Origin);

/// <summary>Makes articles of the files of a folder.</summary>
internal sealed class FileReading(string root, FolderPictures pictures, FolderEnclosures enclosures, TimeZoneInfo zone, TimeProvider clock)
{
    private const int LongestSummary = 400;

    /// <summary>What decides the file's place among the others, or why it is refused.</summary>
    public KnownFile ReadHead(FoundFile file)
    {
        var isAtRest = file.Stamp.WasAtRest(clock.GetUtcNow());
        return ArticleFile.Read(file, zone, out var refusal) is { } article
            ? new KnownFile(file.Name, file.Stamp, isAtRest, new ArticleHead(article.Slug, article.Head.Slug?.Line ?? 0, article.Head.Formerly.Count > 0 ? article.Head.Formerly : [], article.Head.Date))
            : new KnownFile(file.Name, file.Stamp, isAtRest, Head: null) { Refusal = refusal };
    }

    /// <summary>The article of the file, unless the store has it from the same bytes and pictures.</summary>
    /// <param name="known">As its head was read.</param>
    /// <param name="before">Where the store's article of that slug is from.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ReadArticle> ReadAsync(KnownFile known, ArticleOrigin? before, CancellationToken cancellationToken)
    {
        if (ArticleFile.Read(new FoundFile(known.Name, Path.Combine(root, known.Name), known.Stamp), zone, out var refusal) is not { } article)
        {
            return Refused(known, refusal);
        }

        if (!string.Equals(article.Slug, known.Head!.Slug, StringComparison.Ordinal))
        {
            return Refused(known, ArticleFile.BeingWritten);
        }

        if (before is not null && string.Equals(before.FileHash, article.Hash, StringComparison.Ordinal) && known with { Pictures = before.Pictures } is var same && same.HasItsPictures())
        {
            return new ReadArticle(same with { IsStored = true, Refusal = null }, Article: null, before);
        }

        var (text, tooDeep) = await ArticleMarkup.RenderAsync(article, pictures, cancellationToken);
        if (text is null)
        {
            return Refused(known, tooDeep);
        }

        var (image, looked, unusable) = await ImageAsync(article, cancellationToken);
        var enclosed = await enclosures.FindAsync(article, cancellationToken);
        known = known with { Pictures = Stamps(text.Pictures.Append(looked), enclosed.Looked) };
        if ((unusable ?? enclosed.Refusal) is { } unfit)
        {
            return Refused(known, unfit);
        }

        var made = ToArticle(article, text, image, enclosed.Enclosure);
        return new ReadArticle(known, made, new ArticleOrigin(article.Hash, made.Hash(), known.Pictures));
    }

    private static ReadArticle Refused(KnownFile known, Refusal? refusal) => new(known with { Refusal = refusal }, Article: null, Origin: null);

    private IReadOnlyDictionary<string, FileStamp?> Stamps(IEnumerable<string?> seen, LookedFor? enclosure)
    {
        var stamps = seen.OfType<string>().Distinct(StringComparer.Ordinal).ToDictionary(path => path, pictures.StampOf, StringComparer.Ordinal);
        if (enclosure is not null)
        {
            stamps[enclosure.Path] = enclosure.Stamp;
        }

        return stamps.Count > 0 ? stamps : KnownFile.NoPictures;
    }

    private async Task<(NewImage? Image, string? Looked, Refusal? Refusal)> ImageAsync(ArticleFile article, CancellationToken cancellationToken)
    {
        if (article.Head.Image is not { } written)
        {
            return (null, null, null);
        }

        var alternative = article.Head.ImageAlternative ?? "";
        if (Uri.TryCreate(written.Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
        {
            return (new NewImage(address.AbsoluteUri, alternative, null, null), null, null);
        }

        var found = await pictures.FindAsync(article.Path, written.Value, cancellationToken);
        if (found.Stored is { } stored)
        {
            return (new NewImage(OwnAddress.OfMedia(stored.Name), alternative, stored.Width, stored.Height), found.Path, null);
        }

        var reason = found.Refusal
            ?? (found.Path is null
                ? "is neither an address that begins with https:// nor the path of a PNG, JPEG, GIF or WebP file relative to the article."
                : "is not there. Correct the path, which starts at the article’s own folder.");
        return (null, found.Path, new Refusal(written.Line, $"The image {PlainText.Shorten(written.Value, 100)} {reason}"));
    }

    private static NewArticle ToArticle(ArticleFile article, RenderedText text, NewImage? image, NewEnclosure? enclosure) => new()
    {
        Slug = article.Slug,
        Title = article.Head.Title,
        Url = article.Head.Url?.AbsoluteUri,
        Author = article.Head.Author,
        Language = article.Head.Language,
        Summary = PlainText.Shorten(article.Head.Summary ?? text.FirstParagraph, LongestSummary),
        Html = text.Html,
        Image = image,
        Enclosure = enclosure,
        Published = article.Head.Date,
        Updated = article.Head.Updated,
        Status = article.Head.Status,
        Formerly = [.. article.Head.Formerly.Select(slug => slug.Value).Where(slug => !string.Equals(slug, article.Slug, StringComparison.Ordinal))],
        Reason = article.Head.Status == ArticleStatus.Removed ? article.Head.Reason : null,
        IsMinor = article.Head.IsMinor,
        Categories = article.Head.Categories,
    };
}

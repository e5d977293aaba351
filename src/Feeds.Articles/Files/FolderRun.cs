using Feeds.Articles.Markup;
using Feeds.Articles.Store;

namespace Feeds.Articles.Files;

/// <summary>One import of one folder: first all front matter, for the order and the slugs; then, in batches, the texts.</summary>
internal sealed class FolderRun(string root, FolderMemory memory, ArticleWriter writer, FolderPictures pictures, FolderEnclosures enclosures, PublicationOptions publication)
{
    private const int LongestSummary = 400;
    private const long LargestBatch = 16 * 1024 * 1024;
    private readonly TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(publication.TimeZone);
    // Refused for what others are or were: as soon as those change, they may be taken.
    private readonly HashSet<int> passing = [];
    private IReadOnlySet<string> inUse = new HashSet<string>(StringComparer.Ordinal);
    private int added;
    private int changed;
    private int unchanged;

    public async Task<ImportReport> RunAsync(CancellationToken cancellationToken)
    {
        var found = FolderFiles.Find(root);
        if (found.Count > FolderFiles.Most)
        {
            return new ImportReport(0, 0, 0, [new RefusedFile(root, 0, $"The folder has more than {FolderFiles.Most} Markdown files. Import it in parts.")]);
        }

        var files = new KnownFile[found.Count];
        await EachAsync(found.Count, (index, _) =>
        {
            files[index] = memory.Find(found[index]) ?? ReadHead(found[index]);
            return ValueTask.CompletedTask;
        }, cancellationToken);

        inUse = files.Select(file => file.Head?.Slug).OfType<string>().ToHashSet(StringComparer.Ordinal);
        RefuseSecondSlugs(files);
        var order = Enumerable.Range(0, files.Length)
            .Where(index => files[index] is { Refusal: null, IsStored: false })
            .OrderBy(index => files[index].Head!.Date)
            .ThenBy(index => files[index].Name, StringComparer.Ordinal);
        unchanged = files.Count(file => file.IsStored);
        try
        {
            foreach (var batch in Batches(order, found))
            {
                await ImportAsync(batch, found, files, cancellationToken);
            }
        }
        finally
        {
            // What did not get its turn is no less new the next time; and who came second may be first then.
            memory.Replace(files.Where((file, index) => file.IsStored || (file.Refusal is not null && !passing.Contains(index))));
        }

        var refused = files.Where(file => file.Refusal is not null).Select(file => new RefusedFile(file.Name, file.Refusal!.Line, file.Refusal.Reason));
        return new ImportReport(added, changed, unchanged, [.. refused]);
    }

    private static Task EachAsync(int count, Func<int, CancellationToken, ValueTask> work, CancellationToken cancellationToken) =>
        Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken }, work);

    private static IEnumerable<List<int>> Batches(IEnumerable<int> order, List<FoundFile> found)
    {
        var batch = new List<int>();
        var bytes = 0L;
        foreach (var index in order)
        {
            batch.Add(index);
            bytes += found[index].Stamp.Length;
            if (batch.Count == ArticleWriter.Batch || bytes > LargestBatch)
            {
                yield return batch;
                batch = [];
                bytes = 0;
            }
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    private KnownFile ReadHead(FoundFile file) =>
        ArticleFile.Read(file, zone, out var refusal) is { } article
            ? new KnownFile(file.Name, file.Stamp, new ArticleHead(article.Slug, article.Head.Slug?.Line ?? 0, article.Head.Formerly, article.Head.Date), null, IsStored: false, KnownFile.NoFiles)
            : new KnownFile(file.Name, file.Stamp, null, refusal, IsStored: false, KnownFile.NoFiles);

    private void RefuseSecondSlugs(KnownFile[] files)
    {
        var holders = files
            .Where(file => file.Head is not null)
            .GroupBy(file => file.Head!.Slug, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.OrderBy(file => file.Head!.Date).ThenBy(file => file.Name, StringComparer.Ordinal).First(), StringComparer.Ordinal);
        for (var index = 0; index < files.Length; index++)
        {
            if (files[index].Head is { } head && holders[head.Slug] is var holder && !ReferenceEquals(holder, files[index]))
            {
                passing.Add(index);
                files[index] = files[index] with
                {
                    IsStored = false,
                    Refusal = new Refusal(head.SlugLine, $"{holder.Name} has the slug {head.Slug} already. Write another “slug: …” here."),
                };
            }
        }
    }

    private async Task ImportAsync(List<int> batch, List<FoundFile> found, KnownFile[] files, CancellationToken cancellationToken)
    {
        var articles = new NewArticle?[batch.Count];
        await EachAsync(
            batch.Count,
            async (place, token) => (articles[place], files[batch[place]]) = await RenderAsync(found[batch[place]], files[batch[place]], token),
            cancellationToken);

        var written = await writer.WriteAsync([.. articles.OfType<NewArticle>()], inUse, cancellationToken);
        added += written.Added;
        changed += written.Changed;
        unchanged += written.Unchanged;
        for (var place = 0; place < batch.Count; place++)
        {
            if (articles[place] is not { } article)
            {
                continue;
            }

            var index = batch[place];
            if (written.Refused.TryGetValue(article.Slug, out var refused))
            {
                passing.Add(index);
                files[index] = files[index] with { Refusal = new Refusal(LineOf(refused.Slug, files[index].Head!), refused.Reason) };
            }
            else
            {
                files[index] = files[index] with { IsStored = true };
            }
        }
    }

    private static int LineOf(string slug, ArticleHead head) =>
        head.Formerly.FirstOrDefault(former => string.Equals(former.Value, slug, StringComparison.Ordinal))?.Line ?? head.SlugLine;

    private async Task<(NewArticle? Article, KnownFile Known)> RenderAsync(FoundFile file, KnownFile known, CancellationToken cancellationToken)
    {
        if (ArticleFile.Read(file, zone, out var refusal) is not { } article)
        {
            return (null, known with { Refusal = refusal });
        }

        if (!string.Equals(article.Slug, known.Head!.Slug, StringComparison.Ordinal))
        {
            return (null, known with { Refusal = new Refusal(0, "The file was being written while it was read. Import it again.") });
        }

        var (text, tooDeep) = await ArticleMarkup.RenderAsync(article, pictures, cancellationToken);
        if (text is null)
        {
            return (null, known with { Refusal = tooDeep });
        }

        var (image, looked, unusable) = await ImageAsync(article, cancellationToken);
        var enclosed = await enclosures.FindAsync(article, cancellationToken);
        known = known with { Files = text.Pictures.Append(looked).Append(enclosed.Looked).OfType<string>().Distinct(StringComparer.Ordinal).ToDictionary(path => path, FileStamp.Of, StringComparer.Ordinal) };
        unusable ??= enclosed.Refusal;
        return unusable is null ? (ToArticle(article, text, image, enclosed.Enclosure), known) : (null, known with { Refusal = unusable });
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

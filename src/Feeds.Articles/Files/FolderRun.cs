using Feeds.Articles.Store;

namespace Feeds.Articles.Files;

/// <summary>
/// One import of files of a folder: first their front matter, for the order and the slugs; then, in batches, their texts.
/// While one batch is written, the next is rendered.
/// </summary>
internal sealed class FolderRun(FolderMemory memory, ArticleWriter writer, ImportedFiles imported, FileReading reading)
{
    private const long LargestBatch = 16 * 1024 * 1024;
    private int added;
    private int changed;
    private int unchanged;

    /// <summary>Imports what changed, and what that lets others do.</summary>
    /// <param name="found">Files that are new, or not as they are remembered.</param>
    /// <param name="gone">Names of files that are no more.</param>
    /// <param name="cancellationToken">Gives up; what did not get its turn is no less new the next time.</param>
    public async Task<ImportReport> RunAsync(IReadOnlyList<FoundFile> found, IReadOnlyList<string> gone, CancellationToken cancellationToken)
    {
        var todo = Judge(await RememberAsync(found, gone, cancellationToken));
        unchanged = memory.StoredCount;
        Task writing = Task.CompletedTask;
        try
        {
            foreach (var batch in Batches(todo))
            {
                var articles = await RenderAsync(batch, cancellationToken);
                await writing;
                writing = WriteAsync(articles, cancellationToken);
            }
        }
        finally
        {
            await writing;
        }

        return new ImportReport(added, changed, unchanged, [.. memory.Refused.Select(file => new RefusedFile(file.Name, file.Refusal!.Line, file.Refusal.Reason))]);
    }

    /// <summary>Whether the file has a head that can be used.</summary>
    public bool CanRead(FoundFile file) => reading.ReadHead(file).Refusal is null;

    private static Task EachAsync(int count, Func<int, CancellationToken, ValueTask> work, CancellationToken cancellationToken) =>
        Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken }, work);

    private static IEnumerable<List<KnownFile>> Batches(IEnumerable<KnownFile> todo)
    {
        var batch = new List<KnownFile>();
        var bytes = 0L;
        foreach (var file in todo)
        {
            batch.Add(file);
            bytes += file.Stamp.Length;
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

    /// <returns>The slugs about whose holders something may be new.</returns>
    private async Task<HashSet<string>> RememberAsync(IReadOnlyList<FoundFile> found, IReadOnlyList<string> gone, CancellationToken cancellationToken)
    {
        var read = new KnownFile[found.Count];
        await EachAsync(
            found.Count,
            (index, _) =>
            {
                read[index] = reading.ReadHead(found[index]);
                return ValueTask.CompletedTask;
            },
            cancellationToken);

        var slugs = gone.Select(memory.Remove).Concat(read.Select(memory.Put)).Concat(read).Concat(memory.Unsettled.Select(memory.Find))
            .Select(file => file?.Head?.Slug);
        return slugs.OfType<string>().ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Of the files with the same slug the one of the earliest date has it.</summary>
    /// <returns>Those whose articles are to be written, in the order of date and then name.</returns>
    private IOrderedEnumerable<KnownFile> Judge(HashSet<string> slugs)
    {
        var todo = new List<KnownFile>();
        foreach (var slug in slugs)
        {
            var rivals = memory.WithSlug(slug).OrderBy(file => file.Head!.Date).ThenBy(file => file.Name, StringComparer.Ordinal).ToList();
            foreach (var file in rivals)
            {
                if (file != rivals[0])
                {
                    memory.Put(file with
                    {
                        IsStored = false,
                        Refusal = new Refusal(file.Head!.SlugLine, $"{rivals[0].Name} has the slug {slug} already. Write another “slug: …” here.", IsPassing: true),
                    });
                }
                else if (!file.IsSettled)
                {
                    todo.Add(file);
                }
            }
        }

        return todo.OrderBy(file => file.Head!.Date).ThenBy(file => file.Name, StringComparer.Ordinal);
    }

    private async Task<List<ReadArticle>> RenderAsync(List<KnownFile> batch, CancellationToken cancellationToken)
    {
        var before = await imported.FindAsync(batch.Select(file => file.Head!.Slug), cancellationToken);
        var articles = new ReadArticle[batch.Count];
        await EachAsync(
            batch.Count,
            async (place, token) => articles[place] = await reading.ReadAsync(batch[place], before.GetValueOrDefault(batch[place].Head!.Slug), token),
            cancellationToken);
        return [.. articles];
    }

    private async Task WriteAsync(List<ReadArticle> articles, CancellationToken cancellationToken)
    {
        var fresh = articles.Where(read => read.Article is not null).Select(read => new HashedArticle(read.Article!, read.Origin!.ArticleHash)).ToList();
        // Nothing was renamed that has a slug which another file has.
        var inUse = fresh.SelectMany(hashed => hashed.Article.Formerly).Where(memory.HasSlug).ToHashSet(StringComparer.Ordinal);
        var written = await writer.WriteAsync(fresh, inUse, cancellationToken);
        added += written.Added;
        changed += written.Changed;
        unchanged += written.Unchanged + articles.Count(read => read.File.IsStored);
        foreach (var read in articles)
        {
            memory.Put(
                read.Article is null ? read.File
                : written.Refused.TryGetValue(read.Article.Slug, out var refused) ? read.File with { Refusal = new Refusal(LineOf(refused.Slug, read.File.Head!), refused.Reason, IsPassing: true) }
                : read.File with { IsStored = true, Refusal = null });
        }

        await imported.KeepAsync([.. articles.Where(read => read.File.IsAtRest && memory.Find(read.File.Name)!.IsStored)], cancellationToken);
    }

    private static int LineOf(string slug, ArticleHead head) =>
        head.Formerly.FirstOrDefault(former => string.Equals(former.Value, slug, StringComparison.Ordinal))?.Line ?? head.SlugLine;
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Feeds.Articles.Files;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using LinqToDB.Mapping;

namespace Feeds.Articles.Store;

/// <summary>What an article was made of.</summary>
/// <param name="FileHash">Of the file, with all that decides what is made of it beside its pictures.</param>
/// <param name="ArticleHash">Of the article that came out.</param>
/// <param name="Pictures">Files it looked for, absolute, as they were then.</param>
internal sealed record ArticleOrigin(string FileHash, string ArticleHash, IReadOnlyDictionary<string, FileStamp?> Pictures);

/// <summary>
/// From which file each article was made, so that an import need not make it again. It is believed only while the store
/// has exactly that article; where it is lacking or behind, the file is read, and that is all.
/// </summary>
/// <param name="database">The store.</param>
/// <param name="root">The folder, absolute.</param>
/// <param name="zone">The zone of dates that name none.</param>
internal sealed class ImportedFiles(Database database, string root, TimeZoneInfo zone)
{
    // Another version or another zone makes other articles: to it the folder is one that it never saw.
    private readonly string folder = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{ArticleFile.FormatVersion}\n{zone.Id}\n{root}"))));

    /// <summary>The files of a folder whose articles are in the store as these files made them.</summary>
    public Task<IReadOnlyList<KnownFile>> ListAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<KnownFile>>(async connection =>
        {
            var files = new List<KnownFile>();
            var rows =
                from row in connection.GetTable<ImportedFileRow>()
                join article in connection.GetTable<ArticleRow>() on new { row.Slug, Hash = row.ArticleHash } equals new { article.Slug, Hash = article.ContentHash }
                where row.Folder == folder
                select row;
            await foreach (var row in rows.AsAsyncEnumerable().WithCancellation(cancellationToken))
            {
                files.Add(row.ToFile());
            }

            return files;
        });

    /// <summary>Of what the articles of those slugs were made, by slug; those are left out that are not in the store as they came out.</summary>
    public Task<Dictionary<string, ArticleOrigin>> FindAsync(IEnumerable<string> slugs, CancellationToken cancellationToken)
    {
        var list = slugs.ToList();
        return database.ReadAsync(async connection =>
        {
            var rows =
                from row in connection.GetTable<ImportedFileRow>()
                join article in connection.GetTable<ArticleRow>() on new { row.Slug, Hash = row.ArticleHash } equals new { article.Slug, Hash = article.ContentHash }
                where list.Contains(row.Slug)
                select row;
            return await rows.ToDictionaryAsync(row => row.Slug, row => row.ToOrigin(), StringComparer.Ordinal, cancellationToken);
        });
    }

    /// <summary>Remembers of what the stored articles of a batch were made, in place of what was known before.</summary>
    public async Task KeepAsync(IReadOnlyList<ReadArticle> articles, CancellationToken cancellationToken)
    {
        if (articles.Count == 0)
        {
            return;
        }

        var rows = articles.Select(read => ImportedFileRow.Of(folder, read.File, read.Origin!)).ToList();
        var slugs = rows.ConvertAll(row => row.Slug);
        await database.WriteAsync(
            async connection =>
            {
                // As every writer here: of two who import the same at once, the second replaces what the first wrote.
                await PublicationChange.LockAsync(connection, cancellationToken);
                await connection.GetTable<ImportedFileRow>().DeleteAsync(row => slugs.Contains(row.Slug), cancellationToken);
                await connection.BulkCopyAsync(ManyRows.Of<ImportedFileRow>(connection), rows, cancellationToken);
            },
            cancellationToken);
    }
}

/// <summary>The file of which an article was made last; it was at rest then.</summary>
[Table("imported_file")]
internal sealed class ImportedFileRow
{
    [Column("slug", CanBeNull = false), PrimaryKey]
    public string Slug { get; set; } = "";

    [Column("folder")]
    public string Folder { get; set; } = "";

    /// <summary>Below the folder.</summary>
    [Column("name", DataType = DataType.Text)]
    public string Name { get; set; } = "";

    [Column("length")]
    public long Length { get; set; }

    /// <summary>In the ticks of <see cref="DateTime"/>, as fine as the file system's times.</summary>
    [Column("written_ticks")]
    public long WrittenTicks { get; set; }

    [Column("file_hash")]
    public string FileHash { get; set; } = "";

    [Column("article_hash", CanBeNull = false)]
    public string ArticleHash { get; set; } = "";

    [Column("slug_line")]
    public int SlugLine { get; set; }

    /// <summary>In ticks (UTC): files are ordered by finer differences than the store's instants have.</summary>
    [Column("date_ticks")]
    public long DateTicks { get; set; }

    /// <summary>As JSON; null where there are none.</summary>
    [Column("formerly", DataType = DataType.Text)]
    public string? Formerly { get; set; }

    /// <inheritdoc cref="Formerly"/>
    [Column("pictures", DataType = DataType.Text)]
    public string? Pictures { get; set; }

    public static ImportedFileRow Of(string folder, KnownFile file, ArticleOrigin origin) => new()
    {
        Slug = file.Head!.Slug,
        Folder = folder,
        Name = file.Name,
        Length = file.Stamp.Length,
        WrittenTicks = file.Stamp.WrittenTicks,
        FileHash = origin.FileHash,
        ArticleHash = origin.ArticleHash,
        SlugLine = file.Head.SlugLine,
        DateTicks = file.Head.Date.UtcTicks,
        Formerly = file.Head.Formerly.Count > 0 ? JsonSerializer.Serialize(file.Head.Formerly) : null,
        Pictures = origin.Pictures.Count > 0 ? JsonSerializer.Serialize(origin.Pictures) : null,
    };

    public KnownFile ToFile()
    {
        var formerly = Formerly is null ? [] : JsonSerializer.Deserialize<IReadOnlyList<Placed>>(Formerly)!;
        return new KnownFile(Name, new FileStamp(Length, WrittenTicks), IsAtRest: true, new ArticleHead(Slug, SlugLine, formerly, new DateTimeOffset(DateTicks, TimeSpan.Zero)))
        {
            IsStored = true,
            Pictures = ReadPictures(),
        };
    }

    public ArticleOrigin ToOrigin() => new(FileHash, ArticleHash, ReadPictures());

    private IReadOnlyDictionary<string, FileStamp?> ReadPictures() =>
        Pictures is null ? KnownFile.NoPictures : JsonSerializer.Deserialize<Dictionary<string, FileStamp?>>(Pictures)!;
}

using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Articles.Store;

/// <summary>Pictures and sounds by the hash of their content; what is there never changes.</summary>
internal sealed class MediaStore(Database database)
{
    /// <summary>Keeps the file; nothing happens if it is kept already.</summary>
    public async Task AddAsync(MediaFile file, CancellationToken cancellationToken)
    {
        if (await database.ReadAsync(connection => connection.GetTable<MediaRow>().AnyAsync(row => row.Name == file.Name, cancellationToken)))
        {
            return;
        }

        await database.WriteAsync(
            connection => connection.ExecuteAsync(
                "INSERT INTO media (name, content_type, content) VALUES (@name, @type, @content) ON CONFLICT DO NOTHING",
                cancellationToken,
                new DataParameter("name", file.Name, DataType.VarChar),
                new DataParameter("type", file.ContentType, DataType.VarChar),
                new DataParameter("content", file.Content.ToArray(), DataType.VarBinary)),
            cancellationToken);
    }

    /// <summary>The file of that name, or null.</summary>
    public Task<MediaFile?> FindAsync(string name, CancellationToken cancellationToken) =>
        database.ReadAsync(async connection =>
            await connection.GetTable<MediaRow>().FirstOrDefaultAsync(row => row.Name == name, cancellationToken) is { } found
                ? new MediaFile(found.Name, found.ContentType, found.Content)
                : null);
}

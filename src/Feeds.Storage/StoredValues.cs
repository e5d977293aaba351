using System.Security.Cryptography;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using LinqToDB.Mapping;

namespace Feeds.Storage;

/// <summary>
/// Small named values that the processes of one program share: signing keys, a password's hash. They are as secret as the
/// database file is.
/// </summary>
public sealed class StoredValues(Database database)
{
    /// <summary>The value, or null.</summary>
    public Task<byte[]?> FindAsync(string name, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => FindAsync(connection, name, cancellationToken));

    /// <summary>All values whose names begin with <paramref name="prefix"/>, by name.</summary>
    public Task<IReadOnlyList<byte[]>> ListAsync(string prefix, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<byte[]>>(async connection => await connection.GetTable<Row>().Where(row => row.Name.StartsWith(prefix)).OrderBy(row => row.Name).Select(row => row.Value).ToListAsync(cancellationToken));

    /// <summary>Sets the value, whether or not there was one.</summary>
    public Task SetAsync(string name, byte[] value, CancellationToken cancellationToken) =>
        database.WriteAsync(connection => connection.InsertOrReplaceAsync(new Row { Name = name, Value = value }, token: cancellationToken), cancellationToken);

    /// <summary>Forgets the value.</summary>
    /// <returns>Whether there was one; of several who ask at once, one is told so.</returns>
    public Task<bool> RemoveAsync(string name, CancellationToken cancellationToken) =>
        database.WriteAsync(async connection => await connection.GetTable<Row>().DeleteAsync(row => row.Name == name, cancellationToken) == 1, cancellationToken);

    /// <summary>The random key of that name, made at the first call; every process gets the same one.</summary>
    public async Task<byte[]> KeyAsync(string name, int bytes, CancellationToken cancellationToken)
    {
        if (await FindAsync(name, cancellationToken) is { } found)
        {
            return found;
        }

        await AddAsync(name, RandomNumberGenerator.GetBytes(bytes), cancellationToken);
        return (await FindAsync(name, cancellationToken))!;
    }

    /// <summary>Sets the value if there is none.</summary>
    /// <returns>Whether there was none; of several who ask at once, one is told so.</returns>
    public Task<bool> AddAsync(string name, byte[] value, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async connection => await connection.ExecuteAsync(
                "INSERT INTO stored_value (name, value) VALUES (@name, @value) ON CONFLICT DO NOTHING",
                cancellationToken,
                new DataParameter("name", name, DataType.VarChar),
                new DataParameter("value", value, DataType.VarBinary)) == 1,
            cancellationToken);

    private static async Task<byte[]?> FindAsync(DataConnection connection, string name, CancellationToken cancellationToken) =>
        (await connection.GetTable<Row>().FirstOrDefaultAsync(row => row.Name == name, cancellationToken))?.Value;

    [Table("stored_value")]
    private sealed class Row
    {
        [Column("name"), PrimaryKey]
        public string Name { get; set; } = "";

        [Column("value")]
        public byte[] Value { get; set; } = [];
    }
}

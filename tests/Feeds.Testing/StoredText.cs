using Feeds.Storage;
using LinqToDB.Data;

namespace Feeds.Testing;

/// <summary>All that the tables of a database hold, whichever they are: what was forgotten must be in none.</summary>
public static class StoredText
{
    /// <summary>Each row as the table's name and its values.</summary>
    public static Task<IReadOnlyList<string>> ReadAsync(Database database) =>
        database.ReadAsync<IReadOnlyList<string>>(async connection =>
        {
            var names = await connection.QueryToListAsync<string>(database.Provider == DatabaseProvider.Sqlite
                ? "SELECT name FROM sqlite_schema WHERE type = 'table'"
                : "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'");
            var rows = new List<string>();
            foreach (var name in names)
            {
                await using var reader = await connection.ExecuteReaderAsync($"SELECT * FROM \"{name}\"");
                var values = new object[reader.Reader!.FieldCount];
                while (await reader.Reader.ReadAsync())
                {
                    reader.Reader.GetValues(values);
                    rows.Add($"{name}: {string.Join(" | ", values.Select(value => value is byte[] bytes ? System.Text.Encoding.Latin1.GetString(bytes) : value))}");
                }
            }

            return rows;
        });
}

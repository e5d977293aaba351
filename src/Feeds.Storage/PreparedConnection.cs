using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace Feeds.Storage;

/// <summary>
/// A SQLite connection that keeps the statements it compiled for when the same text comes again: compiling one takes
/// longer than running it, and the driver forgets it with its command.
/// </summary>
internal sealed class PreparedConnection(SqliteConnection inner) : DbConnection
{
    // More than the program has that run often; what comes once doesn't pile up.
    private const int MostKept = 128;

    // Longer ones have their values in them and come once: rows that are stored by the thousand.
    private const int LongestKept = 4096;
    private readonly Dictionary<string, SqliteCommand> kept = new(StringComparer.Ordinal);

    [AllowNull]
    public override string ConnectionString
    {
        get => inner.ConnectionString;
        set => inner.ConnectionString = value;
    }

    public override string Database => inner.Database;

    public override string DataSource => inner.DataSource;

    public override string ServerVersion => inner.ServerVersion;

    public override ConnectionState State => inner.State;

    public override void Open() => inner.Open();

    public override void Close() => inner.Close();

    public override void ChangeDatabase(string databaseName) => inner.ChangeDatabase(databaseName);

    /// <summary>A command with that text and no parameters, the caller's alone until it is given back.</summary>
    public SqliteCommand Take(string text)
    {
        if (kept.Remove(text, out var command))
        {
            command.Transaction = null;
            return command;
        }

        command = inner.CreateCommand();
        command.CommandText = text;
        return command;
    }

    public void GiveBack(SqliteCommand command)
    {
        command.Parameters.Clear();
        if (command.CommandText.Length > LongestKept)
        {
            command.Dispose();
            return;
        }

        if (kept.Count == MostKept)
        {
            // Those in use come back soon; which of the others will is not worth knowing.
            foreach (var old in kept.Values)
            {
                old.Dispose();
            }

            kept.Clear();
        }

        if (!kept.TryAdd(command.CommandText, command))
        {
            command.Dispose();
        }
    }

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => inner.BeginTransaction(isolationLevel);

    protected override DbCommand CreateDbCommand() => new PreparedCommand(this);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}

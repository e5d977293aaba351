using System.Data.Common;
using Npgsql;

namespace Feeds.Mail.Tests;

/// <summary>What becomes of something that is asked of the database.</summary>
internal enum LineFault
{
    None,

    /// <summary>It never reaches the database; what was begun is rolled back.</summary>
    Lost,

    /// <summary>It is carried out, and the answer is lost.</summary>
    AnswerLost,

    /// <summary>The database gives it up because of others: it is busy, or could not serialize.</summary>
    Busy,
}

/// <summary>
/// The line between a room and its real database. On PostgreSQL it breaks as a connection does; a file has none, and what
/// fails there is reading or writing it, which leaves as little known of a COMMIT.
/// </summary>
internal sealed class DatabaseLine
{
    public const string Commit = "COMMIT";

    /// <summary>What becomes of a statement by its SQL, and of CONNECT, BEGIN and <see cref="Commit"/>.</summary>
    public Func<string, LineFault> Fault { get; set; } = _ => LineFault.None;

    public DbConnection Lay(DbConnection to) => new Connection(to, this);

    private static DbException Failure(DbConnection connection, bool busy)
    {
        if (connection is NpgsqlConnection)
        {
            return busy ? new PostgresException("could not serialize access", "ERROR", "ERROR", PostgresErrorCodes.SerializationFailure) : new NpgsqlException("Exception while reading from stream", new IOException());
        }

        // Named in one project only, so it is found where its own connection would find it.
        using var command = connection.CreateCommand();
        return (DbException)Activator.CreateInstance(
            command.CreateParameter().GetType().Assembly.GetType("Microsoft.Data.Sqlite.SqliteException")!, busy ? "database is locked" : "disk I/O error", busy ? 5 : 10)!;
    }

    private sealed class Connection(DbConnection inner, DatabaseLine line) : WatchedConnection(inner)
    {
        private readonly DbConnection inner = inner;

        public override async Task<T> AskAsync<T>(string sql, bool isRead, Func<Task<T>> ask)
        {
            var fault = line.Fault(sql);
            if (fault is LineFault.Lost or LineFault.Busy)
            {
                throw Failure(inner, fault == LineFault.Busy);
            }

            var result = await ask();
            return fault == LineFault.None ? result : throw Failure(inner, busy: false);
        }

        public override Task CommitAsync(DbTransaction transaction) => AskAsync(Commit, isRead: false, async () =>
        {
            await transaction.CommitAsync(CancellationToken.None);
            return true;
        });

        public override Task OpenAsync(CancellationToken cancellationToken) => AskAsync("CONNECT", isRead: false, async () =>
        {
            await inner.OpenAsync(cancellationToken);
            return true;
        });
    }
}

using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace Feeds.Storage;

/// <summary>A command that is carried out by a compiled one, if its connection has one with this text.</summary>
internal sealed class PreparedCommand(PreparedConnection connection) : DbCommand
{
    // Holds what is asked for until it is carried out.
    private readonly SqliteCommand draft = new();
    private SqliteCommand? taken;

    [AllowNull]
    public override string CommandText
    {
        get => draft.CommandText;
        set => draft.CommandText = value;
    }

    public override int CommandTimeout
    {
        get => draft.CommandTimeout;
        set => draft.CommandTimeout = value;
    }

    public override CommandType CommandType
    {
        get => draft.CommandType;
        set => draft.CommandType = value;
    }

    public override bool DesignTimeVisible { get; set; }

    public override UpdateRowSource UpdatedRowSource { get; set; }

    protected override DbConnection? DbConnection
    {
        get => connection;
        set
        {
            if (value != connection)
            {
                throw new NotSupportedException("What is prepared belongs to its connection.");
            }
        }
    }

    protected override DbParameterCollection DbParameterCollection => draft.Parameters;

    protected override DbTransaction? DbTransaction { get; set; }

    public override int ExecuteNonQuery() => Take().ExecuteNonQuery();

    public override object? ExecuteScalar() => Take().ExecuteScalar();

    public override void Cancel() => taken?.Cancel();

    public override void Prepare()
    {
        // It is, when it runs for the second time.
    }

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => Take().ExecuteReader(behavior);

    protected override DbParameter CreateDbParameter() => draft.CreateParameter();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            GiveBack();
            draft.Dispose();
        }

        base.Dispose(disposing);
    }

    private SqliteCommand Take()
    {
        GiveBack();
        taken = connection.Take(CommandText);
        taken.CommandTimeout = CommandTimeout;
        taken.Transaction = (SqliteTransaction?)DbTransaction;
        foreach (SqliteParameter parameter in draft.Parameters)
        {
            taken.Parameters.Add(parameter);
        }

        return taken;
    }

    private void GiveBack()
    {
        if (taken is { } command)
        {
            taken = null;
            connection.GiveBack(command);
        }
    }
}

using Feeds.Newsletter.Joining;
using Feeds.Storage;
using LinqToDB.Data;

namespace Feeds.Newsletter.Tests.Joining;

/// <summary>PostgreSQL alone: nobody can take an open file away from the program, nor its right to write.</summary>
public sealed class JoinDoorTests
{
    private static readonly JoinForm Form = new("ines@atelier.example.net", "weekly", []);

    [SkippableFact]
    public async Task Who_asks_while_the_database_takes_no_writes_is_asked_to_come_back_later()
    {
        await using var room = await Newsroom.OpenAsync(DatabaseProvider.PostgreSql);
        var name = await room.Get<Database>().ReadAsync(connection => connection.ExecuteAsync<string>("SELECT current_database()"));
        await room.Get<Database>().ReadAsync(connection => connection.ExecuteAsync($"ALTER DATABASE {name} SET default_transaction_read_only = on"));
        PostgresServer.CloseIdle(room.Get<Database>().ConnectionString);

        Assert.Equal(JoinOutcome.Later, (await room.Subscribers.AskAsync(Form, default)).Outcome);
    }

    [SkippableFact]
    public async Task Who_asks_while_the_database_is_away_is_asked_to_come_back_later()
    {
        await using var room = await Newsroom.OpenAsync(DatabaseProvider.PostgreSql);
        await room.Subscribers.IssueFormAsync(null, null, default);
        await (await PostgresServer.SharedAsync()).DropDatabaseAsync(room.Get<Database>().ConnectionString);

        Assert.Equal(JoinOutcome.Later, (await room.Subscribers.AskAsync(Form, default)).Outcome);
    }
}

using Feeds.Storage;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Feeds.Storage.Tests;

public sealed class ConnectionStringTests
{
    [Theory]
    [InlineData("Host=db.example;Database=feeds", 100, true)]
    [InlineData("Host=db.example;Database=feeds;Max Auto Prepare=0;No Reset On Close=false", 0, false)]
    [InlineData("Server=db.example;Database=feeds;maxautoprepare=7;noresetonclose=false", 7, false)]
    public void What_an_operator_says_of_prepared_statements_and_resets_stands(string said, int prepared, bool unreset)
    {
        using var database = new Database(Options.Create(new StorageOptions { ConnectionString = said }), TimeProvider.System);

        var inForce = new NpgsqlConnectionStringBuilder(database.ConnectionString);

        Assert.Equal(prepared, inForce.MaxAutoPrepare);
        Assert.Equal(unreset, inForce.NoResetOnClose);
    }
}

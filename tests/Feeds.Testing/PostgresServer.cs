using System.Diagnostics;
using Npgsql;

namespace Feeds.Testing;

/// <summary>
/// A PostgreSQL server of this test process's own, from Debian's package, in a folder that goes with it. Tests share one;
/// a test that disturbs its server starts another.
/// </summary>
public sealed class PostgresServer : IDisposable
{
    // Its standard input ends when this process does, however that is; then the server ends, and its folder goes. In a
    // session of its own, and nobody's child: what ends this process with all its children, or its group, leaves it.
    private const string GuardScript = "exec >/dev/null 2>&1; folder=$1; shift; cat; \"$@\"; rm -rf \"$folder\"";

    private static readonly Lazy<Task<PostgresServer>> Shared = new(StartAsync);
    private readonly string bin;

    // Collected, it would close its pipe.
    private readonly Process guard;

    private PostgresServer(string bin, string folder)
    {
        (this.bin, Folder) = (bin, folder);
        string[] arguments = ["--fork", "/bin/sh", "-c", GuardScript, "sh", folder, .. AsServerUser(Path.Combine(bin, "pg_ctl"), "-D", Data, "-m", "immediate", "-w", "stop")];
        guard = Process.Start(new ProcessStartInfo("/usr/bin/setsid", arguments) { UseShellExecute = false, RedirectStandardInput = true, WorkingDirectory = Path.GetTempPath() })!;
    }

    /// <summary>What is lacking, or null where a server can be started.</summary>
    public static string? Lacking { get; } = FindPrograms() is null ? "PostgreSQL (Debian: apt-get install postgresql)" : null;

    /// <summary>Where its socket is: what connection strings have as their host.</summary>
    public string Folder { get; }

    private string Administration => new NpgsqlConnectionStringBuilder { Host = Folder, Username = "postgres", Database = "postgres", Pooling = false }.ConnectionString;

    private string Data => Path.Combine(Folder, "data");

    /// <summary>The one that tests share.</summary>
    public static Task<PostgresServer> SharedAsync() => Shared.Value;

    /// <summary>Makes an empty database; in a tablespace in that folder, where one is given.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> NewDatabaseAsync(string? tablespaceFolder = null)
    {
        var name = UniqueName.Next("feeds");
        if (tablespaceFolder is not null)
        {
            await RunAsync("chown", "postgres", tablespaceFolder);
            await ExecuteAsync($"CREATE TABLESPACE {name} LOCATION '{tablespaceFolder}'");
        }

        await ExecuteAsync($"CREATE DATABASE {name} {(tablespaceFolder is null ? "" : $"TABLESPACE {name}")}");
        // What a test leaves idle goes soon, or the databases of hundreds of tests use up the server's connections.
        return new NpgsqlConnectionStringBuilder(Administration) { Database = name, Pooling = true, MaxPoolSize = 40, ConnectionIdleLifetime = 5, ConnectionPruningInterval = 1 }.ConnectionString;
    }

    /// <summary>Deletes a database of <see cref="NewDatabaseAsync"/>, whoever is connected: hundreds of them would keep the server busy with looking after each.</summary>
    public async Task DropDatabaseAsync(string connectionString)
    {
        CloseIdle(connectionString);
        await ExecuteAsync($"DROP DATABASE IF EXISTS {new NpgsqlConnectionStringBuilder(connectionString).Database} WITH (FORCE)");
    }

    /// <summary>Makes an empty database a copy of another one, which nobody is connected to.</summary>
    internal async Task FillAsync(string connectionString, string from)
    {
        var name = new NpgsqlConnectionStringBuilder(connectionString).Database;
        await ExecuteAsync($"DROP DATABASE {name}");
        await ExecuteAsync($"CREATE DATABASE {name} TEMPLATE {from}");
    }

    /// <summary>Closes the connections to a database that this process keeps for later.</summary>
    public static void CloseIdle(string connectionString)
    {
        using var connection = new NpgsqlConnection(connectionString);
        NpgsqlConnection.ClearPool(connection);
    }

    /// <summary>Ends it as a crash would, amid whatever is going on, and starts it again.</summary>
    public async Task CrashAndRestartAsync()
    {
        await RunAsServerUserAsync(Path.Combine(bin, "pg_ctl"), "-D", Data, "-m", "immediate", "-w", "stop");
        await LaunchAsync();
        NpgsqlConnection.ClearAllPools();
    }

    /// <summary>Ends every connection that the program has, amid whatever is going on there.</summary>
    public async Task DropConnectionsAsync()
    {
        await ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'feeds'");
        NpgsqlConnection.ClearAllPools();
    }

    /// <summary>Ends it before this process ends.</summary>
    public void Dispose()
    {
        guard.StandardInput.Close();
        guard.Dispose();
    }

    /// <summary>Starts one that ends with this process, however that ends.</summary>
    public static async Task<PostgresServer> StartAsync()
    {
        var folder = TestFolder.Create("postgres").FullName;
        var server = new PostgresServer(FindPrograms()!, folder);
        if (IsRoot)
        {
            // PostgreSQL refuses to run as root.
            await RunAsync("chown", "postgres", folder);
        }

        await RunAsServerUserAsync(Path.Combine(server.bin, "initdb"), "-D", server.Data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
        await server.LaunchAsync();
        return server;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Administration);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static string? FindPrograms() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).Where(bin => File.Exists(Path.Combine(bin, "initdb"))).Max(StringComparer.Ordinal)
            : null;

    private Task LaunchAsync() => RunAsServerUserAsync(
        Path.Combine(bin, "pg_ctl"), "-D", Data, "-w", "-l", Path.Combine(Folder, "log"),
        "-o", $"-c listen_addresses='' -c unix_socket_directories='{Folder}' -c fsync=off -c max_connections=300", "start");

    private static bool IsRoot => string.Equals(Environment.UserName, "root", StringComparison.Ordinal);

    private static Task RunAsServerUserAsync(params string[] command) => RunAsync(AsServerUser(command));

    private static string[] AsServerUser(params string[] command) => IsRoot ? ["runuser", "-u", "postgres", "--", .. command] : command;

    private static async Task RunAsync(params string[] command)
    {
        // The server keeps what it inherits open: give it files of its own, or reading to the end never ends.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >/dev/null 2>&1 </dev/null", "sh", .. command]) { WorkingDirectory = Path.GetTempPath() };
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}");
        }
    }
}

using System.Diagnostics;
using Npgsql;

namespace Feeds.Testing;

/// <summary>A PostgreSQL server of this test process's own, from Debian's package, in a folder that goes with it.</summary>
internal sealed class PostgresServer
{
    private static readonly Lazy<Task<PostgresServer>> Shared = new(StartAsync);
    private readonly string connectionString;

    private PostgresServer(string connectionString) => this.connectionString = connectionString;

    /// <summary>What is lacking, or null where a server can be started.</summary>
    public static string? Lacking { get; } = FindPrograms() is null ? "PostgreSQL (Debian: apt-get install postgresql)" : null;

    public static async Task<string> NewDatabaseAsync()
    {
        var server = await Shared.Value;
        await using var connection = new NpgsqlConnection(server.connectionString);
        await connection.OpenAsync();
        var name = UniqueName.Next("feeds");
        await using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(server.connectionString) { Database = name, Pooling = true, MaxPoolSize = 40 }.ConnectionString;
    }

    private static string? FindPrograms() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).Where(bin => File.Exists(Path.Combine(bin, "initdb"))).Max(StringComparer.Ordinal)
            : null;

    private static async Task<PostgresServer> StartAsync()
    {
        var bin = FindPrograms()!;
        var folder = Directory.CreateTempSubdirectory("feeds-postgres-").FullName;
        if (IsRoot)
        {
            // PostgreSQL refuses to run as root.
            await RunAsync("chown", "postgres", folder);
        }

        var data = Path.Combine(folder, "data");
        await RunAsServerUserAsync(Path.Combine(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
        await RunAsServerUserAsync(
            Path.Combine(bin, "pg_ctl"), "-D", data, "-w", "-l", Path.Combine(folder, "log"),
            "-o", $"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off -c max_connections=300", "start");
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            RunAsServerUserAsync(Path.Combine(bin, "pg_ctl"), "-D", data, "-m", "immediate", "-W", "stop").GetAwaiter().GetResult();
            Directory.Delete(folder, recursive: true);
        };
        return new PostgresServer(new NpgsqlConnectionStringBuilder { Host = folder, Username = "postgres", Database = "postgres", Pooling = false }.ConnectionString);
    }

    private static bool IsRoot => string.Equals(Environment.UserName, "root", StringComparison.Ordinal);

    private static Task RunAsServerUserAsync(params string[] command) =>
        IsRoot ? RunAsync(["runuser", "-u", "postgres", "--", .. command]) : RunAsync(command);

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

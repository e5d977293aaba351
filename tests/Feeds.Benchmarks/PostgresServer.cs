using System.Globalization;

namespace Feeds.Benchmarks;

/// <summary>A PostgreSQL server of this benchmark's own, as Debian configures it: every commit is flushed to the disk.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private readonly WorkFolder work;
    private readonly string bin;
    private readonly EndOfRun.Leaving end;
    private int databases;

    private PostgresServer(WorkFolder work, string bin)
    {
        this.work = work;
        this.bin = bin;
        end = EndOfRun.Add(() => StopAsync().GetAwaiter().GetResult());
    }

    private string Folder => work["postgres"];

    /// <exception cref="BenchmarkException">It is not installed.</exception>
    public static async Task<PostgresServer> StartAsync(WorkFolder work)
    {
        var programs = (Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [])
            .Select(version => Path.Combine(version, "bin")).Where(folder => File.Exists(Path.Combine(folder, "initdb"))).Max(StringComparer.Ordinal)
            ?? throw new BenchmarkException("PostgreSQL is lacking (Debian: apt-get install postgresql).");
        var server = new PostgresServer(work, programs);
        Directory.CreateDirectory(server.Folder);
        if (Tool.IsRoot)
        {
            // PostgreSQL refuses to run as root.
            await Tool.OutputAsync(work.Path, "chown", "postgres", server.Folder);
        }

        await server.RunAsync("initdb", "-D", $"{server.Folder}/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C");
        await server.RunAsync("pg_ctl", "-D", $"{server.Folder}/data", "-w", "-l", $"{server.Folder}/log", "-o", $"-c listen_addresses='' -c unix_socket_directories='{server.Folder}'", "start");
        return server;
    }

    /// <returns>The connection string of an empty database.</returns>
    public async Task<string> NewDatabaseAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"feeds{++databases}");
        await RunAsync("createdb", "-h", Folder, "-U", "postgres", name);
        return $"Host={Folder};Username=postgres;Database={name}";
    }

    public async ValueTask DisposeAsync()
    {
        if (end.Take())
        {
            await StopAsync();
        }
    }

    private Task<string> StopAsync() => RunAsync("pg_ctl", "-D", $"{Folder}/data", "-m", "immediate", "-w", "stop");

    /// <remarks>The server keeps what it inherits open: it gets files of its own, or reading what it prints would never end.</remarks>
    private Task<string> RunAsync(string program, params IEnumerable<string> arguments) =>
        Tool.OutputAsync(
            "/",
            ["/bin/sh", "-c", "exec \"$@\" >/dev/null 2>&1 </dev/null", "sh", .. Tool.IsRoot ? ["runuser", "-u", "postgres", "--"] : Array.Empty<string>(), Path.Combine(bin, program), .. arguments]);
}

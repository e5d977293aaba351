using System.Diagnostics;
using System.Globalization;
using Feeds.Host.Commands;
using Feeds.Storage;
using LinqToDB.Data;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace Feeds.Host.Tests;

/// <summary>
/// Files of subscribers whose import and export die in the middle. FEEDS_IMPORT_ROWS makes it more rows than 60,000 on each
/// database, FEEDS_IMPORT_KILLS more kills than three of the import; the export dies a third as often.
/// </summary>
public sealed class SubscriberFileKillTests(ITestOutputHelper output)
{
    private const int FewRows = 60_000;
    private const int FewKills = 3;
    private const string Before = "email\nbefore@example.org\n";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    [DatabaseTheory, EachDatabase]
    public async Task However_often_import_and_export_are_killed_each_is_brought_in_and_written_once(DatabaseProvider provider)
    {
        var kills = Setting("FEEDS_IMPORT_KILLS") ?? FewKills;
        using var folder = new TestFolder();
        await using var here = await Store.CreateAsync(provider, folder);
        await using var there = await Store.CreateAsync(provider, folder);
        var list = await LongList.WriteAsync(folder["list.csv"], Setting("FEEDS_IMPORT_ROWS") ?? FewRows);

        var imported = await here.ImportAsync(list, kills);
        var exported = await here.ExportAsync(folder["people.csv"], Math.Max(1, kills / 3));
        var again = await there.RunAsync("subscriber", "import", folder["people.csv"], "--confirmed", "--source", "a move");
        await there.RunAsync("subscriber", "export", folder["there.csv"]);

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{provider}: {list.People + list.Again + list.Refused} rows; {imported} the import, killed {kills} times, {exported} the export, killed {Math.Max(1, kills / 3)} times; elsewhere:\n{again.Output}"));
        Assert.Equal(0, again.ExitCode);
        Assert.Equal(Sorted(folder["people.csv"]), Sorted(folder["there.csv"]));
        Assert.Equal(list.People + 1, File.ReadLines(folder["people.csv"]).Count());
    }

    // Whoever left comes first when they are brought in, so the order is another.
    private static List<string> Sorted(string file) => [.. File.ReadLines(file).Order(StringComparer.Ordinal)];

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>A database and the program's commands on it.</summary>
    private sealed class Store : IAsyncDisposable
    {
        private readonly TestDatabase database;
        private readonly TestFolder folder;
        private readonly ServiceProvider services;

        private Store(TestDatabase database, TestFolder folder)
        {
            (this.database, this.folder) = (database, folder);
            services = CommandServices.Create([Setting]);
        }

        private string Setting => $"--Storage:ConnectionString={database.ConnectionString}";

        public static async Task<Store> CreateAsync(DatabaseProvider provider, TestFolder folder)
        {
            var store = new Store(await TestDatabase.CreateAsync(provider), folder);
            await store.services.GetRequiredService<DatabaseMigrator>().MigrateAsync(default);
            return store;
        }

        /// <summary>Imports, killed so often in the middle of a transaction that isn't its first, then to its end.</summary>
        /// <returns>How long all of it took.</returns>
        public async Task<TimeSpan> ImportAsync(LongList list, int kills)
        {
            string[] import = ["subscriber", "import", list.Path, "--cadence", "weekly", "--confirmed", "--source", "paper form, fair of May 2026"];
            var started = TimeProvider.System.GetTimestamp();
            var before = 0L;
            for (var kill = 0; kill < kills; kill++)
            {
                await using var held = await HeldImport.AfterOneMoreAsync(services.GetRequiredService<Database>());
                await using var program = ProgramProcess.Start(folder.Path, [.. import, Setting]);
                await Eventually.TrueAsync(async () => await CountAsync() > before || program.HasEnded, () => $"it imports\n{program.Printed}", Patience);
                Assert.False(program.HasEnded, program.Printed);
                program.Kill();
                await program.WaitForEndAsync();
                before = await CountAsync();
            }

            var (exitCode, printed) = await RunAsync(import);

            Assert.Equal(1, exitCode);
            Assert.Contains("went on where an earlier run was stopped", printed, StringComparison.Ordinal);
            Assert.Equal(list.People, Numbers(printed, "subscribed, ").Sum());
            Assert.Contains($"as before: {list.Again} known already", printed, StringComparison.Ordinal);
            Assert.Contains($"{list.Refused} refused", printed, StringComparison.Ordinal);
            Assert.Equal(list.Refused + 1, File.ReadLines($"{list.Path}.refused.csv").Count());
            Assert.Equal(list.People, await CountAsync());
            Assert.Equal(list.People, await CountAsync("subscriber"));
            Assert.Equal(list.People, await CountAsync("consent"));
            Assert.Equal(0, await CountAsync("import_progress"));
            return TimeProvider.System.GetElapsedTime(started);
        }

        /// <summary>Exports over a file that is there, killed so often with a part of it written, then to its end.</summary>
        /// <returns>How long all of it took.</returns>
        public async Task<TimeSpan> ExportAsync(string path, int kills)
        {
            await File.WriteAllTextAsync(path, Before);
            var started = TimeProvider.System.GetTimestamp();
            for (var kill = 0; kill < kills; kill++)
            {
                var part = new byte[1_000];
                await MakePipeAsync($"{path}.new");
                // The export is larger than what a pipe holds, so with nobody reading on it can't end before it dies. Open
                // for both, a pipe makes nobody wait for its other end.
                await using (var pipe = new FileStream($"{path}.new", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0))
                {
                    await using var program = ProgramProcess.Start(folder.Path, "subscriber", "export", path, Setting);
                    await Task.WhenAny(pipe.ReadExactlyAsync(part).AsTask(), program.WaitForEndAsync(Patience));
                    Assert.False(program.HasEnded, program.Printed);
                    program.Kill();
                    await program.WaitForEndAsync();
                }

                Assert.Equal(Before, await File.ReadAllTextAsync(path));
                File.Delete($"{path}.new");
                await File.WriteAllBytesAsync($"{path}.new", part);
            }

            Assert.Equal(0, (await RunAsync("subscriber", "export", path)).ExitCode);
            Assert.False(File.Exists($"{path}.new"));
            return TimeProvider.System.GetElapsedTime(started);
        }

        public async Task<(int ExitCode, string Output)> RunAsync(params string[] command)
        {
            await using var program = ProgramProcess.Start(folder.Path, [.. command, Setting]);
            return (await program.WaitForEndAsync(Patience), program.Printed);
        }

        public async ValueTask DisposeAsync()
        {
            await services.DisposeAsync();
            await database.DisposeAsync();
        }

        private static async Task MakePipeAsync(string path)
        {
            File.Delete(path);
            using var made = Process.Start("mkfifo", [path]);
            await made.WaitForExitAsync();
        }

        // “39200 subscribed, 0 kept as unconfirmed, 800 noted as having left, 0 suppressed”
        private static IEnumerable<int> Numbers(string printed, string mark) =>
            printed.Split('\n').Single(line => line.Contains(mark, StringComparison.Ordinal)).Split(", ").Select(part => int.Parse(part.Split(' ')[0], CultureInfo.InvariantCulture));

        private async Task<long> CountAsync(string table = "subscription")
        {
            await using var connection = services.GetRequiredService<Database>().Open();
            return await connection.ExecuteAsync<long>($"SELECT COUNT(*) FROM {table}");
        }
    }
}

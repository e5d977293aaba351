using System.Globalization;
using Feeds.Host.Startup;
using Feeds.Storage;

namespace Feeds.Host.Tests;

/// <summary>The machine's language and calendar are the administrator's, and no reader's business.</summary>
public sealed class CultureTests
{
    [SkippableFact]
    public async Task In_every_culture_on_every_database_and_after_a_restart_feeds_have_the_same_bytes()
    {
        using var folder = new TestFolder();
        folder.Write("hard/digits.md", "---\ntitle: \"IİıI 1 234 567,89 − ١٢٣\"\nslug: digits\ndate: 2026-03-29T02:30:00 Europe/Paris\nupdated: 2026-03-30\ncategories: [Été, ete, \"ÉTÉ\", \"Itinéraires\", \"إجازة\"]\naudio: https://cdn.example/a.mp3\naudio_length: 48123456\naudio_duration: 1:02:03\n---\nTexte.\n");
        folder.Write("hard/old.md", "---\ntitle: Old\nslug: old\ndate: 1970-01-01T00:00:00Z\n---\nText.\n");
        Dictionary<string, string>? first = null;
        foreach (var culture in (string[])["fr_FR", "ar_SA", "th_TH"])
        {
            foreach (var provider in (DatabaseProvider[])[DatabaseProvider.Sqlite, DatabaseProvider.PostgreSql])
            {
                await using var database = await TestDatabase.CreateAsync(provider);
                await RunAsync(folder, culture, database, "import", ProgramFolders.Sample);
                await RunAsync(folder, culture, database, "import", "hard");
                // Each command is a process of its own.
                foreach (var round in (int[])[1, 2])
                {
                    var target = string.Create(CultureInfo.InvariantCulture, $"{culture}-{provider}-{round}");
                    await RunAsync(folder, culture, database, "publish", target);
                    var tree = Tree(folder[target]);
                    first ??= tree;
                    Assert.Equal(first, tree);
                }
            }
        }

        // The publication and its categories in three formats each, and the list of them, all with two codings beside them.
        Assert.InRange(first!.Count, 120, 200);
    }

    private static async Task RunAsync(TestFolder folder, string culture, TestDatabase database, params string[] command)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["LANG"] = $"{culture}.UTF-8",
            ["LC_ALL"] = $"{culture}.UTF-8",
            ["DOTNET_STARTUP_HOOKS"] = typeof(CultureTests).Assembly.Location,
        };

        var (exitCode, _, errors) = await ProgramProcess.RunAsync(
            folder.Path,
            environment,
            [.. command, "--Storage:ConnectionString", database.ConnectionString, "--Publication:BaseUrl=https://atelier.example", "--Publication:Language=fr", "--Publication:TimeZone=Europe/Paris"]);

        Assert.True(exitCode == 0, errors);
        // Else the test would show nothing.
        Assert.Contains(StartupHook.Says + culture.Replace('_', '-'), errors, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Tree(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            // The manifest also names the store.
            .Where(file => !file.EndsWith("feeds.manifest.json", StringComparison.Ordinal))
            .ToDictionary(file => Path.GetRelativePath(folder, file), file => Convert.ToHexString(File.ReadAllBytes(file)), StringComparer.Ordinal);
}

namespace Feeds.Host.Tests;

/// <summary>Files of subscribers from the shell.</summary>
public sealed class SubscriberFileTests
{
    private static readonly string[] Proved = ["--cadence", "weekly", "--confirmed", "--source", "paper form, fair of May 2026"];

    [Fact]
    public async Task A_dry_run_says_what_would_come_of_it_and_the_import_does_that()
    {
        using var folder = new TestFolder();
        var file = folder.Write("list.csv", "Nom;Adresse e-mail;Désabonné\nAda;ada@example.org;non\nBob;bob@example.org;oui\nNobody;nobody;non\n");

        var dry = await ProgramProcess.RunAsync(folder.Path, ["subscriber", "import", file, "--dry-run", .. Proved]);
        var nobody = await ProgramProcess.RunAsync(folder.Path, "subscriber", "list");
        var done = await ProgramProcess.RunAsync(folder.Path, ["subscriber", "import", file, .. Proved]);
        var (_, list, _) = await ProgramProcess.RunAsync(folder.Path, "subscriber", "list");

        Assert.Equal((1, 1), (dry.ExitCode, done.ExitCode));
        Assert.Equal(
            [
                "columns: email from “Adresse e-mail”, left_at from “Désabonné”",
                "left out: “Nom”",
                "would be: 1 subscribed, 0 kept as unconfirmed, 1 noted as having left, 0 suppressed",
                "as before: 0 known already, 0 had left here, 0 were suppressed",
                $"1 refused, all of them in {file}.refused.csv",
            ],
            dry.Output.Trim().Split('\n'),
            StringComparer.Ordinal);
        Assert.Equal(dry.Output.Replace("would be: ", "", StringComparison.Ordinal), done.Output);
        Assert.StartsWith("list.csv:4: The address has no @", done.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("\r", done.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("example.org", nobody.Output, StringComparison.Ordinal);
        Assert.Matches(@"ada@example\.org\s+weekly\s+confirmed", list);
        Assert.Matches(@"bob@example\.org\s+weekly\s+left", list);
        Assert.StartsWith("4,\"The address has no @", (await File.ReadAllLinesAsync($"{file}.refused.csv"))[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Consent_without_a_source_is_wrong_use_and_without_consent_nobody_is_subscribed()
    {
        using var folder = new TestFolder();
        var file = folder.Write("list.csv", "email\nada@example.org\n");

        var noSource = await ProgramProcess.RunAsync(folder.Path, "subscriber", "import", file, "--cadence", "weekly", "--confirmed");
        var noConsent = await ProgramProcess.RunAsync(folder.Path, "subscriber", "import", file, "--cadence", "weekly", "--source", "a fair");
        var noName = await ProgramProcess.RunAsync(folder.Path, "subscriber", "import", file, "--cadence", "weekly", "--column", "email");
        var noFile = await ProgramProcess.RunAsync(folder.Path, "subscriber", "import", "nothing.csv", "--cadence", "weekly");
        var unproved = await ProgramProcess.RunAsync(folder.Path, "subscriber", "import", file, "--cadence", "weekly");
        var (_, list, _) = await ProgramProcess.RunAsync(folder.Path, "subscriber", "list");

        Assert.Equal((2, 2, 2, 1, 0), (noSource.ExitCode, noConsent.ExitCode, noName.ExitCode, noFile.ExitCode, unproved.ExitCode));
        Assert.Contains("--source", noSource.Errors, StringComparison.Ordinal);
        Assert.Contains("nothing.csv can't be read", noFile.Errors, StringComparison.Ordinal);
        Assert.StartsWith("Without --confirmed nobody is subscribed", unproved.Errors, StringComparison.Ordinal);
        Assert.Matches(@"ada@example\.org\s+weekly\s+unconfirmed", list);
    }

    [Fact, Attack(35)]
    public async Task An_export_is_for_its_owner_alone_and_is_imported_again()
    {
        using var folder = new TestFolder();
        await ProgramProcess.RunAsync(folder.Path, "subscriber", "add", "+news@example.org", "--cadence", "weekly", "--confirmed");

        var printed = await ProgramProcess.RunAsync(folder.Path, "subscriber", "export");
        var written = await ProgramProcess.RunAsync(folder.Path, "subscriber", "export", "people.csv");
        var nowhere = await ProgramProcess.RunAsync(folder.Path, "subscriber", "export", "nowhere/people.csv");
        var again = await ProgramProcess.RunAsync(folder.Path, ["subscriber", "import", "people.csv", .. Proved]);

        Assert.Equal((0, 0, 1, 0), (printed.ExitCode, written.ExitCode, nowhere.ExitCode, again.ExitCode));
        Assert.Equal(printed.Output, await File.ReadAllTextAsync(folder["people.csv"]));
        Assert.Contains("\n'+news@example.org,confirmed,", printed.Output, StringComparison.Ordinal);
        Assert.Equal($"1 subscriptions in {folder["people.csv"]}", written.Output.Trim());
        Assert.Contains("as before: 1 known already", again.Output, StringComparison.Ordinal);
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(folder["people.csv"]) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }
}

using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Feeds.Host.Tests;

public sealed class PublishedProgramTests
{
    [Fact]
    public async Task The_published_program_brings_with_it_all_that_it_needs()
    {
        using var folder = new TestFolder();
        var program = ProgramProcess.PublishedFolder ?? await PublishAsync(folder["program"]);

        folder.Write("elsewhere/note", "a working folder without templates or appsettings.json");
        using var check = Process.Start(new ProcessStartInfo(Path.Combine(program, "feeds"), ["check"]) { UseShellExecute = false, RedirectStandardOutput = true, WorkingDirectory = folder["elsewhere"] })!;
        var checks = await check.StandardOutput.ReadToEndAsync();
        await check.WaitForExitAsync();

        Assert.True(check.ExitCode == 0, checks);
        Assert.Contains("pass  templates", checks, StringComparison.Ordinal);
        Assert.Equal(Directory.GetFiles(Path.Combine(program, "templates"), "*.cshtml").Length, Directory.GetFiles(Path.Combine(program, "compiled-templates")).Length);
        Assert.True(File.Exists(Path.Combine(program, "wwwroot/site.css")), "the stylesheet is published");
        Assert.True(Directory.GetFiles(Path.Combine(program, "Sample"), "*.md").Length >= 12, "the sample is published");
    }

    private static async Task<string> PublishAsync(string folder)
    {
        // The analyzers have had their say when this test was built, and would take as long as the compiler.
        using var publish = Process.Start(new ProcessStartInfo("dotnet", ["publish", Project(), "-o", folder, "--nologo", "-p:RunAnalyzers=false"]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var output = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        Assert.True(publish.ExitCode == 0, output);
        return folder;
    }

    private static string Project([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "src", "Feeds.Host"));
}

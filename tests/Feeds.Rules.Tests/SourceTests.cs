using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Feeds.Rules.Tests;

public sealed class SourceTests
{
    [Fact]
    public void A_file_is_short_enough_to_be_read()
    {
        var tooLong = Checkout.Sources("src", "tests")
            .Select(file => (File: Path.GetRelativePath(Checkout.Root, file), Lines: File.ReadLines(file).Count()))
            .Where(file => file.Lines > 300);

        Assert.Empty(tooLong);
        Assert.True(File.ReadLines(Path.Combine(Checkout.Root, "src/Feeds.Host/Program.cs")).Count() <= 60, "Program.cs is the contents page: at most sixty lines");
    }

    [Fact]
    public void Nothing_is_named_for_being_miscellaneous()
    {
        var names = new Regex(@"\b(class|record|struct|interface)\s+\w*(Utils?|Helpers?|Manager)\b|^\s*#region", RegexOptions.Multiline | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture);

        Assert.DoesNotContain(Checkout.Sources("src", "tests"), file => !file.EndsWith("SourceTests.cs", StringComparison.Ordinal) && names.IsMatch(File.ReadAllText(file)));
    }

    [Theory]
    [InlineData("System.DateTime.UtcNow")]
    [InlineData("System.DateTimeOffset.Now")]
    [InlineData("System.Diagnostics.Stopwatch.StartNew()")]
    [InlineData("System.Threading.Tasks.Task.Delay(5)")]
    public async Task A_second_clock_does_not_build(string expression)
    {
        using var folder = new TestFolder();
        folder.Write("Directory.Build.props", $"<Project><Import Project=\"{Checkout.Root}/Directory.Build.props\" /></Project>");
        folder.Write("Directory.Packages.props", $"<Project><Import Project=\"{Checkout.Root}/Directory.Packages.props\" /></Project>");
        folder.Write(".editorconfig", await File.ReadAllTextAsync(Path.Combine(Checkout.Root, ".editorconfig")));
        folder.Write("Clock.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\" />");
        folder.Write("Clock.cs", $"namespace Clock;\n\npublic static class Wrong\n{{\n    public static object Time() => {expression};\n}}\n");

        var start = new ProcessStartInfo("dotnet", ["build", folder["Clock.csproj"], "--nologo"]) { RedirectStandardOutput = true, UseShellExecute = false };
        using var build = Process.Start(start)!;
        var output = await build.StandardOutput.ReadToEndAsync();
        await build.WaitForExitAsync();

        Assert.NotEqual(0, build.ExitCode);
        Assert.Contains("error RS0030", output, StringComparison.Ordinal);
    }
}

using System.Diagnostics;
using Xunit;

namespace Feeds.Testing;

/// <summary>Programs that are not ours, to see what is ours as they do.</summary>
public static class OtherProgram
{
    private const string Xmllint = "/usr/bin/xmllint";
    private const string Python = "/usr/bin/python3";

    /// <summary>libxml2; skips the test where it is lacking.</summary>
    public static Task<(int ExitCode, string Output, string Errors)> XmllintAsync(params string[] arguments)
    {
        Lacking.SkipOrFail(File.Exists(Xmllint) ? null : "xmllint (Debian: apt-get install libxml2-utils)");
        return RunAsync(Xmllint, arguments);
    }

    /// <summary>A script that needs one module; skips the test where that is lacking.</summary>
    public static async Task<string> PythonAsync(string module, string script, params string[] arguments)
    {
        await LookForModuleAsync(module);
        var (exitCode, output, errors) = await RunAsync(Python, ["-c", script, .. arguments]);
        Assert.True(exitCode == 0, errors);
        return output;
    }

    /// <summary>A script that needs one module and goes on until it is disposed of; skips the test where that is lacking.</summary>
    public static async Task<RunningProgram> StartPythonAsync(string module, string script, params string[] arguments)
    {
        await LookForModuleAsync(module);
        return RunningProgram.Start(Python, ["-c", script, .. arguments]);
    }

    private static async Task LookForModuleAsync(string module)
    {
        var isThere = File.Exists(Python) && (await RunAsync(Python, "-c", $"import {module}")).ExitCode == 0;
        Lacking.SkipOrFail(isThere ? null : $"{module} (Debian: apt-get install python3-{module})");
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await errors);
    }
}

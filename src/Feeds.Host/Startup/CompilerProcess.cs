using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using Feeds.Host.Commands;

namespace Feeds.Host.Startup;

/// <summary>
/// The program once more, to compile the mail templates and end: the memory of a compiler goes with its process. Where
/// this fails, whoever needs the templates compiles them and names their mistakes.
/// </summary>
internal static class CompilerProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static async Task RunAsync(IReadOnlyList<string> settings, TimeProvider clock, CancellationToken cancellationToken)
    {
        // Within another program, a test's, nobody knows how to start this one.
        if (Environment.ProcessPath is not { } path || Assembly.GetEntryAssembly() != typeof(Program).Assembly)
        {
            return;
        }

        // `feeds …` or `dotnet feeds.dll …`.
        var isRuntime = string.Equals(Path.GetFileNameWithoutExtension(path), "dotnet", StringComparison.Ordinal);
        string[] program = isRuntime ? [typeof(Program).Assembly.Location] : [];
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            using var process = Process.Start(new ProcessStartInfo(path, [.. program, TemplatesCommand.Name, .. settings])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            try
            {
                // It says nothing that the start doesn't say.
                await Task.WhenAll(process.StandardOutput.ReadToEndAsync(either.Token), process.StandardError.ReadToEndAsync(either.Token));
                await process.WaitForExitAsync(either.Token);
            }
            finally
            {
                if (!process.HasExited)
                {
                    process.Kill();
                }
            }
        }
        catch (Exception failed) when (failed is Win32Exception or IOException || (failed is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Nothing is lost but the memory that it would have saved.
        }
    }
}

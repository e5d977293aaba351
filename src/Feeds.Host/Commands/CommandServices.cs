using System.Runtime.InteropServices;
using System.Text.Json;
using Feeds.Host.Configuration;
using Feeds.Storage;
using Microsoft.Extensions.Options;

namespace Feeds.Host.Commands;

/// <summary>What the commands beside <c>serve</c> share: the rooms without their workers, and how a refusal is said.</summary>
internal static class CommandServices
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Opens and migrates the database and runs the command; expected refusals become sentences on stderr.</summary>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> settings,
        Func<IServiceProvider, CancellationToken, Task<int>> command,
        CancellationToken stop)
    {
        // A first signal lets what is in flight finish; a second one ends the process at once.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, StopOnce);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, StopOnce);
        var cancellationToken = stopping.Token;
        try
        {
            await using var services = Create(settings);
            services.GetService<IStartupValidator>()?.Validate();
            await services.GetRequiredService<DatabaseMigrator>().MigrateAsync(cancellationToken);
            await Startup.SeedStore.RunAsync(services, cancellationToken);
            return await command(services, cancellationToken);
        }
        catch (Exception refused) when (Refusal.Of(refused) is { } sentences)
        {
            return await RefuseAsync(sentences);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return await RefuseAsync(["Stopped before the end; what was done so far is kept, and running the command again goes on from there."]);
        }

        void StopOnce(PosixSignalContext signal)
        {
            signal.Cancel = !stopping.IsCancellationRequested;
            stopping.Cancel();
        }
    }

    /// <summary>The rooms, with logs on stderr so that stdout holds the command's answer alone.</summary>
    public static ServiceProvider Create(IReadOnlyList<string> settings)
    {
        var configuration = new ConfigurationManager();
        configuration.AddProgramSettings(settings);
        foreach (var warning in KnownKeys.Warnings(configuration))
        {
            Console.Error.WriteLine($"Warning: {warning}");
        }

        return new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddLogging(logging => logging
                .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
                .SetMinimumLevel(LogLevel.Warning))
            .AddRooms()
            .BuildServiceProvider();
    }

    public static async Task<int> RefuseAsync(IEnumerable<string> sentences)
    {
        foreach (var sentence in sentences)
        {
            await Console.Error.WriteLineAsync(sentence);
        }

        return CommandLine.Refused;
    }

    public static void WriteJson<T>(T value) => Console.WriteLine(JsonSerializer.Serialize(value, Json));
}

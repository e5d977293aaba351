using System.CommandLine;
using Feeds.Host.Startup;

namespace Feeds.Host.Commands;

/// <summary><c>feeds serve</c>, also what <c>feeds</c> alone does.</summary>
internal static class ServeCommand
{
    public static Command Create(IReadOnlyList<string> settings)
    {
        var command = new Command("serve", "Runs the worker, the pages and the schedule (the default).");
        command.SetAction((_, cancellationToken) => RunAsync(settings, cancellationToken));
        return command;
    }

    public static async Task<int> RunAsync(IReadOnlyList<string> settings, CancellationToken cancellationToken)
    {
        try
        {
            await using var site = await Site.StartAsync(settings, _ => { }, cancellationToken);
            await site.WaitForShutdownAsync(cancellationToken);
            return CommandLine.Done;
        }
        catch (Exception refused) when (Refusal.Of(refused) is { } sentences)
        {
            return await CommandServices.RefuseAsync(sentences);
        }
        catch (IOException taken) when (taken.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            return await CommandServices.RefuseAsync([$"{taken.Message} Stop the other program, or choose another port: --urls http://localhost:5001 --Publication:BaseUrl http://localhost:5001"]);
        }
    }
}

using System.CommandLine;
using Feeds.Host.Configuration;

namespace Feeds.Host.Commands;

/// <summary>The words that the program <c>feeds</c> understands.</summary>
internal static class CommandLine
{
    public const int Done = 0;
    public const int Refused = 1;
    public const int WrongUse = 2;

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var (settings, words) = ProgramConfiguration.Split(arguments);
        var parsed = Create(settings).Parse(words);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await Console.Error.WriteLineAsync(error.Message);
            }

            await Console.Error.WriteLineAsync("Write `feeds --help`, or a command and --help, for what can be said.");
            return WrongUse;
        }

        // A send in flight is finished, not cut off: serving and delivering decide themselves how long an end takes.
        return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    private static RootCommand Create(IReadOnlyList<string> settings)
    {
        var serve = ServeCommand.Create(settings);
        var root = new RootCommand("Feeds publishes RSS and Atom feeds of a folder of articles and mails digests of them.")
        {
            serve,
            ImportCommand.Create(settings),
            PublishCommand.Create(settings),
            CategoryCommand.Create(settings),
            SubscriberCommand.Create(settings),
            EditionCommand.Create(settings),
            DeliveryCommand.Create(settings),
            BounceCommand.Create(settings),
            SuppressionCommand.Create(settings),
            TokenCommand.Create(settings),
            WebhookCommand.Create(settings),
            LiveCommand.Create(settings),
            ScheduleCommand.Create(settings),
            CheckCommand.Create(settings),
            DoctorCommand.Create(settings),
            TemplatesCommand.Create(settings),
        };
        root.SetAction((_, cancellationToken) => ServeCommand.RunAsync(settings, cancellationToken));
        return root;
    }
}

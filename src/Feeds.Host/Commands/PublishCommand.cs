using System.CommandLine;
using Feeds.Syndication;

namespace Feeds.Host.Commands;

/// <summary><c>feeds publish FOLDER</c>.</summary>
internal static class PublishCommand
{
    public static Command Create(IReadOnlyList<string> settings)
    {
        var folder = new Argument<string>("FOLDER") { Description = "The folder of a static host; made when it is lacking." };
        var command = new Command("publish", "Writes every feed and archive as a file, with the bytes that serve sends; doing it again writes only what changed.") { folder };
        command.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            settings,
            async (services, token) =>
            {
                var report = await services.GetRequiredService<FeedFolder>().WriteAsync(parsed.GetRequiredValue(folder), token);
                Console.WriteLine($"{report.Written} written, {report.Unchanged} unchanged, {report.Removed} removed");
                return CommandLine.Done;
            },
            cancellationToken));
        return command;
    }
}

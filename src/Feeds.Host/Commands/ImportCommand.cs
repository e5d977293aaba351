using System.CommandLine;
using Feeds.Articles;

namespace Feeds.Host.Commands;

/// <summary><c>feeds import FOLDER</c>.</summary>
internal static class ImportCommand
{
    public static Command Create(IReadOnlyList<string> settings)
    {
        var folder = new Argument<string>("FOLDER") { Description = "A folder of Markdown files with front matter." };
        var command = new Command("import", "Brings a folder of Markdown articles into the store; doing it again changes only what changed.") { folder };
        command.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            settings,
            async (services, token) =>
            {
                var report = await services.GetRequiredService<FolderImport>().ImportAsync(parsed.GetRequiredValue(folder), token);
                foreach (var refused in report.Refused)
                {
                    await Console.Error.WriteLineAsync(refused.Line > 0 ? $"{refused.File}:{refused.Line}: {refused.Reason}" : $"{refused.File}: {refused.Reason}");
                }

                Console.WriteLine($"{report.Added} added, {report.Changed} changed, {report.Unchanged} unchanged, {report.Refused.Count} refused");
                return report.Refused.Count == 0 ? CommandLine.Done : CommandLine.Refused;
            },
            cancellationToken));
        return command;
    }
}

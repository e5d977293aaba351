using System.CommandLine;
using Feeds.Newsletter;

namespace Feeds.Host.Commands;

/// <summary>Compiles the mail templates for the next who needs them; what <see cref="Startup.CompilerProcess"/> runs, not people.</summary>
internal static class TemplatesCommand
{
    public const string Name = "compile-templates";

    public static Command Create(IReadOnlyList<string> settings)
    {
        var command = new Command(Name, "Compiles the mail templates.") { Hidden = true };
        command.SetAction(async (_, cancellationToken) =>
        {
            await using var services = CommandServices.Create(settings);
            var mistakes = await services.GetRequiredService<MailTemplates>().CompileAsync(cancellationToken);
            return mistakes.Count == 0 ? CommandLine.Done : CommandLine.Refused;
        });
        return command;
    }
}

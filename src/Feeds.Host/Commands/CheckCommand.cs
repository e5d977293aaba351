using System.CommandLine;
using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter;
using Feeds.Storage;
using Microsoft.Extensions.Options;

namespace Feeds.Host.Commands;

/// <summary><c>feeds check</c>: everything that would spoil the first edition, looked at before it does.</summary>
internal static class CheckCommand
{
    public static Command Create(IReadOnlyList<string> settings)
    {
        var command = new Command("check", "Looks at configuration, database, folders, templates and zone data.");
        command.SetAction(async (_, cancellationToken) =>
        {
            try
            {
                await using var services = CommandServices.Create(settings);
                return await LookAsync(services, cancellationToken);
            }
            catch (Exception refused) when (Refusal.Of(refused) is { } sentences)
            {
                return await CommandServices.RefuseAsync(sentences);
            }
        });
        return command;
    }

    private static async Task<int> LookAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var passed = true;
        foreach (var (name, look) in Checks(services))
        {
            try
            {
                Console.WriteLine($"pass  {name}: {await look(cancellationToken)}");
            }
            catch (Exception refused) when (Refusal.Of(refused) is { } sentences)
            {
                passed = false;
                foreach (var sentence in sentences)
                {
                    Console.WriteLine($"FAIL  {name}: {sentence}");
                }
            }
        }

        return passed ? CommandLine.Done : CommandLine.Refused;
    }

    private static IEnumerable<(string Name, Func<CancellationToken, Task<string>> Look)> Checks(IServiceProvider services)
    {
        yield return ("configuration", _ =>
        {
            services.GetService<IStartupValidator>()?.Validate();
            return Task.FromResult("every value is in its range");
        });
        yield return ("database", async token =>
        {
            var migrator = services.GetRequiredService<DatabaseMigrator>();
            await migrator.MigrateAsync(token);
            var database = services.GetRequiredService<Database>();
            return $"{database.Provider} {await migrator.EngineVersionAsync()}, {database.Description}, migrated and writable";
        });
        yield return ("mail folder", _ =>
        {
            var mail = services.GetRequiredService<IOptions<MailOptions>>().Value;
            return Task.FromResult(mail.Mode == MailMode.Pickup ? Writable(services.GetRequiredService<PickupFolder>()) : $"not needed in {mail.Mode.ToString().ToLowerInvariant()} mode");
        });
        yield return ("live", async token => await services.GetRequiredService<LiveGuard>().FindTroubleAsync(token) is { } trouble
            ? throw new InvalidDataException(trouble)
            : services.GetRequiredService<IOptions<MailOptions>>().Value.Mode == MailMode.Live ? "this database is confirmed to send" : "nobody is written to");
        yield return ("articles folder", _ =>
        {
            var folder = services.GetRequiredService<IOptions<ArticlesOptions>>().Value.Folder;
            return Task.FromResult(string.IsNullOrEmpty(folder) ? "none is watched (Articles:Folder is not set)" : $"{Path.GetFullPath(folder)} is there");
        });
        yield return ("templates", async token =>
        {
            var mistakes = await services.GetRequiredService<MailTemplates>().CompileAsync(token);
            return mistakes.Count == 0 ? "all compile" : throw new InvalidDataException(string.Join(Environment.NewLine, mistakes));
        });
        yield return ("zone data", _ => Task.FromResult(ZoneData(services.GetRequiredService<IOptions<PublicationOptions>>().Value.TimeZone)));
    }

    private static string Writable(PickupFolder mails)
    {
        try
        {
            mails.Create();
            using var probe = new FileStream(Path.Combine(mails.Path, ".writable"), FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            return $"{mails.Path} is writable";
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{mails.Path} can't be written: {refused.Message} Give this user the right to, or set Mail:PickupFolder to another folder.", refused);
        }
    }

    private static string ZoneData(string zone) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) && found.HasIanaId
            ? $"{TimeZoneInfo.GetSystemTimeZones().Count} zones, {zone} among them"
            : throw new InvalidDataException($"The zone {zone} is not known to this machine. Install its time zone data (Debian: apt-get install tzdata).");
}

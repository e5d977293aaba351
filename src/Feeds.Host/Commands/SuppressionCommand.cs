using System.CommandLine;
using System.Globalization;
using Feeds.Mail;

namespace Feeds.Host.Commands;

/// <summary><c>feeds suppression list|add|remove|import|export</c>.</summary>
internal static class SuppressionCommand
{
    private const int Listed = 100;

    public static Command Create(IReadOnlyList<string> settings) =>
        new("suppression", "Who is not written to, whatever is to be sent.") { CreateList(settings), CreateAdd(settings), CreateRemove(settings), CreateImport(settings), CreateExport(settings) };

    private static Command CreateList(IReadOnlyList<string> settings)
    {
        var beginning = new Argument<string?>("BEGINNING") { Description = "What the addresses begin with; all without it.", Arity = ArgumentArity.ZeroOrOne };
        var domain = new Option<string?>("--domain") { Description = "Only addresses of this domain." };
        var after = new Option<long>("--after") { Description = "Only those with a higher number: the last one of the page before." };
        var json = JsonOption.Create();
        var command = new Command("list", "The first hundred addresses, by number.") { beginning, domain, after, json };
        command.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            settings,
            async (services, token) =>
            {
                var search = new SuppressionSearch { Beginning = parsed.GetValue(beginning), Domain = parsed.GetValue(domain), After = parsed.GetValue(after) };
                var found = await services.GetRequiredService<SuppressionList>().FindAsync(search, Listed, token);
                if (parsed.GetValue(json))
                {
                    CommandServices.WriteJson(found.Select(one => new { one.Number, one.Address, Reason = one.CauseName, one.Detail, one.FirstAt, one.LastAt, one.DeliveryId }));
                    return CommandLine.Done;
                }

                TextTable.Write(
                    ["NUMBER", "ADDRESS", "REASON", "SINCE", "DETAIL"],
                    found.Select(one => (string[])[one.Number.ToString(CultureInfo.InvariantCulture), one.Address, one.CauseName, one.FirstAt.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture), one.Detail ?? ""]));
                if (found.Count == Listed)
                {
                    await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"There may be more: --after {found[^1].Number}"));
                }

                return CommandLine.Done;
            },
            cancellationToken));
        return command;
    }

    private static Command CreateAdd(IReadOnlyList<string> settings)
    {
        var address = new Argument<string>("ADDRESS");
        var detail = new Option<string?>("--detail") { Description = "Why, for whoever reads the list later." };
        var command = new Command("add", "Nobody writes to this address any more.") { address, detail };
        command.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            settings,
            async (services, token) =>
            {
                if (await services.GetRequiredService<SuppressionList>().AddAsync(parsed.GetRequiredValue(address), parsed.GetValue(detail), token) is { } refused)
                {
                    return await CommandServices.RefuseAsync([refused]);
                }

                Console.WriteLine("added");
                return CommandLine.Done;
            },
            cancellationToken));
        return command;
    }

    private static Command CreateRemove(IReadOnlyList<string> settings)
    {
        var address = new Argument<string>("ADDRESS");
        var command = new Command("remove", "Takes the address off the list: it is written to from the next mailing on.") { address };
        command.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            settings,
            async (services, token) =>
            {
                if (!await services.GetRequiredService<SuppressionList>().LiftAsync(parsed.GetRequiredValue(address), token))
                {
                    return await CommandServices.RefuseAsync(["This address is not on the list."]);
                }

                Console.WriteLine("removed");
                return CommandLine.Done;
            },
            cancellationToken));
        return command;
    }

    private static Command CreateImport(IReadOnlyList<string> settings)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "An address a line, or CSV with a line that names the columns: address (or email), reason, detail. UTF-8, at most 64 MB." };
        var command = new Command("import", "Adds the addresses of a file; doing it again changes nothing.") { file };
        command.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            settings,
            async (services, token) =>
            {
                var path = parsed.GetRequiredValue(file);
                if (!path.Exists)
                {
                    return await CommandServices.RefuseAsync([$"{path.FullName} doesn't exist."]);
                }

                await using var content = path.OpenRead();
                var report = await services.GetRequiredService<SuppressionList>().ImportAsync(content, token);
                foreach (var refused in report.Refused)
                {
                    await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{path.Name}:{refused.Line}: {refused.Reason}"));
                }

                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Listed} added, {report.Known} known already, {report.RefusedCount} refused"));
                return report.RefusedCount == 0 ? CommandLine.Done : CommandLine.Refused;
            },
            cancellationToken));
        return command;
    }

    private static Command CreateExport(IReadOnlyList<string> settings)
    {
        var command = new Command("export", "Prints the list as CSV.");
        command.SetAction((_, cancellationToken) => CommandServices.RunAsync(
            settings,
            async (services, token) =>
            {
                await services.GetRequiredService<SuppressionList>().ExportAsync(Console.Out, token);
                return CommandLine.Done;
            },
            cancellationToken));
        return command;
    }
}

using System.CommandLine;
using System.Globalization;
using Feeds.Scheduling;

namespace Feeds.Host.Commands;

/// <summary><c>feeds schedule list|set</c>.</summary>
internal static class ScheduleCommand
{
    // The shell speaks English, whatever the publication does.
    private const string English = "en";

    public static Command Create(IReadOnlyList<string> settings) =>
        new("schedule", "When each cadence goes out.") { CreateList(settings), CreateSet(settings) };

    private static Command CreateList(IReadOnlyList<string> settings)
    {
        var json = JsonOption.Create();
        var command = new Command("list", "The cadences with their next five runs, local time with offset.") { json };
        command.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            settings,
            async (services, token) =>
            {
                var list = await services.GetRequiredService<ScheduleBook>().ListAsync(English, token);
                if (parsed.GetValue(json))
                {
                    CommandServices.WriteJson(list.Select(one => new
                    {
                        Cadence = one.Cadence.Name,
                        one.Cadence.Cron,
                        one.Cadence.Zone,
                        one.Cadence.Paused,
                        one.NextRuns,
                    }));
                    return CommandLine.Done;
                }

                foreach (var one in list)
                {
                    Console.WriteLine($"{one.Cadence.Name}: {one.Sentence}{(one.Cadence.Paused ? " — paused" : "")}");
                    Console.WriteLine($"  {one.Cadence.Cron}  {one.Cadence.Zone}");
                    foreach (var run in one.NextRuns)
                    {
                        Console.WriteLine($"  {run.ToString("ddd yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture)}");
                    }
                }

                return CommandLine.Done;
            },
            cancellationToken));
        return command;
    }

    private static Command CreateSet(IReadOnlyList<string> settings)
    {
        var cadence = new Argument<string>("CADENCE");
        var cron = new Option<string>("--cron") { Description = "Six fields from seconds, e.g. \"0 0 8 ? * MON\"." };
        var zone = new Option<string>("--zone") { Description = "IANA name, e.g. Europe/Paris." };
        var minimum = new Option<int?>("--minimum") { Description = "Fewest new articles for an edition, 1–100." };
        var pause = new Option<bool>("--pause") { Description = "No edition until --resume." };
        var resume = new Option<bool>("--resume") { Description = "Editions again, from the next slot on." };
        var command = new Command("set", "Changes a cadence; a running worker follows without a restart.") { cadence, cron, zone, minimum, pause, resume };
        command.Validators.Add(result =>
        {
            if (result.GetValue(pause) && result.GetValue(resume))
            {
                result.AddError("--pause and --resume contradict each other; write one of them.");
            }
            else if (result.GetValue(cron) is null && result.GetValue(zone) is null && result.GetValue(minimum) is null && !result.GetValue(pause) && !result.GetValue(resume))
            {
                result.AddError("Nothing to change: write --cron, --zone, --minimum, --pause or --resume.");
            }
        });
        command.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            settings,
            async (services, token) =>
            {
                bool? paused = parsed.GetValue(pause) ? true : parsed.GetValue(resume) ? false : null;
                var name = parsed.GetRequiredValue(cadence);
                var book = services.GetRequiredService<ScheduleBook>();
                var refused = await book.ChangeAsync(
                    name, new ScheduleChange(parsed.GetValue(cron), parsed.GetValue(zone), parsed.GetValue(minimum), paused), English, token);
                if (refused is not null)
                {
                    return await CommandServices.RefuseAsync([refused]);
                }

                var changed = (await book.ListAsync(English, token)).First(one => string.Equals(one.Cadence.Name, name, StringComparison.Ordinal));
                Console.WriteLine($"{name}: {changed.Sentence}{(changed.NextRuns is [var next, ..] ? $"; next {next.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture)}" : "; paused")}");
                return CommandLine.Done;
            },
            cancellationToken));
        return command;
    }
}

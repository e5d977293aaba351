using System.CommandLine;
using System.Globalization;
using Feeds.Mail;
using Feeds.Newsletter;

namespace Feeds.Host.Commands;

/// <summary><c>feeds edition preview|run|list</c>.</summary>
internal static class EditionCommand
{
    private const int Listed = 100;

    public static Command Create(IReadOnlyList<string> settings) =>
        new("edition", "What goes out and what went out.") { CreatePreview(settings), CreateRun(settings), CreateList(settings) };

    private static Command CreatePreview(IReadOnlyList<string> settings)
    {
        var cadence = new Argument<string>("CADENCE");
        var at = InstantArgument.Option("--at", "The instant of the edition.");
        var file = new Option<FileInfo>("--out") { Description = "The .eml file to write.", Required = true };
        var command = new Command("preview", "Writes the mail that would go out then; changes nothing.") { cadence, at, file };
        command.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            settings,
            async (services, token) =>
            {
                var name = parsed.GetRequiredValue(cadence);
                if (await services.GetRequiredService<CadenceStore>().FindAsync(name, token) is null)
                {
                    return await RefuseCadenceAsync(name);
                }

                using var message = new MemoryStream();
                if (!await services.GetRequiredService<Editions>().PreviewAsync(name, parsed.GetRequiredValue(at), message, token))
                {
                    return await CommandServices.RefuseAsync([$"Nothing is new for {name} since its last edition, so no mail would go out."]);
                }

                var path = parsed.GetRequiredValue(file).FullName;
                await File.WriteAllBytesAsync(path, message.ToArray(), token);
                Console.WriteLine($"written to {path}");
                return CommandLine.Done;
            },
            cancellationToken));
        return command;
    }

    private static Command CreateRun(IReadOnlyList<string> settings)
    {
        var cadence = new Argument<string>("CADENCE");
        var slot = InstantArgument.Option("--slot", "The planned instant of the edition.");
        var command = new Command("run", "Makes the edition of that slot and delivers it to the end; once.") { cadence, slot };
        command.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            settings,
            async (services, token) =>
            {
                var name = parsed.GetRequiredValue(cadence);
                if (await services.GetRequiredService<LiveGuard>().FindTroubleAsync(token) is { } trouble)
                {
                    return await CommandServices.RefuseAsync([trouble]);
                }

                var result = await services.GetRequiredService<Editions>().MakeAsync(name, parsed.GetRequiredValue(slot), token);
                if (result is null)
                {
                    return await RefuseCadenceAsync(name);
                }

                if (result.MailingKey is null)
                {
                    Console.WriteLine($"{name}: too little is new; nothing is sent and the articles wait for the next slot");
                    return CommandLine.Done;
                }

                if (!result.MadeNow && result.Edition.Counts.Open == 0)
                {
                    Console.WriteLine($"{name}: that slot's edition is done already ({Describe(result.Edition.Counts)}); nothing is sent");
                    return CommandLine.Done;
                }

                if (services.GetRequiredService<QuietHours>().Until is { } until)
                {
                    Console.Error.WriteLine($"{name}: quiet until {until}");
                }

                var last = "";
                await services.GetRequiredService<DeliveryLoop>().DeliverAsync(
                    result.MailingKey,
                    counts =>
                    {
                        if (!string.Equals(last, Describe(counts), StringComparison.Ordinal))
                        {
                            last = Describe(counts);
                            Console.Error.WriteLine($"{name}: {last}");
                        }
                    },
                    token);
                var final = await services.GetRequiredService<Outbox>().CountAsync([result.MailingKey], CancellationToken.None);
                Console.WriteLine($"{name}: {(final.TryGetValue(result.MailingKey, out var counts) ? Describe(counts) : "nobody to write to")}");
                if ((await services.GetRequiredService<MailingControl>().FindAsync([result.MailingKey], CancellationToken.None))[result.MailingKey] is { Reason: { } reason } stopped)
                {
                    return await CommandServices.RefuseAsync([$"{name} is {stopped.State.ToString().ToLowerInvariant()}: {reason}"]);
                }

                return token.IsCancellationRequested ? CommandLine.Refused : CommandLine.Done;
            },
            cancellationToken));
        return command;
    }

    private static Command CreateList(IReadOnlyList<string> settings)
    {
        var json = JsonOption.Create();
        var command = new Command("list", "The newest editions with their deliveries by state.") { json };
        command.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            settings,
            async (services, token) =>
            {
                var list = await services.GetRequiredService<Editions>().ListAsync(Listed, token);
                if (parsed.GetValue(json))
                {
                    CommandServices.WriteJson(list.Select(one => new
                    {
                        one.Cadence,
                        one.Slot,
                        State = one.State.ToString().ToLowerInvariant(),
                        Counts = new
                        {
                            one.Counts.Pending,
                            one.Counts.InFlight,
                            one.Counts.Accepted,
                            one.Counts.Deferred,
                            one.Counts.Failed,
                            one.Counts.Suppressed,
                            one.Counts.Uncertain,
                        },
                        one.Counts.Withdrawn,
                    }));
                }
                else
                {
                    TextTable.Write(
                        ["CADENCE", "SLOT", "STATE", "ARTICLES", "DELIVERIES"],
                        list.Select(one => (string[])
                        [
                            one.Cadence,
                            one.Slot.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                            one.State.ToString().ToLowerInvariant(),
                            one.Articles.ToString(CultureInfo.InvariantCulture),
                            Describe(one.Counts),
                        ]));
                }

                return CommandLine.Done;
            },
            cancellationToken));
        return command;
    }

    private static Task<int> RefuseCadenceAsync(string name) =>
        CommandServices.RefuseAsync([$"There is no cadence {name}. `feeds schedule list` shows those there are."]);

    private static string Describe(DeliveryCounts counts)
    {
        (int Count, string State)[] states =
        [
            (counts.Accepted, "accepted"), (counts.InFlight, "in flight"), (counts.Pending, "pending"), (counts.Deferred, "deferred"),
            (counts.Failed, "failed"), (counts.Suppressed - counts.Withdrawn, "suppressed"), (counts.Withdrawn, "suppressed because their articles were withdrawn"), (counts.Uncertain, "uncertain"),
        ];
        var named = counts.PossiblyTwice == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({counts.PossiblyTwice} of them uncertain once, so perhaps sent twice)");
        return counts.Total == 0
            ? "no deliveries"
            : string.Join(", ", states.Where(state => state.Count > 0).Select(state => string.Create(CultureInfo.InvariantCulture, $"{state.Count} {state.State}"))) + named;
    }
}

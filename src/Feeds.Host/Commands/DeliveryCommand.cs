using System.CommandLine;
using System.Globalization;
using Feeds.Mail;
using Feeds.Newsletter;

namespace Feeds.Host.Commands;

/// <summary><c>feeds delivery status|retry|hold|resume|cancel</c>.</summary>
internal static class DeliveryCommand
{
    private const int Listed = 100;

    public static Command Create(IReadOnlyList<string> settings) =>
        new("delivery", "What is being sent: how far it is, stopping it, and having it go on.") { CreateStatus(settings), CreateRetry(settings), CreateHold(settings), CreateResume(settings), CreateCancel(settings) };

    private static Command CreateStatus(IReadOnlyList<string> settings)
    {
        var cadence = new Argument<string?>("CADENCE") { Description = "Whose edition; all that are not done with or are a few days old without it.", Arity = ArgumentArity.ZeroOrOne };
        var slot = Slot();
        slot.Required = false;
        var command = new Command("status", "Deliveries by state, and whether they sum to the audience that was frozen: exit code 1 where they don't.") { cadence, slot };
        command.Validators.Add(result =>
        {
            if (result.GetResult(cadence) is { Tokens.Count: > 0 } != result.GetResult(slot) is not null)
            {
                result.AddError("Write CADENCE together with --slot INSTANT, or neither.");
            }
        });
        command.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            settings,
            async (services, token) =>
            {
                var control = services.GetRequiredService<MailingControl>();
                var quiet = services.GetRequiredService<QuietHours>();
                if (parsed.GetValue(cadence) is not { } name)
                {
                    return await WriteAsync(await control.ListAsync(token), quiet);
                }

                if (await KeyAsync(services, name, parsed.GetValue(slot), token) is not { } key)
                {
                    return await RefuseAsync(name);
                }

                var code = await WriteAsync([(await control.FindAsync([key], token))[key]], quiet);
                foreach (var trouble in await control.ListTroublesAsync(key, Listed, token))
                {
                    Console.WriteLine($"subscriber {trouble}");
                }

                return code;
            },
            cancellationToken));
        return command;
    }

    private static Command CreateRetry(IReadOnlyList<string> settings)
    {
        var failed = new Option<bool>("--failed") { Description = "Those that failed." };
        var uncertain = new Option<bool>("--uncertain") { Description = "Those of which nobody knows whether they arrived, who may then get it twice." };
        var subscriber = new Option<string?>("--subscriber") { Description = "Only the one of this number, as status tells it." };
        var command = Change(settings, "retry", "Has failed or uncertain deliveries tried again; never accepted ones, and nobody who left since.", (control, key, parsed, token) =>
            control.RetryAsync(key, parsed.GetValue(failed), parsed.GetValue(uncertain), parsed.GetValue(subscriber), token), "are due again");
        command.Options.Add(failed);
        command.Options.Add(uncertain);
        command.Options.Add(subscriber);
        command.Validators.Add(result =>
        {
            if (!result.GetValue(failed) && !result.GetValue(uncertain))
            {
                result.AddError("Write --failed, --uncertain or both.");
            }
        });
        return command;
    }

    private static Command CreateHold(IReadOnlyList<string> settings)
    {
        var reason = new Option<string?>("--reason") { Description = "For whoever looks later." };
        var uncertain = new Option<bool>("--uncertain") { Description = "Instead: what is uncertain is left so, and not sent again." };
        var command = Change(settings, "hold", "Pauses the edition: nothing more of it is begun until it is resumed.", async (control, key, parsed, token) =>
            parsed.GetValue(uncertain) ? await control.HoldUncertainAsync(key, token) : await control.PauseAsync(key, parsed.GetValue(reason) ?? "by hand", token), "are left as they are");
        command.Options.Add(reason);
        command.Options.Add(uncertain);
        return command;
    }

    private static Command CreateResume(IReadOnlyList<string> settings) =>
        Change(settings, "resume", "The edition goes on where it was paused.", (control, key, _, token) => control.ResumeAsync(key, token), "");

    private static Command CreateCancel(IReadOnlyList<string> settings) =>
        Change(settings, "cancel", "Stops the edition for good: what is not begun is not sent.", (control, key, _, token) => control.CancelAsync(key, token), "are not sent any more");

    private static Command Change(
        IReadOnlyList<string> settings, string word, string description, Func<MailingControl, string, ParseResult, CancellationToken, Task<MailingChange>> change, string changed)
    {
        var cadence = new Argument<string>("CADENCE");
        var slot = Slot();
        var command = new Command(word, description) { cadence, slot };
        command.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            settings,
            async (services, token) =>
            {
                var name = parsed.GetRequiredValue(cadence);
                if (await KeyAsync(services, name, parsed.GetValue(slot), token) is not { } key)
                {
                    return await RefuseAsync(name);
                }

                var result = await change(services.GetRequiredService<MailingControl>(), key, parsed, token);
                if (result.Refused is { } refused)
                {
                    return await CommandServices.RefuseAsync([$"{name}: {refused}"]);
                }

                if (changed.Length > 0 && (result.Changed > 0 || word is "retry"))
                {
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.Changed} {changed}"));
                }

                var counts = result.Standing!.Counts;
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name}: {result.Standing.State.ToString().ToLowerInvariant()}; out already: {counts.Accepted} accepted, {counts.InFlight} in flight, {counts.Uncertain} uncertain; open: {counts.Open}"));
                return CommandLine.Done;
            },
            cancellationToken));
        return command;
    }

    private static async Task<int> WriteAsync(IReadOnlyList<MailingStanding> standings, QuietHours quiet)
    {
        TextTable.Write(
            ["EDITION", "STATE", "AUDIENCE", "ACCEPTED", "IN FLIGHT", "PENDING", "DEFERRED", "FAILED", "SUPPRESSED", "UNCERTAIN"],
            standings.Select(one => (string[])
            [
                one.Key,
                one.State.ToString().ToLowerInvariant(),
                .. new[] { one.Audience, one.Counts.Accepted, one.Counts.InFlight, one.Counts.Pending, one.Counts.Deferred, one.Counts.Failed, one.Counts.Suppressed, one.Counts.Uncertain }
                    .Select(count => count.ToString(CultureInfo.InvariantCulture)),
            ]));
        foreach (var one in standings.Where(one => one.Reason is not null))
        {
            Console.WriteLine($"{one.Key} is {one.State.ToString().ToLowerInvariant()} since {one.Since:yyyy-MM-dd HH:mm:ss'Z'}: {one.Reason}");
        }

        if (quiet.Until is { } until)
        {
            foreach (var one in standings.Where(one => one.State == MailingState.Sending && one.Counts.Open > one.Counts.Asked))
            {
                Console.WriteLine($"{one.Key}: quiet until {until}");
            }
        }

        foreach (var one in standings.Where(one => one.Counts.Asked > 0))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{one.Key}: {one.Counts.Asked} uncertain ones wait for you: retry --uncertain sends them again, hold --uncertain leaves them be"));
        }

        var wrong = standings.Where(one => one.Difference != 0).ToList();
        if (wrong.Count == 0)
        {
            Console.WriteLine("Everybody is accounted for: the states sum to the audience.");
            return CommandLine.Done;
        }

        return await CommandServices.RefuseAsync(wrong.Select(one => string.Create(
            CultureInfo.InvariantCulture,
            $"{one.Key}: {one.Audience} were frozen, but the states sum to {one.Counts.Total}. Deliveries are missing or too many, which this program never does: the database was changed by hand or damaged; compare it with a backup.")));
    }

    private static Option<DateTimeOffset> Slot() => InstantArgument.Option("--slot", "The planned instant of the edition.");

    private static async Task<string?> KeyAsync(IServiceProvider services, string cadence, DateTimeOffset slot, CancellationToken cancellationToken) =>
        (await services.GetRequiredService<Editions>().FindAsync(cadence, slot, cancellationToken))?.MailingKey;

    private static Task<int> RefuseAsync(string cadence) =>
        CommandServices.RefuseAsync([$"{cadence} has no edition of that slot that is sent to anybody. `feeds edition list` shows those there are."]);
}

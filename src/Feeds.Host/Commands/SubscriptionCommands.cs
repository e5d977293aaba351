using System.CommandLine;
using System.Globalization;
using Feeds.Newsletter;

namespace Feeds.Host.Commands;

/// <summary><c>feeds subscriber set EMAIL</c> and <c>feeds subscriber leave EMAIL</c>: what somebody gets of a newsletter.</summary>
internal static class SubscriptionCommands
{
    private const string Source = "operator";

    public static Command CreateSet(IReadOnlyList<string> settings)
    {
        var email = new Argument<string>("EMAIL");
        var newsletter = new Option<string?>("--newsletter") { Description = "Which one; not needed where the person has one only." };
        var cadence = new Option<string?>("--cadence") { Description = "Name of one of the newsletter's cadences." };
        var categories = new Option<string[]?>("--category") { Description = "Slug of a category, or all; may be repeated." };
        var without = new Option<string[]?>("--without-author") { Description = "Whose articles are left out, or none; may be repeated." };
        var time = new Option<string?>("--time") { Description = "Hour and zone such as 7@Europe/Paris, or cadence for the cadence's own time." };
        var language = new Option<string?>("--language") { Description = $"{string.Join(" or ", Preferences.Languages)}, or publication." };
        var text = new Option<string?>("--text") { Description = "full or summaries." };
        text.AcceptOnlyFromAmong("full", "summaries");
        var layout = new Option<string?>("--layout") { Description = "html or plain." };
        layout.AcceptOnlyFromAmong("html", "plain");
        var pause = new Option<string?>("--pause-until") { Description = "Instant with offset such as 2026-12-24T00:00:00+01:00, or no." };
        var command = new Command("set", "Changes what a subscriber gets; what isn't named stays.") { email, newsletter, cadence, categories, without, time, language, text, layout, pause };
        command.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            settings,
            async (services, stop) =>
            {
                var directory = services.GetRequiredService<SubscriberDirectory>();
                var (subscriber, held, refused) = await FindAsync(directory, parsed.GetRequiredValue(email), parsed.GetValue(newsletter), stop);
                if (held is null)
                {
                    return await CommandServices.RefuseAsync([refused!]);
                }

                if (!TryReadTime(parsed.GetValue(time), held.Settings.Time, out var at))
                {
                    return await CommandServices.RefuseAsync(["--time is an hour and a zone such as 7@Europe/Paris, or the word cadence."]);
                }

                var until = held.PausedUntil;
                if (parsed.GetValue(pause) is { } written)
                {
                    var isInstant = DateTimeOffset.TryParseExact(written, "yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant);
                    if (!isInstant && written is not "no")
                    {
                        return await CommandServices.RefuseAsync(["--pause-until is an instant with offset such as 2026-12-24T00:00:00+01:00, or the word no."]);
                    }

                    until = isInstant ? instant : null;
                }

                var wanted = held.Settings with
                {
                    Cadence = parsed.GetValue(cadence) ?? held.Settings.Cadence,
                    Categories = Listed(parsed.GetValue(categories), "all") ?? held.Settings.Categories,
                    WithoutAuthors = Listed(parsed.GetValue(without), "none") ?? held.Settings.WithoutAuthors,
                    Time = at,
                    Language = parsed.GetValue(language) is { } tag ? (tag is "publication" ? "" : tag) : held.Settings.Language,
                    FullText = parsed.GetValue(text) is { } length ? length is "full" : held.Settings.FullText,
                    PlainText = parsed.GetValue(layout) is { } kind ? kind is "plain" : held.Settings.PlainText,
                };
                return await TellAsync(await directory.ChangeAsync(subscriber!.Id, held.Newsletter, wanted, until, [held.Version], Source, stop), "changed");
            },
            cancellationToken));
        return command;
    }

    public static Command CreateLeave(IReadOnlyList<string> settings)
    {
        var email = new Argument<string>("EMAIL");
        var newsletter = new Option<string?>("--newsletter") { Description = "Which one; not needed where the person has one only." };
        var command = new Command("leave", "Ends a subscription, and every delivery of it that has not begun.") { email, newsletter };
        command.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            settings,
            async (services, stop) =>
            {
                var directory = services.GetRequiredService<SubscriberDirectory>();
                var (subscriber, held, refused) = await FindAsync(directory, parsed.GetRequiredValue(email), parsed.GetValue(newsletter), stop);
                return held is null
                    ? await CommandServices.RefuseAsync([refused!])
                    : await TellAsync(await directory.LeaveAsync(subscriber!.Id, held.Newsletter, null, Source, stop), "left");
            },
            cancellationToken));
        return command;
    }

    private static async Task<(SubscriberEntry? Subscriber, SubscriptionEntry? Held, string? Refused)> FindAsync(
        SubscriberDirectory directory, string email, string? newsletter, CancellationToken cancellationToken)
    {
        if ((await directory.ListAsync(new SubscriberQuery(email), 0, 1, cancellationToken)).Subscribers is not [var subscriber])
        {
            return (null, null, SubscriberCommand.Unknown);
        }

        var held = subscriber.Subscriptions.Where(one => newsletter is null || string.Equals(one.Newsletter, newsletter, StringComparison.Ordinal)).ToList();
        return held is [var only]
            ? (subscriber, only, null)
            : (null, null, subscriber.Subscriptions.Count == 0 ? "They have no newsletter." : $"Say which newsletter: --newsletter {string.Join(" or ", subscriber.Subscriptions.Select(one => one.Newsletter))}.");
    }

    private static async Task<int> TellAsync(SubscriberAnswer answer, string done)
    {
        if (answer.Outcome != SubscriberOutcome.Done)
        {
            return await CommandServices.RefuseAsync([answer.Reason ?? "This subscription isn't confirmed, or has ended: nobody is subscribed by a change. feeds subscriber add subscribes who agreed to it."]);
        }

        Console.WriteLine(done);
        return CommandLine.Done;
    }

    private static string[]? Listed(string[]? named, string nothing) =>
        named is null or [] ? null : named is [var only] && string.Equals(only, nothing, StringComparison.Ordinal) ? [] : named;

    private static bool TryReadTime(string? text, SendTime before, out SendTime time)
    {
        time = before;
        if (text is null)
        {
            return true;
        }

        if (text is "cadence")
        {
            time = SendTime.OfCadence;
            return true;
        }

        if (text.Split('@') is not [var hour, { Length: > 0 } zone] || !int.TryParse(hour, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        time = new SendTime(zone, number);
        return true;
    }
}

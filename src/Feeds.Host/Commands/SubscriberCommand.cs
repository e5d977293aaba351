using System.CommandLine;
using Feeds.Articles;
using Feeds.Newsletter;

namespace Feeds.Host.Commands;

/// <summary><c>feeds subscriber add|show|erase EMAIL</c> and <c>feeds subscriber list</c>; see <see cref="SubscriptionCommands"/> and, with files, <see cref="SubscriberFileCommands"/>.</summary>
internal static class SubscriberCommand
{
    public const string Unknown = "Nobody has this address; feeds subscriber list shows who is known.";

    public static Command Create(IReadOnlyList<string> settings) =>
        new("subscriber", "Who gets the newsletter.")
        {
            CreateAdd(settings), SubscriptionCommands.CreateSet(settings), SubscriptionCommands.CreateLeave(settings), CreateList(settings), CreateShow(settings), CreateErase(settings), SubscriberFileCommands.CreateImport(settings), SubscriberFileCommands.CreateExport(settings),
        };

    private static Command CreateAdd(IReadOnlyList<string> settings)
    {
        var email = new Argument<string>("EMAIL");
        var cadence = new Option<string>("--cadence") { Description = "Name of a cadence; `feeds schedule list` shows them.", Required = true };
        var categories = new Option<string[]>("--category") { Description = "Slug of a category; may be repeated. All without it." };
        var confirmed = new Option<bool>("--confirmed") { Description = "You vouch that this person asked for it." };
        var command = new Command("add", "Adds a person, or changes their categories.") { email, cadence, categories, confirmed };
        command.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            settings,
            async (services, token) =>
            {
                if (!parsed.GetValue(confirmed))
                {
                    return await CommandServices.RefuseAsync(["Without --confirmed nobody is added from here: a person confirms by the form at /subscribe. Add --confirmed if you can prove that they asked for it."]);
                }

                var refused = await services.GetRequiredService<Subscribers>().AddConfirmedAsync(
                    parsed.GetRequiredValue(email), parsed.GetRequiredValue(cadence), parsed.GetValue(categories) ?? [], token);
                if (refused is not null)
                {
                    return await CommandServices.RefuseAsync([refused]);
                }

                Console.WriteLine("added");
                return CommandLine.Done;
            },
            cancellationToken));
        return command;
    }

    private static Command CreateList(IReadOnlyList<string> settings)
    {
        var json = JsonOption.Create();
        var command = new Command("list", "Every subscription.") { json };
        command.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            settings,
            async (services, token) =>
            {
                // A choice is stored by the category's first slug; people know the one of today.
                var slugs = (await services.GetRequiredService<ArticleStore>().CategoriesAsync(token)).ToDictionary(state => state.Category.FirstSlug, state => state.Category.Slug, StringComparer.Ordinal);
                var list = (await services.GetRequiredService<Subscribers>().ListAsync(token))
                    .Select(one => one with { Categories = [.. one.Categories.Select(slug => slugs.GetValueOrDefault(slug, slug))] }).ToList();
                if (parsed.GetValue(json))
                {
                    CommandServices.WriteJson(list.Select(one => new
                    {
                        one.Email,
                        one.Cadence,
                        State = one.State.ToString().ToLowerInvariant(),
                        one.Categories,
                        one.Since,
                    }));
                }
                else
                {
                    TextTable.Write(
                        ["EMAIL", "CADENCE", "STATE", "CATEGORIES"],
                        list.Select(one => (string[])[one.Email, one.Cadence, one.State.ToString().ToLowerInvariant(), one.Categories.Count == 0 ? "all" : string.Join(' ', one.Categories)]));
                }

                return CommandLine.Done;
            },
            cancellationToken));
        return command;
    }

    private static Command CreateShow(IReadOnlyList<string> settings)
    {
        var email = new Argument<string>("EMAIL");
        var json = JsonOption.Create();
        var command = new Command("show", "Everything that is kept of a person: subscriptions and consent as CSV, or all with --json.") { email, json };
        command.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            settings,
            async (services, token) =>
            {
                var held = services.GetRequiredService<Held>();
                if (await held.FindAsync(parsed.GetRequiredValue(email), token) is not { } subscriber || await held.ReadAsync(subscriber, token) is not { } document)
                {
                    return await CommandServices.RefuseAsync([Unknown]);
                }

                if (parsed.GetValue(json))
                {
                    await using var output = Console.OpenStandardOutput();
                    await Held.WriteJsonAsync(document, output, token);
                }
                else
                {
                    Held.WriteCsv(document, Console.Out);
                }

                return CommandLine.Done;
            },
            cancellationToken));
        return command;
    }

    private static Command CreateErase(IReadOnlyList<string> settings)
    {
        var email = new Argument<string>("EMAIL");
        var command = new Command("erase", "Forgets a person for good. Mails in Mail:PickupFolder and backups are not touched.") { email };
        command.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            settings,
            async (services, token) =>
            {
                if (await services.GetRequiredService<Held>().FindAsync(parsed.GetRequiredValue(email), token) is not { } subscriber
                    || !await services.GetRequiredService<Erasure>().EraseAsync(subscriber, token))
                {
                    return await CommandServices.RefuseAsync([Unknown]);
                }

                Console.WriteLine("erased");
                return CommandLine.Done;
            },
            cancellationToken));
        return command;
    }
}

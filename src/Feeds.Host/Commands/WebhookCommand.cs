using System.CommandLine;
using System.Globalization;
using Feeds.Newsletter;

namespace Feeds.Host.Commands;

/// <summary><c>feeds webhook list|test</c>.</summary>
internal static class WebhookCommand
{
    public static Command Create(IReadOnlyList<string> settings) =>
        new("webhook", "Programs that are told who joins and leaves.") { CreateList(settings), CreateTest(settings) };

    private static Command CreateList(IReadOnlyList<string> settings)
    {
        var json = JsonOption.Create();
        var command = new Command("list", "What each is told of, how much still waits, and what it answered last.") { json };
        command.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            settings,
            async (services, token) =>
            {
                var found = await services.GetRequiredService<WebhookList>().ListAsync(token);
                if (parsed.GetValue(json))
                {
                    CommandServices.WriteJson(found);
                    return CommandLine.Done;
                }

                TextTable.Write(
                    ["NAME", "AT", "WAITING", "SINCE", "GIVEN UP", "LAST ANSWER", "EVENTS"],
                    found.Select(one => (string[])
                    [
                        one.Name, one.Site ?? "(not in this configuration)", Number(one.Waiting), Instant(one.WaitingSince), Number(one.GivenUp),
                        one.LastAnswer is null ? "" : $"{Instant(one.AnsweredAt)} {one.LastAnswer}{(one.IsEnded ? ", told again after the next start" : "")}",
                        string.Join(", ", one.Events),
                    ]));
                return CommandLine.Done;
            },
            cancellationToken));
        return command;
    }

    private static Command CreateTest(IReadOnlyList<string> settings)
    {
        var name = new Argument<string>("NAME") { Description = "Of an entry of Newsletter:Webhooks." };
        var command = new Command("test", "Posts an event webhook.test that is about nobody, and says what was answered.") { name };
        command.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            settings,
            async (services, token) =>
            {
                var webhooks = services.GetRequiredService<WebhookList>();
                if (await webhooks.TestAsync(parsed.GetRequiredValue(name), token) is not { } trial)
                {
                    var names = string.Join(", ", (await webhooks.ListAsync(token)).Where(one => one.Site is not null).Select(one => one.Name));
                    return await CommandServices.RefuseAsync([names.Length > 0 ? $"Newsletter:Webhooks has none of that name. There are: {names}." : "Newsletter:Webhooks is empty; write an entry with Name, Address and SecretFile."]);
                }

                if (!trial.IsTaken)
                {
                    return await CommandServices.RefuseAsync([$"Not taken: {trial.Answer}. An event that is not answered with 200 to 299 is sent again."]);
                }

                Console.WriteLine($"taken: {trial.Answer}");
                return CommandLine.Done;
            },
            cancellationToken));
        return command;
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Instant(DateTimeOffset? at) => at?.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";
}

using System.CommandLine;
using System.Globalization;
using Feeds.Host.Api;

namespace Feeds.Host.Commands;

/// <summary><c>feeds token add|list|revoke</c>: what programs show to <c>/api/v1</c>.</summary>
internal static class TokenCommand
{
    private const int DefaultDays = 90;

    public static Command Create(IReadOnlyList<string> settings) =>
        new("token", "Tokens of programs for /api/v1; /api/v1/openapi.json says what they can do there.") { CreateAdd(settings), CreateList(settings), CreateRevoke(settings) };

    private static Command CreateAdd(IReadOnlyList<string> settings)
    {
        var name = new Argument<string>("NAME") { Description = "What it is for, e.g. \"checkout of the shop\"." };
        var scopes = new Option<string[]>("--scope") { Description = $"What it may do: {string.Join(", ", ApiScope.All)}. May be repeated.", Required = true };
        scopes.AcceptOnlyFromAmong([.. ApiScope.All]);
        var days = new Option<int>("--days") { Description = $"How long it works, 1 to {ApiTokens.MostDays}.", DefaultValueFactory = _ => DefaultDays };
        days.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > ApiTokens.MostDays)
            {
                result.AddError($"--days is a number from 1 to {ApiTokens.MostDays}.");
            }
        });
        var command = new Command("add", "Makes a token and prints it once: only its hash is kept.") { name, scopes, days };
        command.Validators.Add(result =>
        {
            if (result.GetValue(name) is not { Length: > 0 and <= ApiTokens.LongestName } text || text.Any(char.IsControl))
            {
                result.AddError($"NAME has 1 to {ApiTokens.LongestName} characters of one line.");
            }
        });
        command.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            settings,
            async (services, stop) =>
            {
                Console.WriteLine(await services.GetRequiredService<ApiTokens>().AddAsync(parsed.GetRequiredValue(name), parsed.GetRequiredValue(scopes), TimeSpan.FromDays(parsed.GetValue(days)), stop));
                return CommandLine.Done;
            },
            cancellationToken));
        return command;
    }

    private static Command CreateList(IReadOnlyList<string> settings)
    {
        var json = JsonOption.Create();
        var command = new Command("list", "Every token that was not revoked.") { json };
        command.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            settings,
            async (services, stop) =>
            {
                var tokens = await services.GetRequiredService<ApiTokens>().ListAsync(stop);
                if (parsed.GetValue(json))
                {
                    CommandServices.WriteJson(tokens.Select(token => new { token.Id, token.Name, token.Scopes, token.Created, token.Expires }));
                }
                else
                {
                    TextTable.Write(["ID", "NAME", "SCOPES", "EXPIRES"], tokens.Select(token => (string[])[token.Id, token.Name, string.Join(' ', token.Scopes), token.Expires.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture)]));
                }

                return CommandLine.Done;
            },
            cancellationToken));
        return command;
    }

    private static Command CreateRevoke(IReadOnlyList<string> settings)
    {
        var id = new Argument<string>("ID") { Description = "As feeds token list shows it." };
        var command = new Command("revoke", "From now on the token is worth nothing.") { id };
        command.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            settings,
            async (services, stop) =>
            {
                if (!await services.GetRequiredService<ApiTokens>().RevokeAsync(parsed.GetRequiredValue(id), stop))
                {
                    return await CommandServices.RefuseAsync(["There is no such token; feeds token list shows those that there are."]);
                }

                Console.WriteLine("revoked");
                return CommandLine.Done;
            },
            cancellationToken));
        return command;
    }
}

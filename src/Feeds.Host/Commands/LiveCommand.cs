using System.CommandLine;
using Feeds.Mail;

namespace Feeds.Host.Commands;

/// <summary><c>feeds live</c>: whether this database may write to people, and the word that it may.</summary>
internal static class LiveCommand
{
    public static Command Create(IReadOnlyList<string> settings)
    {
        var confirm = new Option<bool>("--confirm") { Description = "From now on it may, as it is." };
        var command = new Command("live", "Whether mail is sent from this database; a restored or copied one waits for --confirm.") { confirm };
        command.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            settings,
            async (services, token) =>
            {
                var guard = services.GetRequiredService<LiveGuard>();
                if (parsed.GetValue(confirm))
                {
                    await guard.ConfirmAsync(token);
                }

                if (await guard.FindTroubleAsync(token) is { } trouble)
                {
                    return await CommandServices.RefuseAsync([trouble]);
                }

                Console.WriteLine("mail may be sent from this database, as far as Mail:Mode has it sent");
                return CommandLine.Done;
            },
            cancellationToken));
        return command;
    }
}

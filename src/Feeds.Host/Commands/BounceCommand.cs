using System.CommandLine;
using System.Data.Common;
using System.Net.Sockets;
using Feeds.Mail;

namespace Feeds.Host.Commands;

/// <summary>
/// <c>feeds bounce</c>, for a mail server's pipe. Its exit codes are those that mail servers know (sysexits.h): after 75 they
/// try again, after 65 they return the mail to whoever wrote it.
/// </summary>
internal static class BounceCommand
{
    private const int Unreadable = 65;
    private const int TryAgain = 75;

    public static Command Create(IReadOnlyList<string> settings)
    {
        var files = new Argument<FileInfo[]>("FILE") { Description = "Mails as files; without any, one mail is read from the standard input.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("bounce", "Takes mails that came back: bounces, complaints, wishes to leave. Exit code 0 taken, 65 to be looked at by a person, 75 try again later.") { files };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                var code = await CommandServices.RunAsync(settings, (services, token) => RunAsync(services.GetRequiredService<Returns>(), parsed.GetValue(files) ?? [], token), cancellationToken);
                // A wrong setting is mended sooner than a bounce that is lost.
                return code == CommandLine.Refused ? TryAgain : code;
            }
            catch (Exception later) when (later is DbException or SocketException or IOException or TimeoutException or UnauthorizedAccessException or InvalidOperationException)
            {
                await Console.Error.WriteLineAsync($"Nothing is lost if it is tried again: {later.Message}");
                return TryAgain;
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(Returns returns, FileInfo[] files, CancellationToken cancellationToken)
    {
        if (files.Length == 0)
        {
            await using var input = Console.OpenStandardInput();
            var code = await TakeAsync(returns, input, "", cancellationToken);
            // Only the beginning is read; who is not let write the rest believes that we failed.
            await input.CopyToAsync(Stream.Null, cancellationToken);
            return code;
        }

        var worst = CommandLine.Done;
        foreach (var file in files)
        {
            if (!file.Exists)
            {
                await Console.Error.WriteLineAsync($"{file.FullName} doesn't exist.");
                worst = Unreadable;
                continue;
            }

            await using var mail = file.OpenRead();
            var code = await TakeAsync(returns, mail, $"{file.FullName}: ", cancellationToken);
            worst = code == CommandLine.Done ? worst : code;
        }

        return worst;
    }

    private static async Task<int> TakeAsync(Returns returns, Stream mail, string name, CancellationToken cancellationToken)
    {
        var result = await returns.TakeAsync(mail, cancellationToken);
        if (result.Reason is { } reason)
        {
            await Console.Error.WriteLineAsync($"{name}{reason}");
        }

        Console.WriteLine($"{name}{Word(result.Outcome)}");
        return result.Outcome == ReturnOutcome.Aside ? Unreadable : CommandLine.Done;
    }

    private static string Word(ReturnOutcome outcome) => outcome switch
    {
        ReturnOutcome.Done => "done",
        ReturnOutcome.Duplicate => "known already",
        ReturnOutcome.Nothing => "nothing follows from it",
        ReturnOutcome.Unverified => "of no delivery",
        _ => "to be looked at",
    };
}

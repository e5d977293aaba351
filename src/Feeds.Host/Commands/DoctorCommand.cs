using System.CommandLine;
using Feeds.Mail;

namespace Feeds.Host.Commands;

/// <summary><c>feeds doctor mail</c>: whether mail gets out, and is trusted where it arrives.</summary>
internal static class DoctorCommand
{
    public static Command Create(IReadOnlyList<string> settings) =>
        new("doctor", "Looks for what keeps the program's work from arriving.") { CreateMail(settings) };

    private static Command CreateMail(IReadOnlyList<string> settings)
    {
        var send = new Option<string>("--send") { Description = "Your own address: one mail is sent to it." };
        var received = new Option<FileInfo>("--received") { Description = "An .eml file of a mail that arrived: that is looked at, and nothing else." };
        var json = JsonOption.Create();
        var command = new Command("mail", "Walks the way to the SMTP server up to MAIL FROM and looks at the sending domain; sends nothing without --send.") { send, received, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(send) is not null && result.GetValue(received) is not null)
            {
                result.AddError("--send comes first, --received when the mail has arrived; write one of them.");
            }
        });
        command.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            settings,
            (services, token) =>
            {
                var doctor = services.GetRequiredService<MailDoctor>();
                return TellAsync(
                    parsed.GetValue(received) is { } file ? doctor.ReadAsync(file.FullName, token) : doctor.ExamineAsync(token),
                    parsed.GetValue(send) is { } address ? () => doctor.SendAsync(address, token) : null,
                    parsed.GetValue(json));
            },
            cancellationToken));
        return command;
    }

    private static async Task<int> TellAsync(IAsyncEnumerable<MailFinding> findings, Func<Task<MailFinding>>? send, bool json)
    {
        List<MailFinding> told = [];
        await foreach (var finding in findings)
        {
            Tell(finding);
        }

        if (send is not null)
        {
            Tell(await send());
        }

        if (json)
        {
            CommandServices.WriteJson(told.Select(finding => new { finding.Step, Verdict = finding.Verdict.ToString().ToLowerInvariant(), finding.Sentence }));
        }

        return told.Exists(finding => finding.Verdict == MailVerdict.Fail) ? CommandLine.Refused : CommandLine.Done;

        void Tell(MailFinding finding)
        {
            told.Add(finding);
            if (!json)
            {
                Console.WriteLine($"{Word(finding.Verdict)}  {finding.Step}: {finding.Sentence}");
            }
        }
    }

    private static string Word(MailVerdict verdict) => verdict switch
    {
        MailVerdict.Pass => "pass               ",
        MailVerdict.Advice => "advice             ",
        MailVerdict.Unknown => "can't be known here",
        _ => "FAIL               ",
    };
}

using System.Globalization;
using Microsoft.Extensions.Options;

namespace Feeds.Mail;

/// <summary>What the section <c>Mail:Events</c> must keep to; each failure names its key and its mend.</summary>
internal sealed class EventsOptionsRules : IValidateOptions<MailOptions>
{
    private const int Most = 20;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, MailOptions options)
    {
        var failures = Refuse(options.Events).ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> Refuse(IList<EventsOptions> events)
    {
        if (events.Count > Most)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"Mail:Events has {events.Count} entries; write at most {Most}.");
        }

        foreach (var (index, entry) in events.Take(Most).Index())
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"Mail:Events:{index}");
            if (!Enum.IsDefined(entry.Relay))
            {
                yield return $"{key}:Relay is none of ses, mailgun and sendgrid; write one of the three.";
            }
            else if (entry.Relay == EventRelay.Ses)
            {
                if (SnsMessage.HostOf(entry.Topic) is null)
                {
                    yield return $"{key}:Topic is no SNS topic; write its ARN, such as arn:aws:sns:eu-west-1:123456789012:bounces.";
                }
            }
            else if (FirstLine(entry.KeyFile) is not { Length: > 0 } line)
            {
                yield return $"{key}:KeyFile can't be read, or its first line is empty; see that it exists and that this user may read it.";
            }
            else if (entry.Relay == EventRelay.SendGrid && !SendGridEvents.IsKey(line))
            {
                yield return $"{key}:KeyFile holds no P-256 public key in base64; copy the verification key from SendGrid's settings of the signed event webhook into its first line.";
            }
        }
    }

    private static string? FirstLine(string path)
    {
        try
        {
            return File.ReadLines(path).FirstOrDefault()?.Trim();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}

using System.Text.Json;

namespace Feeds.Mail;

/// <summary>
/// What Amazon SES publishes to SNS (docs.aws.amazon.com/ses, "Amazon SNS notification contents" and "Contents of event
/// data"): notifications and published events have the same objects. SES gives each mail another Message-ID; ours stands
/// among the original headers, where SES is set to include them, and the envelope's sender always in <c>mail.source</c>.
/// </summary>
internal static class SesEvents
{
    private const int MostHeaders = 200;
    private const int MostRecipients = 50;

    /// <param name="message">The message of a verified <see cref="SnsMessage"/>.</param>
    public static EventPost Read(string message)
    {
        using var document = EventJson.Parse(message);

        // SNS and SES greet a new topic in prose.
        if (document?.RootElement is not { ValueKind: JsonValueKind.Object } told)
        {
            return EventPost.Of();
        }

        var found = (told.Text("eventType") ?? told.Text("notificationType")) switch
        {
            "Bounce" => Bounce(told),
            "Complaint" when told.Text("complaint", "complaintFeedbackType") is not ("not-spam" or "auth-failure") && told.Id("complaint", "feedbackId") is { } id => new RelayEvent(ReturnEventKind.Complaint, id),
            _ => null,
        };
        return found is null ? EventPost.Of() : EventPost.Of(found with
        {
            Sender = told.Text("mail", "source"),
            MessageId = MessageId(told),
            Recipients = [.. told.Items("mail", "destination").Take(MostRecipients).Select(recipient => recipient.Text()).OfType<string>()],
        });
    }

    private static RelayEvent? Bounce(JsonElement told)
    {
        if (told.Id("bounce", "feedbackId") is not { } id)
        {
            return null;
        }

        var recipient = told.Items("bounce", "bouncedRecipients").FirstOrDefault();
        var (status, text) = (recipient.Id("status"), recipient.Text("diagnosticCode") ?? "");
        return (told.Text("bounce", "bounceType"), told.Text("bounce", "bounceSubType")) switch
        {
            ("Permanent", ("Suppressed" or "OnAccountSuppressionList") and var list) => RelayEvent.Listed(id, list),
            ("Permanent", _) => RelayEvent.Permanent(id, status, text),
            _ => RelayEvent.Transient(id, status, text),
        };
    }

    private static string? MessageId(JsonElement told) =>
        told.Items("mail", "headers").Take(MostHeaders)
            .Where(header => string.Equals(header.Text("name"), "Message-ID", StringComparison.OrdinalIgnoreCase))
            .Select(header => header.MessageId("value"))
            .FirstOrDefault() ?? told.MessageId("mail", "commonHeaders", "messageId");
}

namespace Feeds.Mail;

/// <summary>A relay that posts what became of mails.</summary>
public enum EventRelay
{
    /// <summary>Amazon SES, over SNS.</summary>
    Ses,

    /// <summary>Mailgun.</summary>
    Mailgun,

    /// <summary>Twilio SendGrid.</summary>
    SendGrid,
}

/// <summary>One of <c>Mail:Events</c>: a relay that may post to <c>/mail/events/ses</c>, <c>/mail/events/mailgun</c> or <c>/mail/events/sendgrid</c>.</summary>
public sealed class EventsOptions
{
    /// <summary>Which; the same one may stand there several times, with a key or topic each.</summary>
    public EventRelay Relay { get; set; }

    /// <summary>
    /// A file whose first line is Mailgun's HTTP webhook signing key, or SendGrid's verification key (one line of base64).
    /// Read at each post. None for SES.
    /// </summary>
    public string KeyFile { get; set; } = "";

    /// <summary>The SNS topic that SES publishes to, e.g. <c>arn:aws:sns:eu-west-1:123456789012:bounces</c>. Posts of others are refused: anybody may have topics.</summary>
    public string Topic { get; set; } = "";
}

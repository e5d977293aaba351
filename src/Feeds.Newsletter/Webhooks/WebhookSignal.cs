namespace Feeds.Newsletter.Webhooks;

/// <summary>Raised when an exchange with a webhook has ended.</summary>
internal sealed class WebhookSignal(TimeProvider clock) : WorkSignal(clock);

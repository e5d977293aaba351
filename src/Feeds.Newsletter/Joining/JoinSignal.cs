namespace Feeds.Newsletter.Joining;

/// <summary>Raised when a request was taken down.</summary>
internal sealed class JoinSignal(TimeProvider clock) : WorkSignal(clock);

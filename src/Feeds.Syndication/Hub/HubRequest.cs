namespace Feeds.Syndication.Hub;

/// <summary>A form that was posted to the hub (WebSub §5.1), as it came; null where a field is lacking.</summary>
/// <param name="Mode"><c>hub.mode</c>.</param>
/// <param name="Topic"><c>hub.topic</c>.</param>
/// <param name="Callback"><c>hub.callback</c>.</param>
/// <param name="LeaseSeconds"><c>hub.lease_seconds</c>.</param>
/// <param name="Secret"><c>hub.secret</c>.</param>
public sealed record HubRequest(string? Mode, string? Topic, string? Callback, string? LeaseSeconds, string? Secret);

/// <summary>How the hub takes a request.</summary>
public enum HubAnswerKind
{
    /// <summary>The subscriber will be asked whether it means it (HTTP: 202).</summary>
    Accepted,

    /// <summary>It can't be done, now or later (HTTP: 400).</summary>
    Refused,

    /// <summary>There is no room for it now (HTTP: 503).</summary>
    Full,
}

/// <summary>The hub's answer to a request.</summary>
/// <param name="Kind">How it is taken.</param>
/// <param name="Sentence">The same for people.</param>
public sealed record HubAnswer(HubAnswerKind Kind, string Sentence);

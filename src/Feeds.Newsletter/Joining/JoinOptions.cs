namespace Feeds.Newsletter;

/// <summary>
/// Section <c>Newsletter:Join</c>: how much mail strangers can cause. A quarter of each budget is for whoever sends a
/// request and shows nothing for it, half for forms that came from our page, and all of it for those whose browser worked
/// for it. What finds no room waits.
/// </summary>
public sealed class JoinOptions
{
    /// <summary>Origins (<c>https://example.org</c>) of other sites whose pages may carry the form or call <c>/api/subscribe</c>; none by default.</summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>Confirmation mails an hour that one network causes: a /24 of IPv4, a /48 of IPv6; 4–100,000, 40 by default.</summary>
    public int MailsPerHourAndNetwork { get; set; } = 40;

    /// <summary>Confirmation mails an hour to the addresses of one domain; 4–100,000, 1,000 by default.</summary>
    public int MailsPerHourAndDomain { get; set; } = 1_000;

    /// <summary>Confirmation mails an hour in all; 4–1,000,000, 4,000 by default.</summary>
    public int MailsPerHour { get; set; } = 4_000;

    /// <summary>Requests that wait for room in a budget, in all; 4–1,000,000, 10,000 by default. Beyond it visitors are asked to come back later.</summary>
    public int MostWaiting { get; set; } = 10_000;
}

namespace Feeds.Newsletter;

/// <summary>
/// One entry of <c>Newsletter:Webhooks</c>: a program that is told by POST who joins, leaves or can't be reached, in the
/// form of the Standard Webhooks specification 1.0.0. At most ten.
/// </summary>
public sealed class WebhookOptions
{
    /// <summary>Lower-case ASCII letters, digits and hyphens, at most 40; it names the webhook in commands and logs.</summary>
    public string Name { get; set; } = "";

    /// <summary>Where to post to: https, or http on this machine. It may have a query, and is in no log.</summary>
    public string Address { get; set; } = "";

    /// <summary>A file that only its owner may read, with the secret that signs: <c>whsec_</c> and 24–64 octets in Base64. It is read when the program starts.</summary>
    public string SecretFile { get; set; } = "";

    /// <summary>What it is told of, such as <c>subscription.confirmed</c>; everything by default.</summary>
    public IList<string> Events { get; } = [];
}

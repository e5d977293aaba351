namespace Feeds.Newsletter.Webhooks;

/// <summary>What came of posting to a webhook.</summary>
/// <param name="Status">HTTP status, or null where there was no answer.</param>
/// <param name="Trouble">Why there was none: without an address, at most 100 characters.</param>
/// <param name="RetryAfter">For how long it asks to be left in peace, as far as it says so.</param>
internal sealed record WebhookAnswer(int? Status, string? Trouble, TimeSpan? RetryAfter)
{
    public bool IsTaken => Status is >= 200 and < 300;

    /// <summary>It wants no more, ever (410).</summary>
    public bool IsGone => Status == 410;

    /// <summary>For the log and the operator.</summary>
    public string Words => Trouble ?? (Status is >= 300 and < 400 ? FormattableString.Invariant($"{Status}, and redirects are not followed") : FormattableString.Invariant($"{Status}"));

    public static WebhookAnswer Without(string trouble) => new(Status: null, trouble, RetryAfter: null);
}

using System.Globalization;
using Microsoft.Extensions.Options;

namespace Feeds.Newsletter.Webhooks;

/// <summary>Checks <c>Newsletter:Webhooks</c>, the files of the secrets included.</summary>
internal sealed class WebhookOptionsCheck : IValidateOptions<NewsletterOptions>
{
    private const int Most = 10;
    private const int LongestAddress = 2_000;

    public ValidateOptionsResult Validate(string? name, NewsletterOptions options)
    {
        var mistakes = options.Webhooks.Count > Most
            ? [string.Create(CultureInfo.InvariantCulture, $"Newsletter:Webhooks has {options.Webhooks.Count} entries; write at most {Most}.")]
            : options.Webhooks.Index().SelectMany(entry => Mistakes(entry.Index, entry.Item, options)).ToList();
        return mistakes.Count > 0 ? ValidateOptionsResult.Fail(mistakes) : ValidateOptionsResult.Success;
    }

    private static IEnumerable<string> Mistakes(int index, WebhookOptions webhook, NewsletterOptions options)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"Newsletter:Webhooks:{index}");
        if (!NewsletterOptionsCheck.IsName(webhook.Name))
        {
            yield return $"{key}:Name is \"{webhook.Name}\"; write 1 to 40 lower-case letters a-z, digits and hyphens.";
        }
        else if (options.Webhooks.Take(index).Any(other => string.Equals(other.Name, webhook.Name, StringComparison.Ordinal)))
        {
            yield return $"{key}:Name is \"{webhook.Name}\", as an earlier one; give each webhook a name of its own.";
        }

        // Its value stays out of the sentence: there may be a secret in it.
        if (!IsAddress(webhook.Address))
        {
            yield return $"{key}:Address is none to post to; write one that begins with https://, or with http:// on this machine, without user name and fragment.";
        }

        if (string.IsNullOrWhiteSpace(webhook.SecretFile))
        {
            yield return $"{key}:SecretFile is empty; write the file of the secret, made with {WebhookSecretFile.Recipe}.";
        }
        else if (WebhookSecretFile.Read(webhook.SecretFile, out var reason) is null)
        {
            yield return $"{key}:SecretFile {webhook.SecretFile} {reason}";
        }

        foreach (var (number, what) in webhook.Events.Index())
        {
            if (!WebhookEvents.ByName.ContainsKey(what))
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture, $"{key}:Events:{number} is \"{what}\"; write some of {string.Join(", ", WebhookEvents.ByName.Keys)}, or leave Events out for all.");
            }
        }
    }

    // What it says of people is personal: it goes unencrypted to this machine alone.
    private static bool IsAddress(string text) =>
        text.Length <= LongestAddress
        && Uri.TryCreate(text, UriKind.Absolute, out var address)
        && (address.Scheme is "https" || (address.Scheme is "http" && address.IsLoopback))
        && address.UserInfo.Length == 0
        && address.Fragment.Length == 0;
}

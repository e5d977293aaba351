using System.Globalization;
using Microsoft.Extensions.Options;

namespace Feeds.Syndication.Hub;

/// <summary>What is wrong with the addresses in section <c>Feeds</c>, a sentence each.</summary>
internal sealed class HubOptionsCheck : IValidateOptions<FeedOptions>
{
    private const int MostHubs = 5;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, FeedOptions options)
    {
        var failures = Refuse(options).ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> Refuse(FeedOptions options)
    {
        if (options.Hubs.Count > MostHubs)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"Feeds:Hubs has {options.Hubs.Count} addresses; write at most {MostHubs}.");
        }

        foreach (var (index, hub) in options.Hubs.Index())
        {
            if (!IsAddress(hub))
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"Feeds:Hubs:{index} is no address of a hub; write one whole, such as https://hub.example/.");
            }
            else if (options.Hubs.Take(index).Contains(hub, StringComparer.Ordinal))
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"Feeds:Hubs:{index} is there already; name each hub once.");
            }
        }

        // Its value stays out of the sentence: there may be a secret in it.
        if (!string.IsNullOrEmpty(options.PurgeHook) && !IsAddress(options.PurgeHook))
        {
            yield return "Feeds:PurgeHook is no address; write one whole, such as http://localhost:8089/purge, or leave it out.";
        }
    }

    private static bool IsAddress(string text) =>
        text.Length <= CallbackAddress.Longest
        && Uri.TryCreate(text, UriKind.Absolute, out var address)
        && address.Scheme is "http" or "https"
        && address.UserInfo.Length == 0
        && address.Fragment.Length == 0;
}

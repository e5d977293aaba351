using Microsoft.Extensions.Options;

namespace Feeds.Newsletter.Webhooks;

/// <summary>One webhook as this process has it configured.</summary>
internal sealed class Webhook(string name, Uri address, byte[] secret, WebhookEvent events)
{
    public string Name { get; } = name;

    /// <summary>In no log: path and query may be as good as a password.</summary>
    public Uri Address { get; } = address;

    public byte[] Secret { get; } = secret;

    public WebhookEvent Events { get; } = events;

    /// <summary>What may be shown of the address.</summary>
    public string Site => Address.GetLeftPart(UriPartial.Authority);
}

/// <summary>The webhooks of the configuration, their secrets read; empty where there are none.</summary>
internal sealed class ConfiguredWebhooks(IOptions<NewsletterOptions> options)
{
    /// <exception cref="InvalidDataException">A secret could be read when the program started, and can't be any more.</exception>
    public IReadOnlyList<Webhook> All { get; } = [.. options.Value.Webhooks.Select((entry, index) => new Webhook(
        entry.Name,
        new Uri(entry.Address),
        WebhookSecretFile.Read(entry.SecretFile, out var reason) ?? throw new InvalidDataException(FormattableString.Invariant($"Newsletter:Webhooks:{index}:SecretFile {entry.SecretFile} {reason}")),
        entry.Events.Count == 0 ? WebhookEvents.ByName.Values.Aggregate((one, other) => one | other) : entry.Events.Aggregate(WebhookEvent.Test, (events, what) => events | WebhookEvents.ByName[what])))];
}

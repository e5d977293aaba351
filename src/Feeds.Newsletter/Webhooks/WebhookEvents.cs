using System.Globalization;
using System.Security.Cryptography;
using Feeds.Newsletter.Subscribing;
using LinqToDB;
using LinqToDB.Data;

namespace Feeds.Newsletter.Webhooks;

/// <summary>What a webhook can be told of. The numbers are bits in the database.</summary>
[Flags]
internal enum WebhookEvent
{
    /// <summary>Only for <c>feeds webhook test</c>; never stored.</summary>
    Test = 0,

    /// <summary>Somebody asked for a newsletter and is asked by mail to confirm.</summary>
    Joined = 1,

    /// <summary>From now on they get it.</summary>
    Confirmed = 2,

    /// <summary>They get it no more, or never answered.</summary>
    Left = 4,

    /// <summary>Mail to their address comes back, and nobody writes to it any more.</summary>
    Bounced = 8,

    /// <summary>They are forgotten here, and are to be forgotten there.</summary>
    Erased = 16,
}

/// <summary>Writes down what webhooks are to be told, in the very transaction that does it.</summary>
internal static class WebhookEvents
{
    /// <summary>The source where somebody never answered.</summary>
    public const string Expired = "expired";

    private const int IdOctets = 16;

    /// <summary>What there is to choose from, as it is called outside.</summary>
    public static IReadOnlyDictionary<string, WebhookEvent> ByName { get; } = new Dictionary<string, WebhookEvent>(StringComparer.Ordinal)
    {
        ["subscription.joined"] = WebhookEvent.Joined,
        ["subscription.confirmed"] = WebhookEvent.Confirmed,
        ["subscription.left"] = WebhookEvent.Left,
        ["subscriber.bounced"] = WebhookEvent.Bounced,
        ["subscriber.erased"] = WebhookEvent.Erased,
    };

    /// <summary>What it is called outside.</summary>
    public static string NameOf(WebhookEvent what) => ByName.FirstOrDefault(pair => pair.Value == what).Key ?? "webhook.test";

    /// <summary>The names of several, in their order.</summary>
    public static IReadOnlyList<string> NamesOf(WebhookEvent several) => [.. ByName.Where(pair => several.HasFlag(pair.Value)).Select(pair => pair.Key)];

    /// <summary>The same for each webhook and each attempt.</summary>
    public static string NewId() => "msg_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdOctets));

    /// <summary>What a consent is to webhooks, and how it came about, in words of our own: what the record says may hold an address. Null where they aren't told.</summary>
    public static (WebhookEvent What, string Source)? Of(ConsentKind kind, string source) => kind switch
    {
        ConsentKind.Asked => (WebhookEvent.Joined, "form"),
        ConsentKind.Confirmed => (WebhookEvent.Confirmed, HowOf(source)),
        ConsentKind.Returned => (WebhookEvent.Confirmed, "return"),
        ConsentKind.Left => (WebhookEvent.Left, HowOf(source)),
        ConsentKind.Complained => (WebhookEvent.Left, "complaint"),
        ConsentKind.Erased => (WebhookEvent.Erased, source switch { "erase" => "wish", "retention" => "retention", "address" => "address", _ => "other" }),
        _ => null,
    };

    private static string HowOf(string source) => source switch
    {
        "confirm" or "unsubscribe" => "link",
        "mail" or "preferences" or "api" => source,
        // What follows is the proof, in words of whoever wrote it.
        _ when source.StartsWith(Answers.Operator, StringComparison.Ordinal) => "operator",
        _ => "other",
    };

    /// <summary>
    /// A row for each webhook that is told of such things, and none where there is none. Who is subscribed and asks for
    /// something else of the same newsletter has not joined.
    /// </summary>
    public static Task AddAsync(
        DataConnection transaction, WebhookEvent what, long subscriberId, string newsletter, DateTimeOffset at, string source, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                INSERT INTO webhook_delivery (event_id, webhook, kind, subscriber_id, newsletter, at, source, attempts, due_at)
                SELECT @event, w.name, {(int)what}, @subscriber, @newsletter, @at, @source, 0, @at FROM webhook w
                WHERE (w.events & {(int)what}) <> 0{(what == WebhookEvent.Joined
                    ? $" AND NOT EXISTS (SELECT 1 FROM subscription s WHERE s.subscriber_id = @subscriber AND s.newsletter = @newsletter AND s.state = {(int)SubscriptionState.Confirmed})"
                    : "")}
                ORDER BY w.name
                """),
            cancellationToken,
            new DataParameter("event", NewId(), DataType.NVarChar),
            new DataParameter("subscriber", subscriberId, DataType.Int64),
            new DataParameter("newsletter", newsletter, DataType.NVarChar),
            new DataParameter("at", at.ToUnixTimeMilliseconds(), DataType.Int64),
            new DataParameter("source", source, DataType.NVarChar));
}

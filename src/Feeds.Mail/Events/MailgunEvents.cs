using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Feeds.Mail;

/// <summary>
/// Mailgun's webhooks (documentation.mailgun.com, "Securing Webhooks" and "Webhook Payloads"): one event a post. The
/// signature is an HMAC-SHA256 of timestamp and token, not of the event; so a post is good for twelve hours, and a token for
/// one effect: <see cref="RelayEvent.Identity"/> is the token.
/// </summary>
internal static class MailgunEvents
{
    /// <summary>A post that isn't answered with 200 is repeated for eight hours.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromHours(12);

    private static readonly TimeSpan ClockError = TimeSpan.FromMinutes(5);

    public static EventPost Read(ReadOnlyMemory<byte> body, string key, DateTimeOffset now)
    {
        using var document = EventJson.Parse(body);
        if (document?.RootElement is not { } post || post.Id("signature", "token") is not { } token || !IsSigned(post, token, key, now))
        {
            return EventPost.Forged;
        }

        return post.At("event-data") is { ValueKind: JsonValueKind.Object } told
            ? EventPost.Of(Event(told, token) is { } found ? [found] : [])
            : EventPost.Unreadable;
    }

    private static bool IsSigned(JsonElement post, string token, string key, DateTimeOffset now)
    {
        var timestamp = post.At("signature", "timestamp") is { ValueKind: JsonValueKind.Number } number ? number.GetRawText() : post.Id("signature", "timestamp");
        if (key.Length == 0
            || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            || DateTimeOffset.FromUnixTimeSeconds(seconds) is var signed && (signed < now - Window || signed > now + ClockError))
        {
            return false;
        }

        var expected = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes($"{timestamp}{token}")));
        var signatures = new[] { post.Id("signature", "signature"), post.Id("signature", "parent-signature") };
        return signatures.Any(signature => signature is not null && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected), Encoding.ASCII.GetBytes(signature)));
    }

    private static RelayEvent? Event(JsonElement told, string token)
    {
        var found = told.Text("event") switch
        {
            // A temporary failure is tried again there, and ends in another event.
            "failed" when told.Text("severity") is "permanent" => Failed(told, token),
            "complained" => new RelayEvent(ReturnEventKind.Complaint, token),
            _ => null,
        };
        return found is null ? null : found with
        {
            Sender = told.Text("envelope", "sender"),
            MessageId = told.MessageId("message", "headers", "message-id"),
            Recipients = told.Text("recipient") is { } recipient ? [recipient] : [],
        };
    }

    private static RelayEvent Failed(JsonElement told, string token)
    {
        switch (told.Text("reason"))
        {
            case "suppress-bounce":
                return RelayEvent.Listed(token, "suppress-bounce");
            case "suppress-complaint":
                return new RelayEvent(ReturnEventKind.Complaint, token);
            case "suppress-unsubscribe":
                return new RelayEvent(ReturnEventKind.Unsubscribe, token);
        }

        var code = told.At("delivery-status", "code") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value) ? value : 0;
        var text = $"{(code is >= 400 and <= 599 ? code.ToString(CultureInfo.InvariantCulture) : "")} {told.Text("delivery-status", "message")} {told.Text("delivery-status", "description")}";
        var status = told.Id("delivery-status", "enhanced-code");
        return code is >= 400 and <= 499 || told.Text("reason") is "old" ? RelayEvent.Transient(token, status, text) : RelayEvent.Permanent(token, status, text);
    }
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Feeds.Mail;

/// <summary>
/// Twilio SendGrid's signed event webhook (twilio.com/docs/sendgrid, "Event Webhook Reference" and "Security Features"):
/// events in batches; ECDSA on P-256 with SHA-256 over the timestamp's header and the body's octets.
/// </summary>
internal static class SendGridEvents
{
    public const string SignatureHeader = "X-Twilio-Email-Event-Webhook-Signature";
    public const string TimestampHeader = "X-Twilio-Email-Event-Webhook-Timestamp";
    private const int LongestTimestamp = 20;
    private const int Bits = 256;

    /// <summary>Whether it is a public key as SendGrid shows it: base64 of a SubjectPublicKeyInfo (RFC 5280 §4.1).</summary>
    public static bool IsKey(string key)
    {
        using var ours = Key(key);
        return ours is not null;
    }

    public static EventPost Read(ReadOnlyMemory<byte> body, string? signature, string? timestamp, string key)
    {
        if (!IsSigned(body, signature, timestamp, key))
        {
            return EventPost.Forged;
        }

        using var document = EventJson.Parse(body);
        if (document?.RootElement is not { ValueKind: JsonValueKind.Array } post)
        {
            return EventPost.Unreadable;
        }

        return post.GetArrayLength() > RelayEvents.MostEvents
            ? EventPost.TooMany
            : EventPost.Of([.. post.EnumerateArray().Select(Event).OfType<RelayEvent>()]);
    }

    private static bool IsSigned(ReadOnlyMemory<byte> body, string? signature, string? timestamp, string key)
    {
        Span<byte> octets = stackalloc byte[200];
        if (timestamp is not { Length: > 0 and <= LongestTimestamp } || signature is not { Length: > 0 and <= 200 } || !Convert.TryFromBase64String(signature, octets, out var length))
        {
            return false;
        }

        using var ours = Key(key);
        byte[] signed = [.. Encoding.UTF8.GetBytes(timestamp), .. body.Span];
        try
        {
            return ours?.VerifyData(signed, octets[..length], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence) == true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static ECDsa? Key(string key)
    {
        var ecdsa = ECDsa.Create();
        try
        {
            ecdsa.ImportSubjectPublicKeyInfo(Convert.FromBase64String(key), out _);
            if (ecdsa.KeySize == Bits)
            {
                return ecdsa;
            }
        }
        catch (Exception refused) when (refused is CryptographicException or FormatException)
        {
        }

        ecdsa.Dispose();
        return null;
    }

    private static RelayEvent? Event(JsonElement told)
    {
        if (told.Id("sg_event_id") is not { } id)
        {
            return null;
        }

        var found = told.Text("event") switch
        {
            // "blocked" is a refusal of this mail, which says nothing final about the address.
            "bounce" when told.Text("type") is "blocked" => RelayEvent.Transient(id, told.Id("status"), told.Text("reason") ?? ""),
            "bounce" => RelayEvent.Permanent(id, told.Id("status"), told.Text("reason") ?? ""),
            "dropped" => Dropped(id, told.Text("reason") ?? ""),
            "spamreport" => new RelayEvent(ReturnEventKind.Complaint, id),
            _ => null,
        };
        return found is null ? null : found with
        {
            MessageId = told.MessageId("smtp-id"),
            Recipients = told.Text("email") is { } recipient ? [recipient] : [],
        };
    }

    // The others are about the mail or the account.
    private static RelayEvent? Dropped(string id, string reason) => reason.ToLowerInvariant() switch
    {
        "bounced address" or "invalid" => RelayEvent.Listed(id, reason),
        "spam reporting address" => new RelayEvent(ReturnEventKind.Complaint, id),
        "unsubscribed address" => new RelayEvent(ReturnEventKind.Unsubscribe, id),
        _ => null,
    };
}

using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Feeds.Newsletter.Webhooks;

/// <summary>
/// What a webhook gets, by the Standard Webhooks specification 1.0.0: a POST of JSON with type, time of the event and data;
/// <c>webhook-id</c>, the same however often it is sent; <c>webhook-timestamp</c>, when this attempt was made, in seconds;
/// <c>webhook-signature</c>, <c>v1,</c> and the Base64 of HMAC-SHA256 over id, timestamp and body with dots between.
/// </summary>
/// <param name="Id">The event's.</param>
/// <param name="Body">As it is signed.</param>
internal sealed record WebhookMessage(string Id, byte[] Body)
{
    /// <summary>A message about an event.</summary>
    /// <param name="row">The event.</param>
    /// <param name="email">The person's address now; null of who is forgotten.</param>
    public static WebhookMessage Of(WebhookDeliveryRow row, string? email) => new(row.EventId, Write(row, row.SubscriberId, email));

    /// <summary>One that is about nobody.</summary>
    public static WebhookMessage Test(DateTimeOffset now)
    {
        var row = new WebhookDeliveryRow { EventId = WebhookEvents.NewId(), Kind = WebhookEvent.Test, At = now, Source = "test" };
        return new WebhookMessage(row.EventId, Write(row, subscriber: null, email: null));
    }

    /// <summary>The request of one attempt.</summary>
    public HttpRequestMessage ToRequest(Webhook webhook, DateTimeOffset now)
    {
        var seconds = now.ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, webhook.Address) { Content = new ByteArrayContent(Body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("webhook-id", Id);
        request.Headers.Add("webhook-timestamp", seconds.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", Sign(webhook.Secret, Id, seconds, Body));
        return request;
    }

    /// <summary>The value of <c>webhook-signature</c>.</summary>
    public static string Sign(byte[] secret, string id, long seconds, ReadOnlySpan<byte> body) =>
        "v1," + Convert.ToBase64String(HMACSHA256.HashData(secret, (byte[])[.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{seconds}.")), .. body]));

    private static byte[] Write(WebhookDeliveryRow row, long? subscriber, string? email)
    {
        using var output = new MemoryStream();
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            writer.WriteString("type", WebhookEvents.NameOf(row.Kind));
            writer.WriteString("timestamp", row.At.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            writer.WriteStartObject("data");
            if (subscriber is { } number)
            {
                writer.WriteNumber("subscriber", number);
            }
            else
            {
                writer.WriteNull("subscriber");
            }

            writer.WriteString("email", email);
            writer.WriteString("newsletter", row.Newsletter.Length > 0 ? row.Newsletter : null);
            writer.WriteString("source", row.Source);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return output.ToArray();
    }
}

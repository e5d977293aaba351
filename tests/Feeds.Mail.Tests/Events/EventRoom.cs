using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Feeds.Mail.Tests.Returns;
using Feeds.Storage;
using Microsoft.Extensions.Options;

namespace Feeds.Mail.Tests.Events;

/// <summary>A room that all three relays post to, and what signs in their names.</summary>
internal sealed class EventRoom : IAsyncDisposable
{
    public const string Topic = "arn:aws:sns:eu-west-1:123456789012:bounces";
    private const string Secret = "mailgun-secret";

    private readonly TestFolder folder;
    private readonly AmazonHost amazon;
    private readonly SnsWeb web;

    private EventRoom(ReturnRoom room, TestFolder folder, RSA snsKey, ECDsa sendGridKey)
    {
        this.folder = folder;
        (Room, SnsKey, SendGridKey) = (room, snsKey, sendGridKey);
        var request = new CertificateRequest("CN=sns.amazonaws.com", snsKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(Mailings.Date.AddYears(-1), Mailings.Date.AddYears(1));
        amazon = new AmazonHost(certificate.ExportCertificatePem());
        web = new SnsWeb(amazon, [X509Certificate2.CreateFromPem(certificate.ExportCertificatePem())]);
        Events = new RelayEvents(
            room.Mail.Get<IOptions<MailOptions>>(), room.Mail.Database, room.Mail.Get<EnvelopeSender>(), room.Mail.Get<ReturnEffects>(), room.Mail.Get<Pseudonyms>(), web, room.Clock);
    }

    public ReturnRoom Room { get; }

    public RelayEvents Events { get; }

    public RSA SnsKey { get; }

    public ECDsa SendGridKey { get; }

    /// <summary>What was fetched of Amazon.</summary>
    public IReadOnlyList<string> Fetched => amazon.Fetched;

    public static async Task<EventRoom> OpenAsync(DatabaseProvider provider)
    {
        var keys = new TestFolder();
        var sendGrid = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var room = await ReturnRoom.OpenAsync(
            provider,
            ("Mail:Events:0:Relay", "ses"),
            ("Mail:Events:0:Topic", Topic),
            ("Mail:Events:1:Relay", "mailgun"),
            ("Mail:Events:1:KeyFile", keys.Write("mailgun", Secret + "\n")),
            ("Mail:Events:2:Relay", "sendgrid"),
            ("Mail:Events:2:KeyFile", keys.Write("sendgrid", Convert.ToBase64String(sendGrid.ExportSubjectPublicKeyInfo()))));
        return new EventRoom(room, keys, RSA.Create(2048), sendGrid);
    }

    public Task<EventAnswer> MailgunAsync(object told, string token = "token-1", DateTimeOffset? at = null, string secret = Secret)
    {
        var timestamp = (at ?? Room.Clock.GetUtcNow()).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(timestamp + token)));
        var post = new Dictionary<string, object>(StringComparer.Ordinal) { ["signature"] = new { token, timestamp, signature }, ["event-data"] = told };
        return PostAsync("mailgun", JsonSerializer.SerializeToUtf8Bytes(post));
    }

    public static Dictionary<string, object> MailgunFailure(string messageId, string recipient, string severity = "permanent", string reason = "bounce", string? sender = null) => new(StringComparer.Ordinal)
    {
        ["event"] = "failed",
        ["severity"] = severity,
        ["reason"] = reason,
        ["recipient"] = recipient,
        ["envelope"] = new { sender = sender ?? "else@example.org" },
        ["message"] = new { headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["message-id"] = messageId } },
        ["delivery-status"] = new { code = 550, message = "5.1.1 No such user" },
    };

    public Task<EventAnswer> SendGridAsync(byte[] body, byte[]? signed = null)
    {
        const string Timestamp = "1795417200";
        var signature = SendGridKey.SignData([.. Encoding.UTF8.GetBytes(Timestamp), .. signed ?? body], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return Events.TakeAsync("sendgrid", body, name => name switch
        {
            SendGridEvents.SignatureHeader => Convert.ToBase64String(signature),
            SendGridEvents.TimestampHeader => Timestamp,
            _ => null,
        }, default);
    }

    public static Dictionary<string, object> SendGridEvent(string id, string kind, string messageId, string email, string reason = "550 5.1.1 No such user", string type = "bounce") => new(StringComparer.Ordinal)
    {
        ["sg_event_id"] = id,
        ["event"] = kind,
        ["smtp-id"] = $"<{messageId}>",
        ["email"] = email,
        ["reason"] = reason,
        ["type"] = type,
    };

    public Task<EventAnswer> SesAsync(object told, string id = "1", string version = "2") => SnsAsync("Notification", JsonSerializer.Serialize(told), id, version);

    public Task<EventAnswer> SnsAsync(string type, string message, string id = "1", string version = "2", Action<Dictionary<string, string>>? change = null)
    {
        var post = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Message"] = message,
            ["MessageId"] = id,
            ["Timestamp"] = "2026-11-23T07:00:00.000Z",
            ["TopicArn"] = Topic,
            ["Type"] = type,
        };
        string[] names = ["Message", "MessageId", "Timestamp", "TopicArn", "Type"];
        if (type is "SubscriptionConfirmation")
        {
            (post["Token"], post["SubscribeURL"]) = ("token", "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=token");
            names = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
        }

        var signed = string.Concat(names.Select(name => $"{name}\n{post[name]}\n"));
        post["SignatureVersion"] = version;
        post["SigningCertURL"] = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem";
        post["Signature"] = Convert.ToBase64String(SnsKey.SignData(Encoding.UTF8.GetBytes(signed), version is "1" ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        change?.Invoke(post);
        return PostAsync("ses", JsonSerializer.SerializeToUtf8Bytes(post));
    }

    public static object SesBounce(string feedbackId, string messageId, string recipient, string type = "Permanent", string subType = "General", string source = "else@example.org") => new
    {
        notificationType = "Bounce",
        bounce = new { bounceType = type, bounceSubType = subType, feedbackId, bouncedRecipients = new[] { new { emailAddress = recipient, status = "5.1.1", diagnosticCode = "smtp; 550 5.1.1 user unknown" } } },
        mail = new { source, messageId = "amazons-own", destination = new[] { recipient }, headers = new[] { new { name = "Message-ID", value = $"<{messageId}>" } } },
    };

    public Task<EventAnswer> PostAsync(string relay, byte[] body) => Events.TakeAsync(relay, body, _ => null, default);

    public async ValueTask DisposeAsync()
    {
        await Room.DisposeAsync();
        web.Dispose();
        amazon.Dispose();
        folder.Dispose();
        SnsKey.Dispose();
        SendGridKey.Dispose();
    }

    private sealed class AmazonHost(string certificate) : HttpMessageHandler
    {
        public List<string> Fetched { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Fetched.Add(request.RequestUri!.AbsoluteUri);
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(request.RequestUri.AbsolutePath.EndsWith(".pem", StringComparison.Ordinal) ? certificate : "<ConfirmSubscriptionResponse/>") });
        }
    }
}

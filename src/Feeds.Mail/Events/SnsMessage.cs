using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Feeds.Mail;

/// <summary>
/// A message of Amazon SNS over HTTP (docs.aws.amazon.com/sns, "Verifying the signatures of Amazon SNS messages"): signed
/// with RSA, over SHA-1 (version 1) or SHA-256 (version 2) of its fields, by a certificate that lies at the topic's own host.
/// </summary>
internal sealed partial class SnsMessage
{
    // In this order, each name and each value on a line of its own.
    private static readonly string[] OfNotification = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"];
    private static readonly string[] OfConfirmation = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];

    private SnsMessage(string type, string signed, byte[] signature, HashAlgorithmName hash, Uri certificate)
    {
        Type = type;
        Signed = Encoding.UTF8.GetBytes(signed);
        (Signature, Hash, Certificate) = (signature, hash, certificate);
    }

    public string Type { get; }

    /// <summary>Where the certificate lies: at the topic's host.</summary>
    public Uri Certificate { get; }

    /// <summary>What was published.</summary>
    public string Message { get; private init; } = "";

    /// <summary>Where the subscription is confirmed, at the topic's host; null on other messages.</summary>
    public Uri? Subscribe { get; private init; }

    private byte[] Signed { get; }

    private byte[] Signature { get; }

    private HashAlgorithmName Hash { get; }

    /// <summary>The host of a topic's region, or null where this is no topic's ARN.</summary>
    public static string? HostOf(string topic) => Topic().Match(topic) is { Success: true } match
        ? $"sns.{match.Groups["region"].Value}.amazonaws.com{(match.Groups["partition"].Value is "aws-cn" ? ".cn" : "")}"
        : null;

    /// <summary>The message, not yet verified; null where it isn't one of that topic in the documented form.</summary>
    public static SnsMessage? Read(JsonElement post, string topic)
    {
        var type = post.Text("Type");
        var fields = type switch
        {
            "Notification" => OfNotification,
            "SubscriptionConfirmation" or "UnsubscribeConfirmation" => OfConfirmation,
            _ => null,
        };
        HashAlgorithmName? hash = post.Text("SignatureVersion") switch
        {
            "1" => HashAlgorithmName.SHA1,
            "2" => HashAlgorithmName.SHA256,
            _ => null,
        };
        if (fields is null || hash is null || HostOf(topic) is not { } host
            || !string.Equals(post.Text("TopicArn"), topic, StringComparison.Ordinal)
            || fields.Any(field => field is not "Subject" && post.Text(field) is null)
            || At(post.Text("SigningCertURL"), host) is not { } certificate || !CertificatePath().IsMatch(certificate.AbsolutePath) || certificate.Query.Length > 0
            || Octets(post.Text("Signature")) is not { } signature)
        {
            return null;
        }

        var signed = new StringBuilder();
        foreach (var field in fields)
        {
            if (post.Text(field) is { } value)
            {
                signed.Append(field).Append('\n').Append(value).Append('\n');
            }
        }

        return new SnsMessage(type!, signed.ToString(), signature, hash.Value, certificate)
        {
            Message = post.Text("Message")!,
            Subscribe = type is "SubscriptionConfirmation" ? At(post.Text("SubscribeURL"), host) : null,
        };
    }

    /// <summary>Whether the certificate's key signed it, while that was valid.</summary>
    public bool IsSignedBy(X509Certificate2 certificate, DateTimeOffset now)
    {
        using var key = certificate.GetRSAPublicKey();
        return key is not null
            && now.UtcDateTime >= certificate.NotBefore.ToUniversalTime() && now.UtcDateTime <= certificate.NotAfter.ToUniversalTime()
            && key.VerifyData(Signed, Signature, Hash, RSASignaturePadding.Pkcs1);
    }

    private static Uri? At(string? address, string host) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && string.Equals(uri.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal)
        && string.Equals(uri.Host, host, StringComparison.OrdinalIgnoreCase)
        && uri.IsDefaultPort && uri.UserInfo.Length == 0
            ? uri
            : null;

    private static byte[]? Octets(string? base64)
    {
        var octets = new byte[1024];
        return base64 is { Length: > 0 and <= 1024 } && Convert.TryFromBase64String(base64, octets, out var length) ? octets[..length] : null;
    }

    [GeneratedRegex(@"\Aarn:(?<partition>aws|aws-cn|aws-us-gov):sns:(?<region>[a-z0-9-]{3,30}):[0-9]{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Topic();

    [GeneratedRegex(@"\A/SimpleNotificationService-[0-9A-Za-z]{1,100}\.pem\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CertificatePath();
}

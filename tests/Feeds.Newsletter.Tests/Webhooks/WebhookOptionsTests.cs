using Feeds.Newsletter.Webhooks;
using Microsoft.Extensions.Options;

namespace Feeds.Newsletter.Tests.Webhooks;

/// <summary>Which configurations stop the start, and with what sentence.</summary>
public sealed class WebhookOptionsTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("Name", "Mein Hook", "Newsletter:Webhooks:1:Name is \"Mein Hook\"; write 1 to 40 lower-case letters a-z, digits and hyphens.")]
    [InlineData("Name", "crm", "Newsletter:Webhooks:1:Name is \"crm\", as an earlier one; give each webhook a name of its own.")]
    [InlineData("Address", "http://example.org/hidden", "Newsletter:Webhooks:1:Address is none to post to; write one that begins with https://, or with http:// on this machine, without user name and fragment.")]
    [InlineData("Address", "https://me:hidden@example.org/", "Newsletter:Webhooks:1:Address is none to post to;")]
    [InlineData("Address", "https://example.org/#hidden", "Newsletter:Webhooks:1:Address is none to post to;")]
    [InlineData("Address", "ftp://localhost/hidden", "Newsletter:Webhooks:1:Address is none to post to;")]
    [InlineData("Address", "", "Newsletter:Webhooks:1:Address is none to post to;")]
    [InlineData("SecretFile", "", "Newsletter:Webhooks:1:SecretFile is empty; write the file of the secret, made with (umask 077; { printf whsec_; openssl rand -base64 32; } > FILE).")]
    [InlineData("Events", "subscription.joind", "Newsletter:Webhooks:1:Events:1 is \"subscription.joind\"; write some of subscription.joined, subscription.confirmed, subscription.left, subscriber.bounced, subscriber.erased, or leave Events out for all.")]
    public void A_wrong_value_is_told_with_its_key_and_its_mend_and_not_what_may_be_secret(string key, string value, string sentence)
    {
        var wrong = Good("other");
        switch (key)
        {
            case "Name":
                wrong.Name = value;
                break;
            case "Address":
                wrong.Address = value;
                break;
            case "SecretFile":
                wrong.SecretFile = value;
                break;
            default:
                wrong.Events.Add("subscription.left");
                wrong.Events.Add(value);
                break;
        }

        var said = Assert.Single(Check(Good("crm"), wrong));
        Assert.StartsWith(sentence, said, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA!")]
    [InlineData("")]
    public void A_file_that_holds_no_secret_is_told_of_without_its_content(string text)
    {
        var hook = Good("crm");
        hook.SecretFile = WebhookRoom.WriteSecret(folder, "other", text);

        Assert.Equal(
            [$"Newsletter:Webhooks:0:SecretFile {hook.SecretFile} holds no secret: whsec_ and 24 to 64 octets in Base64; make one with (umask 077; {{ printf whsec_; openssl rand -base64 32; }} > FILE)."],
            Check(hook),
            StringComparer.Ordinal);
    }

    [Fact]
    public void A_secret_that_others_may_read_one_that_is_not_there_and_too_many_webhooks_stop_the_start()
    {
        var open = Good("open");
        open.SecretFile = WebhookRoom.WriteSecret(folder, "open", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", UnixFileMode.UserRead | UnixFileMode.GroupRead);
        var lacking = Good("lacking");
        lacking.SecretFile = folder["nowhere"];

        Assert.Equal(
            [
                $"Newsletter:Webhooks:0:SecretFile {open.SecretFile} is open to others than its owner; take their rights away (chmod 600) and make another secret if they may have read it.",
                $"Newsletter:Webhooks:1:SecretFile {lacking.SecretFile} can't be read; see that it exists and that this user may read it.",
            ],
            Check(open, lacking),
            StringComparer.Ordinal);
        Assert.Equal(["Newsletter:Webhooks has 11 entries; write at most 10."], Check([.. Enumerable.Range(0, 11).Select(number => Good($"hook{number}"))]), StringComparer.Ordinal);
        Assert.Empty(Check([.. Enumerable.Range(0, 10).Select(number => Good($"hook{number}"))]));
    }

    [Theory]
    [InlineData("http://localhost:8080/hook")]
    [InlineData("http://127.0.0.1/hook?token=1")]
    [InlineData("http://[::1]:1/")]
    [InlineData("https://crm.example.org/hooks/feeds?token=1")]
    public void Addresses_of_this_machine_need_no_TLS(string address)
    {
        var hook = Good("crm");
        hook.Address = address;

        Assert.Empty(Check(hook));
    }

    [Fact]
    public void What_is_signed_is_what_the_specification_s_own_example_says()
    {
        var secret = WebhookSecretFile.Read(WebhookRoom.WriteSecret(folder, "example", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), out var reason);

        Assert.Null(reason);
        Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", WebhookMessage.Sign(secret!, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}"u8));
    }

    private WebhookOptions Good(string name) => new()
    {
        Name = name,
        Address = "https://example.org/hook",
        SecretFile = WebhookRoom.WriteSecret(folder, "good", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    };

    private static IReadOnlyList<string> Check(params WebhookOptions[] webhooks)
    {
        var options = new NewsletterOptions();
        foreach (var webhook in webhooks)
        {
            options.Webhooks.Add(webhook);
        }

        return [.. new WebhookOptionsCheck().Validate(Options.DefaultName, options).Failures ?? []];
    }
}

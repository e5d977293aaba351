using System.Text;

namespace Feeds.Mail.Tests.Events;

/// <summary>SendGrid's signature, by the example that its own libraries are tested with (github.com/sendgrid, “EventWebhook”).</summary>
public sealed class SendGridSignatureTests
{
    private const string Key = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==";
    private const string Another = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqTxd43gyp8IOEto2LdIfjRQrIbsd4SXZkLW6jDutdhXSJCWHw8REntlo7aNDthvj+y7GjUuFDb/R1NGe1OPzpA==";
    private const string Signature = "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM=";
    private const string Timestamp = "1600112502";
    private const string Body =
        """[{"email":"hello@world.com","event":"dropped","reason":"Bounced Address","sg_event_id":"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA","sg_message_id":"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0","smtp-id":"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>","timestamp":1600112492}]"""
        + "\r\n";

    [Fact]
    public void The_documented_post_is_believed_and_says_whom_SendGrid_has_on_its_list()
    {
        var post = SendGridEvents.Read(Encoding.UTF8.GetBytes(Body), Signature, Timestamp, Key);

        Assert.Equal(EventTrust.Verified, post.Trust);
        var told = Assert.Single(post.Events);
        Assert.Equal("LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net", told.MessageId);
        Assert.Equal(["hello@world.com"], told.Recipients);
        Assert.Contains("Bounced Address", told.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void With_a_changed_octet_time_or_key_it_is_not()
    {
        var body = Encoding.UTF8.GetBytes(Body);

        Assert.True(SendGridEvents.IsKey(Key) && SendGridEvents.IsKey(Another));
        Assert.Equal(EventTrust.Forged, SendGridEvents.Read(body, Signature, Timestamp, Another).Trust);
        Assert.Equal(EventTrust.Forged, SendGridEvents.Read(body, Signature, "1600112503", Key).Trust);
        Assert.Equal(EventTrust.Forged, SendGridEvents.Read(body.AsMemory(0, body.Length - 2), Signature, Timestamp, Key).Trust);
        Assert.Equal(EventTrust.Forged, SendGridEvents.Read(body, "MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDWYNH3j/0=", Timestamp, Key).Trust);
    }
}

using System.Text;
using System.Text.Json;
using Feeds.Mail.Tests.Returns;
using Feeds.Storage;

namespace Feeds.Mail.Tests.Events;

public sealed class RelayEventsTests
{
    private const string One = "reader1@example.org";
    private const string Two = "reader2@example.org";
    private const string Three = "reader3@example.org";

    [DatabaseTheory, EachDatabase]
    public async Task Each_relay_lists_whom_a_mail_of_ours_could_not_reach_and_the_same_event_again_changes_nothing(DatabaseProvider provider)
    {
        await using var room = await EventRoom.OpenAsync(provider);
        var sent = await room.Room.SendAsync("weekly", 3);
        var batch = JsonSerializer.SerializeToUtf8Bytes(new[] { EventRoom.SendGridEvent("e1", "bounce", "weekly.3@example.org", Three), EventRoom.SendGridEvent("e2", "open", "weekly.1@example.org", One) });

        for (var time = 0; time < 2; time++)
        {
            Assert.Equal(EventAnswer.Done, await room.SesAsync(EventRoom.SesBounce("f1", "weekly.1@example.org", One), version: time == 0 ? "1" : "2"));
            Assert.Equal(EventAnswer.Done, await room.MailgunAsync(EventRoom.MailgunFailure("none", "x@example.org", sender: room.Room.Ours.Write(ReturnPurpose.Bounce, sent[Two]))));
            Assert.Equal(EventAnswer.Done, await room.SendGridAsync(batch));
        }

        var listed = await room.Room.ListedAsync();
        Assert.Equal([One, Two, Three], listed.Select(row => row.Address).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.All(listed, row => Assert.Equal(SuppressionCause.HardBounce, row.Cause));
        Assert.Equal(3, await room.Room.NotesAsync());
    }

    [DatabaseTheory, EachDatabase]
    public async Task What_is_forged_changed_too_old_or_about_no_mail_of_ours_lists_nobody(DatabaseProvider provider)
    {
        await using var room = await EventRoom.OpenAsync(provider);
        await room.Room.SendAsync("weekly", 2);
        var failure = EventRoom.MailgunFailure("weekly.1@example.org", One);
        var batch = JsonSerializer.SerializeToUtf8Bytes(new[] { EventRoom.SendGridEvent("e1", "bounce", "weekly.1@example.org", One) });
        var bounce = JsonSerializer.Serialize(EventRoom.SesBounce("f1", "weekly.1@example.org", One));

        Assert.Equal(EventAnswer.Forged, await room.MailgunAsync(failure, secret: "another"));
        Assert.Equal(EventAnswer.Forged, await room.MailgunAsync(failure, at: room.Room.Clock.GetUtcNow().AddHours(-13)));
        Assert.Equal(EventAnswer.Forged, await room.MailgunAsync(failure, at: room.Room.Clock.GetUtcNow().AddHours(1)));
        Assert.Equal(EventAnswer.Forged, await room.SendGridAsync([.. batch, (byte)' '], signed: batch));
        Assert.Equal(EventAnswer.Forged, await room.PostAsync("sendgrid", batch));
        Assert.Equal(EventAnswer.Forged, await room.SnsAsync("Notification", bounce, change: post => post["Message"] += " "));
        foreach (var elsewhere in new[]
        {
            "https://sns.eu-west-1.amazonaws.com.example.net/SimpleNotificationService-1.pem", "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem",
            "https://s3.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem", "https://x@sns.eu-west-1.amazonaws.com:444/SimpleNotificationService-1.pem",
        })
        {
            Assert.Equal(EventAnswer.Forged, await room.SnsAsync("Notification", bounce, change: post => post["SigningCertURL"] = elsewhere));
        }

        // Anybody has topics, and Amazon signs for them too.
        Assert.Equal(EventAnswer.Forged, await room.SnsAsync("Notification", bounce, change: post => post["TopicArn"] = "arn:aws:sns:eu-west-1:999999999999:bounces"));
        Assert.Equal(EventAnswer.NoRelay, await room.PostAsync("postmark", batch));
        // The Message-ID is one of ours, but its mail went to somebody else; or there is no such mail.
        Assert.Equal(EventAnswer.Done, await room.MailgunAsync(EventRoom.MailgunFailure("weekly.1@example.org", Two), "t1"));
        Assert.Equal(EventAnswer.Done, await room.MailgunAsync(EventRoom.MailgunFailure("other.1@example.org", One), "t2"));
        // SES names its own Message-ID in another place.
        Assert.Equal(EventAnswer.Done, await room.SesAsync(EventRoom.SesBounce("f2", "another@example.org", One)));

        Assert.Empty(await room.Room.ListedAsync());
        Assert.Equal(0, await room.Room.NotesAsync());
        Assert.All(room.Fetched, address => Assert.StartsWith("https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-", address, StringComparison.Ordinal));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_token_of_Mailgun_has_one_effect_because_it_signs_no_event(DatabaseProvider provider)
    {
        await using var room = await EventRoom.OpenAsync(provider);
        await room.Room.SendAsync("weekly", 2);

        Assert.Equal(EventAnswer.Done, await room.MailgunAsync(EventRoom.MailgunFailure("weekly.1@example.org", One)));
        Assert.Equal(EventAnswer.Done, await room.MailgunAsync(EventRoom.MailgunFailure("weekly.2@example.org", Two)));

        Assert.Equal(One, Assert.Single(await room.Room.ListedAsync()).Address);
    }

    [Fact]
    public async Task A_complaint_ends_what_is_open_what_may_pass_lists_nobody_and_a_list_of_the_relay_is_named()
    {
        await using var room = await EventRoom.OpenAsync(DatabaseProvider.Sqlite);
        await room.Room.SendAsync("weekly", 3);
        await room.Room.Mail.AddAsync(Mailings.Edition("next", 3));
        Dictionary<string, object>[] batch =
        [
            EventRoom.SendGridEvent("e1", "spamreport", "weekly.1@example.org", One),
            EventRoom.SendGridEvent("e2", "dropped", "weekly.2@example.org", Two, "Bounced Address"),
            EventRoom.SendGridEvent("e3", "dropped", "weekly.3@example.org", Three, "Spam Content"),
            EventRoom.SendGridEvent("e4", "bounce", "weekly.3@example.org", Three, "550 5.7.1 blocked", "blocked"),
            EventRoom.SendGridEvent("e5", "deferred", "weekly.3@example.org", Three, "450 4.2.0 later"),
            EventRoom.SendGridEvent("e6", "bounce", "weekly.3@example.org", Three, "550 5.7.1 rejected by policy"),
        ];

        Assert.Equal(EventAnswer.Done, await room.SendGridAsync(JsonSerializer.SerializeToUtf8Bytes(batch)));
        Assert.Equal(EventAnswer.Done, await room.SesAsync(EventRoom.SesBounce("f1", "weekly.3@example.org", Three, "Transient", "MailboxFull")));
        Assert.Equal(EventAnswer.Done, await room.MailgunAsync(EventRoom.MailgunFailure("weekly.3@example.org", Three, "temporary")));

        var listed = (await room.Room.ListedAsync()).ToDictionary(row => row.Address, StringComparer.Ordinal);
        Assert.Equal([One, Two], listed.Keys.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal(SuppressionCause.Complaint, listed[One].Cause);
        Assert.Contains("relay's own suppression list (Bounced Address)", listed[Two].Detail, StringComparison.Ordinal);
        Assert.Equal(new DeliveryCounts(1, 0, 0, 0, 0, 2, 0), await room.Room.Mail.CountAsync("next"));
        // Two policies and one that may pass are noted; what the relay still tries is not.
        Assert.Equal(5, await room.Room.NotesAsync());
    }

    [Fact]
    public async Task A_subscription_of_the_topic_is_confirmed_at_the_topics_own_host_only()
    {
        await using var room = await EventRoom.OpenAsync(DatabaseProvider.Sqlite);

        Assert.Equal(EventAnswer.Forged, await room.SnsAsync("SubscriptionConfirmation", "x", change: post => post["SubscribeURL"] = "https://sns.eu-west-1.amazonaws.com/?Action=Another"));
        Assert.DoesNotContain(room.Fetched, address => address.Contains("Action=", StringComparison.Ordinal));
        Assert.Equal(EventAnswer.Done, await room.SnsAsync("SubscriptionConfirmation", "You have chosen to subscribe."));
        Assert.Equal("https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=token", room.Fetched[^1]);
        Assert.Equal(2, room.Fetched.Count);
        Assert.Equal(EventAnswer.Done, await room.SnsAsync("Notification", "Successfully validated SNS topic."));
    }

    [Fact]
    public async Task A_batch_of_ten_thousand_is_refused_whole_and_garbage_has_an_answer()
    {
        await using var room = await EventRoom.OpenAsync(DatabaseProvider.Sqlite);
        await room.Room.SendAsync("weekly", 1);
        var events = Enumerable.Range(0, 10_000).Select(number => new Dictionary<string, object>(StringComparer.Ordinal) { ["sg_event_id"] = $"{number}", ["event"] = "bounce" });

        Assert.Equal(EventAnswer.TooMany, await room.SendGridAsync(JsonSerializer.SerializeToUtf8Bytes(events)));
        Assert.Equal(EventAnswer.TooMany, await room.PostAsync("mailgun", new byte[RelayEvents.MostOctets + 1]));
        Assert.Equal(EventAnswer.Unreadable, await room.SendGridAsync("{}"u8.ToArray()));

        // Signed by the relay, and damaged: neither throws, nor does anything reach the database that it refuses.
        var samples = new[]
        {
            JsonSerializer.SerializeToUtf8Bytes(new[] { EventRoom.SendGridEvent("e\u0000", "bounce", "weekly.9@example.org", "\u0000", "\ud83c\udf1e 550") }),
            Encoding.UTF8.GetBytes("""[{"sg_event_id":"1","event":"bounce","smtp-id":"<weekly.1@example.org>","email":"\ud800@example.org","reason":"\udc00\u0000"}]"""),
            JsonSerializer.SerializeToUtf8Bytes(EventRoom.SesBounce("f1", "weekly.9@example.org", One)),
        };
        var random = new Random(7);
        for (var round = 0; round < 5_000; round++)
        {
            var body = (byte[])samples[round % samples.Length].Clone();
            for (var change = random.Next(1, 6); change > 0; change--)
            {
                body[random.Next(body.Length)] = (byte)random.Next(256);
            }

            body = body[..(random.Next(4) == 0 ? random.Next(body.Length) : body.Length)];
            SesEvents.Read(Encoding.UTF8.GetString(body));
            if (round % 3 == 2)
            {
                Assert.Equal(EventTrust.Forged, MailgunEvents.Read(body, "key", room.Room.Clock.GetUtcNow()).Trust);
                Assert.Equal(EventAnswer.Forged, await room.PostAsync("ses", body));
            }
            else
            {
                Assert.Contains(await room.SendGridAsync(body), new[] { EventAnswer.Done, EventAnswer.Unreadable });
            }
        }
    }
}

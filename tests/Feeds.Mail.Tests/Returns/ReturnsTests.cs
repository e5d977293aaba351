using Feeds.Mail.Tests.Bounces;
using Feeds.Storage;

namespace Feeds.Mail.Tests.Returns;

public sealed class ReturnsTests
{
    [DatabaseTheory, EachDatabase]
    public async Task A_hard_bounce_lists_whom_the_delivery_went_to_and_nobody_whom_the_report_names(DatabaseProvider provider)
    {
        await using var room = await ReturnRoom.OpenAsync(provider);
        var sent = await room.SendAsync("weekly", 3);
        await room.Mail.AddAsync(Mailings.Edition("next", 3));

        Assert.Equal(ReturnOutcome.Done, await room.TakeBounceAsync(sent["reader1@example.org"], "5.1.1"));

        var listed = Assert.Single(await room.ListedAsync());
        Assert.Equal(("reader1@example.org", SuppressionCause.HardBounce, sent["reader1@example.org"]), (listed.Address, listed.Cause, listed.DeliveryId));
        Assert.StartsWith("5.1.1 ", listed.Detail, StringComparison.Ordinal);
        Assert.Equal(new DeliveryCounts(2, 0, 0, 0, 0, 1, 0), await room.Mail.CountAsync("next"));
        await room.Mail.Loop.TickAsync(default);
        Assert.Equal(new DeliveryCounts(0, 0, 2, 0, 0, 1, 0), await room.Mail.CountAsync("next"));
        Assert.Equal(new DeliveryCounts(0, 0, 3, 0, 0, 0, 0), await room.Mail.CountAsync("weekly"));
    }

    [DatabaseTheory, EachDatabase, Fault("Duplicate DSN, forged DSN, IMAP drop mid-batch")]
    public async Task The_same_mail_again_changes_nothing_even_when_several_hand_it_in_at_once(DatabaseProvider provider)
    {
        await using var room = await ReturnRoom.OpenAsync(provider);
        var delivery = (await room.SendAsync("weekly", 1)).Values.Single();
        await using var beside = await room.OpenBesideAsync();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => Task.Run(() => (number % 2 == 0 ? room : beside).TakeBounceAsync(delivery, "5.1.1"))));

        Assert.Equal(1, outcomes.Count(outcome => outcome == ReturnOutcome.Done));
        Assert.Equal(7, outcomes.Count(outcome => outcome == ReturnOutcome.Duplicate));
        Assert.True(await room.List.LiftAsync("reader1@example.org", default));
        Assert.Equal(ReturnOutcome.Duplicate, await room.TakeBounceAsync(delivery, "5.1.1"));
        Assert.Equal(ReturnOutcome.Done, await room.TakeBounceAsync(delivery, "5.1.1", "another"));
        Assert.Empty(await room.ListedAsync());

        room.Clock.Advance(TimeSpan.FromDays(1));
        var next = (await room.SendAsync("next", 1)).Values.Single();
        Assert.Equal(ReturnOutcome.Done, await room.TakeBounceAsync(next, "5.1.1"));
        Assert.Single(await room.ListedAsync());
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_complaint_lists_the_address_and_ends_what_is_open_and_a_wish_to_leave_only_ends(DatabaseProvider provider)
    {
        await using var room = await ReturnRoom.OpenAsync(provider);
        var sent = await room.SendAsync("weekly", 3);
        await room.Mail.AddAsync(Mailings.Edition("next", 3));

        Assert.Equal(ReturnOutcome.Done, await room.TakeAsync(room.Sample("Complaint", ReturnPurpose.Bounce, sent["reader1@example.org"])));
        Assert.Equal(ReturnOutcome.Done, await room.TakeAsync(room.Sample("Unsubscribe", ReturnPurpose.Unsubscribe, sent["reader2@example.org"])));
        Assert.Equal(ReturnOutcome.Duplicate, await room.TakeAsync(room.Sample("Unsubscribe", ReturnPurpose.Unsubscribe, sent["reader2@example.org"])));
        // It knows the delivery, but the address of reports is nobody's wish.
        Assert.Equal(ReturnOutcome.Unverified, await room.TakeAsync(room.Sample("Unsubscribe", ReturnPurpose.Bounce, sent["reader3@example.org"])));

        Assert.Equal(new DeliveryCounts(1, 0, 0, 0, 0, 2, 0), await room.Mail.CountAsync("next"));
        var listed = Assert.Single(await room.ListedAsync());
        Assert.Equal(("reader1@example.org", SuppressionCause.Complaint), (listed.Address, listed.Cause));

        Assert.Equal(ReturnOutcome.Done, await room.TakeBounceAsync(sent["reader1@example.org"], "5.1.1"));
        Assert.Equal(SuppressionCause.Complaint, Assert.Single(await room.ListedAsync()).Cause);
    }

    [DatabaseTheory, EachDatabase, Fault("Duplicate DSN, forged DSN, IMAP drop mid-batch")]
    public async Task What_is_forged_automatic_about_the_sender_or_unreadable_lists_nobody(DatabaseProvider provider)
    {
        await using var room = await ReturnRoom.OpenAsync(provider);
        var delivery = (await room.SendAsync("weekly", 1)).Values.Single();
        var other = new ReturnAddress(ReturnRoom.Bounces, new byte[32]);

        Assert.Equal(ReturnOutcome.Unverified, await room.TakeAsync(BounceSamples.Bytes(BounceSamples.Dialects["DSN"], other.Write(ReturnPurpose.Bounce, delivery))));
        Assert.Equal(ReturnOutcome.Unverified, await room.TakeAsync(BounceSamples.Bytes(BounceSamples.Dialects["DSN"], "reader1@example.org")));
        Assert.Equal(ReturnOutcome.Unverified, await room.TakeBounceAsync(delivery + 1000, "5.1.1"));
        Assert.Equal(ReturnOutcome.Nothing, await room.TakeAsync(room.Sample("AutomaticReply", ReturnPurpose.Bounce, delivery)));
        Assert.Equal(ReturnOutcome.Nothing, await room.TakeAsync(room.Sample("Notice", ReturnPurpose.Bounce, delivery)));
        Assert.Equal(ReturnOutcome.Aside, await room.TakeAsync(room.Sample("Unreadable", ReturnPurpose.Bounce, delivery)));
        Assert.Equal(ReturnOutcome.Aside, await room.TakeAsync(room.Sample("Ordinary", ReturnPurpose.Bounce, delivery)));
        Assert.Equal(0, await room.NotesAsync());

        Assert.Equal(ReturnOutcome.Done, await room.TakeBounceAsync(delivery, "5.7.1"));
        Assert.Empty(await room.ListedAsync());
    }

    [DatabaseTheory, EachDatabase]
    public async Task Five_soft_bounces_in_a_row_over_a_fortnight_list_and_one_mail_that_stays_begins_anew(DatabaseProvider provider)
    {
        await using var room = await ReturnRoom.OpenAsync(provider);
        for (var week = 0; week < 9; week++)
        {
            var delivery = (await room.SendAsync($"weekly-{week}", 1)).Values.Single();
            room.Clock.Advance(TimeSpan.FromDays(7));
            // The fourth stays.
            if (week != 3)
            {
                Assert.Empty(await room.ListedAsync());
                Assert.Equal(ReturnOutcome.Done, await room.TakeBounceAsync(delivery, "4.2.2"));
                Assert.Equal(ReturnOutcome.Done, await room.TakeBounceAsync(delivery, "4.2.2", "again"));
            }
        }

        Assert.Equal(SuppressionCause.SoftBounces, Assert.Single(await room.ListedAsync()).Cause);
    }

    [Fact]
    public void A_mailbox_that_is_full_has_two_weeks_however_often_it_is_written_to()
    {
        var start = Mailings.Date;
        SentMail[] Daily(int days) => [.. Enumerable.Range(0, days).Reverse().Select(day => new SentMail(start.AddDays(day), CameBack: true))];

        Assert.False(SoftBounceRule.IsTooMany(Daily(14), 0));
        Assert.True(SoftBounceRule.IsTooMany(Daily(15), 0));
        // Reports overtake each other: the one that fills the gap counts the row on both sides of it.
        Assert.True(SoftBounceRule.IsTooMany(Daily(15), 7));
        Assert.False(SoftBounceRule.IsTooMany([.. Daily(30).Select((mail, index) => mail with { CameBack = index % 5 != 4 })], 0));
    }
}

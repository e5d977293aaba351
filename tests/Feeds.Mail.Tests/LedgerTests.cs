using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Mail.Tests;

/// <summary>Claims and outcomes, seen from the tables.</summary>
public sealed class LedgerTests
{
    private static readonly Outcome Accepted = new(OutcomeKind.Accepted, 250);

    [DatabaseTheory, EachDatabase]
    public async Task A_claim_is_durable_before_it_is_handed_out_and_hands_out_one(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var room = await MailRoom.OpenAsync(database, MailRoom.Clock());
        await room.AddAsync(Mailings.Edition("weekly", 3));
        await room.Get<SenderLease>().EnsureAsync(default);

        var claim = await room.Get<DeliveryLedger>().TurnAsync(null, ClaimScope.Everything);

        Assert.Equal(("1", "weekly.1@example.org"), (claim!.Recipient.Key, claim.Recipient.MessageId));
        Assert.Equal(new DeliveryCounts(2, 1, 0, 0, 0, 0, 0), await room.CountAsync("weekly"));
    }

    [DatabaseTheory, EachDatabase, Fault("SQLITE_BUSY")]
    public async Task Connections_that_ask_at_once_get_a_delivery_each(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var room = await MailRoom.OpenAsync(database, MailRoom.Clock());
        await room.AddAsync(Mailings.Edition("weekly", 60));
        await room.Get<SenderLease>().EnsureAsync(default);
        var ledger = room.Get<DeliveryLedger>();

        var claims = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => ledger.TurnAsync(null, ClaimScope.Everything))));

        var got = claims.OfType<Claim>().ToList();
        Assert.Equal(60, got.Select(claim => claim.DeliveryId).Distinct().Count());
        Assert.Equal(60, got.Count);
        await Task.WhenAll(got.Select(claim => Task.Run(() => ledger.TurnAsync(new Completion(claim, Accepted, "test", Mailings.Date), null))));
        Assert.Equal(new DeliveryCounts(0, 0, 60, 0, 0, 0, 0), await room.CountAsync("weekly"));
    }

    [DatabaseTheory, EachDatabase, Fault("Node–DB partition")]
    public async Task Without_its_row_a_process_claims_nothing(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var room = await MailRoom.OpenAsync(database, MailRoom.Clock());
        await room.AddAsync(Mailings.Edition("weekly", 1));
        await room.Get<SenderLease>().EnsureAsync(default);
        await room.Database.WriteAsync(connection => connection.GetTable<SenderRow>().DeleteAsync(), default);

        Assert.Null(await room.Get<DeliveryLedger>().TurnAsync(null, ClaimScope.Everything));

        Assert.Equal(1, (await room.CountAsync("weekly")).Pending);
        await room.Get<SenderLease>().EnsureAsync(default);
        Assert.NotNull(await room.Get<DeliveryLedger>().TurnAsync(null, ClaimScope.Everything));
    }

    [DatabaseTheory, EachDatabase, Fault("DB restart mid-transaction; lost COMMIT reply")]
    public async Task An_outcome_that_could_not_be_written_is_written_by_the_next_turn(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var room = await MailRoom.OpenAsync(database, MailRoom.Clock());
        await room.AddAsync(Mailings.Edition("weekly", 2));
        await room.Get<SenderLease>().EnsureAsync(default);
        var ledger = room.Get<DeliveryLedger>();
        var claim = await ledger.TurnAsync(null, ClaimScope.Everything);
        await room.RenameAsync("attempt", "attempt_away");

        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => ledger.TurnAsync(new Completion(claim!, Accepted, "test", Mailings.Date), ClaimScope.Everything));
        Assert.Equal(new DeliveryCounts(1, 1, 0, 0, 0, 0, 0), await room.CountAsync("weekly"));

        await room.RenameAsync("attempt_away", "attempt");
        await ledger.SettleAsync();
        Assert.Equal(new DeliveryCounts(1, 0, 1, 0, 0, 0, 0), await room.CountAsync("weekly"));
    }

    [DatabaseTheory, EachDatabase, Fault("DB restart mid-transaction; lost COMMIT reply")]
    public async Task A_claim_whose_commit_went_unanswered_is_found_again_and_not_made_twice(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var room = await MailRoom.OpenAsync(database, MailRoom.Clock());
        await room.AddAsync(Mailings.Edition("weekly", 2));
        var lease = room.Get<SenderLease>();
        await lease.EnsureAsync(default);
        var ledger = room.Get<DeliveryLedger>();
        // What such a commit leaves: a claim of ours that nobody here knows of, and a turn that failed.
        await room.Database.WriteAsync(connection => room.Get<LaneClaims>().ClaimAsync(connection, ClaimScope.Everything, 1, lease.Id), default);
        await room.RenameAsync("sender", "sender_away");
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => ledger.TurnAsync(null, ClaimScope.Everything));
        await room.RenameAsync("sender_away", "sender");

        var claim = await ledger.TurnAsync(null, ClaimScope.Everything);
        var next = await ledger.TurnAsync(null, ClaimScope.Everything);

        Assert.Equal(["1", "2"], new[] { claim!.Recipient.Key, next!.Recipient.Key }.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal(new DeliveryCounts(0, 2, 0, 0, 0, 0, 0), await room.CountAsync("weekly"));
    }

    [DatabaseTheory, EachDatabase, Fault("SIGTERM")]
    public async Task A_process_that_ends_in_order_leaves_no_row_and_nobody_waits_for_it(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var room = await MailRoom.OpenAsync(database, MailRoom.Clock());
        await room.Get<SenderLease>().EnsureAsync(default);

        await room.Loop.ReleaseAsync();

        Assert.Equal(0, await room.Database.ReadAsync(connection => connection.GetTable<SenderRow>().CountAsync()));
    }

    [DatabaseTheory, EachDatabase, Fault("DB restart mid-transaction; lost COMMIT reply")]
    public async Task What_is_given_back_and_claimed_again_by_one_commit_whose_answer_is_lost_is_not_in_flight_for_ever(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var line = new DatabaseLine();
        await using var room = await MailRoom.OpenAsync(database, MailRoom.Clock(), null, line);
        await room.AddAsync(Mailings.Edition("weekly", 1));
        await room.Get<SenderLease>().EnsureAsync(default);
        var ledger = room.Get<DeliveryLedger>();
        var claim = await ledger.TurnAsync(null, ClaimScope.Everything);

        line.Fault = what => what is DatabaseLine.Commit ? LineFault.AnswerLost : LineFault.None;
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => ledger.TurnAsync(new Completion(claim!, new Outcome(OutcomeKind.Untouched), "test", Mailings.Date), ClaimScope.Everything));
        line.Fault = _ => LineFault.None;
        Assert.Equal(1, (await room.CountAsync("weekly")).InFlight);
        await ledger.SettleAsync();

        Assert.Equal(new DeliveryCounts(1, 0, 0, 0, 0, 0, 0), await room.CountAsync("weekly"));
        Assert.Equal(3, (await ledger.TurnAsync(null, ClaimScope.Everything))!.Number);
    }

    [DatabaseTheory, EachDatabase, Fault("Node–DB partition")]
    public async Task A_late_outcome_of_a_claim_that_was_taken_away_leaves_the_next_claim_to_whoever_has_it(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var (line, clock) = (new DatabaseLine(), MailRoom.Clock());
        await using var room = await MailRoom.OpenAsync(database, clock, null, line);
        await using var heir = await MailRoom.OpenAsync(database, clock);
        await room.AddAsync(Mailings.Edition("weekly", 1));
        var (lease, ledger) = (room.Get<SenderLease>(), room.Get<DeliveryLedger>());
        await lease.EnsureAsync(default);
        var first = await ledger.TurnAsync(null, ClaimScope.Everything);
        await heir.Get<AbandonedClaims>().TickAsync(default);
        clock.Advance(SenderLease.Duration);
        await heir.Get<AbandonedClaims>().TickAsync(default);
        await lease.EnsureAsync(default);
        var second = await ledger.TurnAsync(null, ClaimScope.Everything);

        await ledger.TurnAsync(new Completion(first!, new Outcome(OutcomeKind.Uncertain), "test", clock.GetUtcNow()), null);
        line.Fault = what => what is DatabaseLine.Commit ? LineFault.AnswerLost : LineFault.None;
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => ledger.TurnAsync(null, ClaimScope.Everything));
        line.Fault = _ => LineFault.None;
        await ledger.SettleAsync();

        Assert.Null(await ledger.TurnAsync(null, ClaimScope.Everything));
        await ledger.TurnAsync(new Completion(second!, Accepted, "test", clock.GetUtcNow()), null);
        Assert.Equal(new DeliveryCounts(0, 0, 1, 0, 0, 0, 0) { PossiblyTwice = 1 }, await room.CountAsync("weekly"));
    }
}

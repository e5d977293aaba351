using System.Data.Common;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Mail.Tests;

public sealed class OutboxTests
{
    [DatabaseTheory, EachDatabase]
    public async Task Twenty_thousand_deliveries_are_frozen_in_one_transaction(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var room = await MailRoom.OpenAsync(database, MailRoom.Clock());

        await room.AddAsync(Mailings.Edition("weekly", 20_000));

        Assert.Equal(new DeliveryCounts(20_000, 0, 0, 0, 0, 0, 0), await room.CountAsync("weekly"));
    }

    [DatabaseTheory, EachDatabase]
    public async Task An_audience_is_frozen_page_by_page_and_a_content_for_nobody_is_not_stored(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var room = await MailRoom.OpenAsync(database, MailRoom.Clock());
        MailingPart[] parts = [.. Enumerable.Range(0, 3).Select(number => new MailingPart(Mailings.Content with { Subject = $"content {number}" }, []))];

        var contents = await AddAsync("weekly", Page(2, 1, 2), Page(0, 3), Page(2, 4, 5));
        var nobody = await AddAsync("daily");

        var sent = await room.DeliveriesAsync();
        Assert.Null(contents[1]);
        Assert.Equal(["1", "2", "4", "5"], sent.Where(row => row.ContentId == contents[2]).Select(row => row.RecipientKey), StringComparer.Ordinal);
        Assert.Equal(["3"], sent.Where(row => row.ContentId == contents[0]).Select(row => row.RecipientKey), StringComparer.Ordinal);
        Assert.Equal([null, null, null], nobody);
        Assert.Equal(["weekly"], (await room.Outbox.CountAsync(["weekly", "daily"], default)).Keys, StringComparer.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => AddAsync("monthly", Page(0, 1), new RecipientPage(1, [Mailings.Recipient("x", 2, "no address")])));
        Assert.Equal(5, (await room.DeliveriesAsync()).Count);

        Task<IReadOnlyList<long?>> AddAsync(string key, params RecipientPage[] pages) => room.Database.WriteAsync(
            connection => room.Outbox.AddAsync(connection, Mailings.Edition(key, 0) with { Parts = parts }, pages.ToAsyncEnumerable(), default), default);
        RecipientPage Page(int part, params int[] numbers) => new(part, [.. numbers.Select(number => Mailings.Recipient("weekly", number))]);
    }

    [DatabaseTheory, EachDatabase]
    public async Task People_of_very_many_contents_cost_a_row_each_and_no_page_of_them_another(DatabaseProvider provider)
    {
        const int Contents = 100;
        const int People = 2_000;
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var room = await MailRoom.OpenAsync(database, MailRoom.Clock());
        MailingPart[] parts = [.. Enumerable.Range(0, Contents).Select(number => new MailingPart(Mailings.Content with { Subject = $"content {number}" }, []))];
        var pages = Enumerable.Range(0, People).Select(number => new RecipientPage(number % Contents, [Mailings.Recipient("weekly", number)]));

        var written = await room.Database.WriteAsync(
            async connection =>
            {
                var before = await WrittenAsync(connection);
                await room.Outbox.AddAsync(connection, Mailings.Edition("weekly", 0) with { Parts = parts }, pages.ToAsyncEnumerable(), default);
                return await WrittenAsync(connection) - before;
            },
            default);

        // The mailing, how many it has, and their lane.
        Assert.InRange(written, People + Contents, People + Contents + 5);
        Assert.Equal(new DeliveryCounts(People, 0, 0, 0, 0, 0, 0), await room.CountAsync("weekly"));
        Assert.Equal(Contents, (await room.DeliveriesAsync()).DistinctBy(row => row.ContentId).Count());
        Assert.Equal(People, await room.Database.ReadAsync(connection => connection.GetTable<MailingRow>().Select(row => row.Audience).SingleAsync()));

        Task<long> WrittenAsync(DataConnection connection) => connection.ExecuteAsync<long>(
            provider == DatabaseProvider.Sqlite ? "SELECT total_changes()" : "SELECT SUM(n_tup_ins + n_tup_upd)::bigint FROM pg_stat_xact_user_tables");
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_second_mailing_of_the_same_key_is_refused_and_leaves_nothing(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var room = await MailRoom.OpenAsync(database, MailRoom.Clock());
        await room.AddAsync(Mailings.Edition("weekly", 2));

        var refused = await Assert.ThrowsAnyAsync<DbException>(() => room.AddAsync(Mailings.Edition("weekly", 3)));

        Assert.True(Database.IsDuplicateKey(refused));
        Assert.Equal(2, (await room.CountAsync("weekly")).Total);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Nobody_is_in_a_mailing_twice(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var room = await MailRoom.OpenAsync(database, MailRoom.Clock());

        var refused = await Assert.ThrowsAnyAsync<DbException>(
            () => room.AddAsync(Mailings.Edition("weekly", [Mailings.Recipient("weekly", 1), Mailings.Recipient("weekly", 1)])));

        Assert.True(Database.IsDuplicateKey(refused));
        Assert.Empty(await room.Outbox.CountAsync(["weekly"], default));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_mailing_whose_transaction_fails_is_not_sent(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var room = await MailRoom.OpenAsync(database, MailRoom.Clock());

        await Assert.ThrowsAsync<InvalidOperationException>(() => room.Database.WriteAsync(
            async connection =>
            {
                await room.Outbox.AddAsync(connection, Mailings.Edition("weekly", 1), default);
                throw new InvalidOperationException("the caller thinks better of it");
            },
            default));

        Assert.Empty(await room.Outbox.CountAsync(["weekly"], default));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Who_leaves_is_suppressed_in_every_mailing_and_nobody_else_is(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var room = await MailRoom.OpenAsync(database, MailRoom.Clock());
        await room.AddAsync(Mailings.Edition("weekly", 3));
        await room.AddAsync(Mailings.Edition("daily", 3));

        Assert.Equal(2, await room.SuppressAsync("2"));
        Assert.Equal(0, await room.SuppressAsync("2"));

        Assert.Equal(new DeliveryCounts(2, 0, 0, 0, 0, 1, 0), await room.CountAsync("weekly"));
        Assert.Equal(new DeliveryCounts(2, 0, 0, 0, 0, 1, 0), await room.CountAsync("daily"));
    }

    [DatabaseTheory, EachDatabase]
    public async Task What_could_break_a_header_is_refused_before_it_is_stored(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var room = await MailRoom.OpenAsync(database, MailRoom.Clock());
        var fine = Mailings.Recipient("weekly", 1);
        MailRecipient[] broken =
        [
            fine with { Address = "a@example.org\r\nBcc: b@example.org" },
            fine with { MessageId = "a@b>\r\nX: y" },
            fine with { UnsubscribeUrl = "https://example.org/\r\nX: y" },
            fine with { UnsubscribeUrl = "javascript:alert(1)" },
            fine with { Personal = new Dictionary<string, string>(StringComparer.Ordinal) },
        ];

        foreach (var recipient in broken)
        {
            var refused = await Assert.ThrowsAsync<ArgumentException>(() => room.AddAsync(Mailings.Edition("weekly", [fine with { Key = "2" }, recipient])));
            Assert.DoesNotContain("example.org\r", refused.Message, StringComparison.Ordinal);
        }

        await Assert.ThrowsAsync<ArgumentException>(() => room.AddAsync(Mailings.Edition("weekly", 1) with { Language = "fr\r\nX: y" }));
        await Assert.ThrowsAsync<ArgumentException>(() => room.AddAsync(Mailings.Edition("weekly", 1) with { ListId = new ListId("x", "a>\r\nX: y") }));
        Assert.Empty(await room.Outbox.CountAsync(["weekly"], default));
    }
}

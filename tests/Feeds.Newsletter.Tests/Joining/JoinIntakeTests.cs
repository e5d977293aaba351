using System.Net;
using Feeds.Newsletter.Joining;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;

namespace Feeds.Newsletter.Tests.Joining;

public sealed class JoinIntakeTests
{
    private static readonly byte[] Secret = new byte[32];

    private static readonly (string Key, string Value)[] Small =
    [
        ("Newsletter:Join:MailsPerHourAndNetwork", "8"), ("Newsletter:Join:MailsPerHourAndDomain", "40"), ("Newsletter:Join:MailsPerHour", "80"), ("Newsletter:Join:MostWaiting", "40"),
    ];

    [DatabaseTheory, EachDatabase]
    public async Task However_many_ask_at_once_for_one_address_it_is_mailed_once_in_a_day(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);

        var taken = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(number => TakeAsync(room, number % 2 == 0 ? "ines@example.net" : "INES@Example.NET", network: number)));
        Assert.All(taken, Assert.True);
        Assert.Equal((1, 0), await CountAsync(room));

        await ClearAsync(room);
        room.Clock.Advance(BudgetBook.AddressPause - TimeSpan.FromSeconds(1));
        Assert.True(await TakeAsync(room, "ines@example.net"));
        Assert.Equal((0, 0), await CountAsync(room));

        room.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await TakeAsync(room, "ines@example.net"));
        Assert.Equal((1, 0), await CountAsync(room));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_network_may_cause_a_quarter_with_nothing_half_with_the_form_and_all_with_work(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider, Small);

        foreach (var (worth, due) in new[] { (JoinWorth.Bare, 2), (JoinWorth.Form, 4), (JoinWorth.Proven, 8) })
        {
            for (var number = 0; number < 10; number++)
            {
                await TakeAsync(room, $"{worth}{number}@d{number}.example", worth);
            }

            Assert.Equal(due, (await CountAsync(room)).Due);
        }

        Assert.True(await TakeAsync(room, "far@away.example", JoinWorth.Bare, network: 7));
        Assert.Equal(9, (await CountAsync(room)).Due);
        room.Clock.Advance(BudgetBook.Window);
        Assert.True(await TakeAsync(room, "late@away.example", JoinWorth.Bare));
        Assert.Equal(10, (await CountAsync(room)).Due);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_domain_and_everybody_have_their_budgets_too(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider, Small);

        await Task.WhenAll(Enumerable.Range(0, 30).Select(number => TakeAsync(room, $"a{number}@one.example", JoinWorth.Form, network: number)));
        Assert.Equal((20, 10), await CountAsync(room));

        await Task.WhenAll(Enumerable.Range(100, 30).Select(number => TakeAsync(room, $"a@d{number}.example", JoinWorth.Form, network: number)));
        Assert.Equal((40, 20), await CountAsync(room));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Two_processes_draw_on_the_same_budgets(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider, Small);
        await using var beside = room.OpenBeside();

        await Task.WhenAll(Enumerable.Range(0, 60).Select(number => Task.Run(() =>
            TakeAsync(number % 2 == 0 ? room : beside, $"a{number % 30}@d{number % 30}.example", JoinWorth.Proven))));

        Assert.Equal((8, 8), await CountAsync(room));
    }

    [DatabaseTheory, EachDatabase]
    public async Task When_nobody_more_can_wait_known_and_unknown_are_told_to_come_later_and_who_shows_more_still_finds_a_place(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider, Small);
        Assert.True(await TakeAsync(room, "known@example.net", JoinWorth.Bare, network: 999));
        var taken = await Task.WhenAll(Enumerable.Range(0, 100).Select(number => TakeAsync(room, $"a@d{number}.example", JoinWorth.Bare, network: number)));
        var (due, waiting) = await CountAsync(room);

        Assert.Equal((20, 10), (due, waiting));
        Assert.Equal(29, taken.Count(one => one));
        Assert.False(await TakeAsync(room, "known@example.net", JoinWorth.Bare, network: 1_000));
        Assert.False(await TakeAsync(room, "unknown@example.net", JoinWorth.Bare, network: 1_000));
        Assert.True(await TakeAsync(room, "honest@example.org", JoinWorth.Form, network: 1_001));
        Assert.Equal((21, 10), await CountAsync(room));
    }

    [DatabaseTheory, EachDatabase]
    public async Task One_network_and_one_domain_can_t_take_all_the_places_of_those_who_wait(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider, [.. Small, ("Newsletter:Join:MostWaiting", "400")]);

        var network = await Task.WhenAll(Enumerable.Range(0, 50).Select(number => TakeAsync(room, $"a@d{number}.example", JoinWorth.Proven)));
        Assert.Equal((8, 8), await CountAsync(room));
        var domain = await Task.WhenAll(Enumerable.Range(0, 50).Select(number => TakeAsync(room, $"a{number}@one.example", JoinWorth.Bare, network: 10 + number)));
        Assert.Equal((18, 18), await CountAsync(room));

        Assert.Equal((16, 20), (network.Count(one => one), domain.Count(one => one)));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_request_that_waits_gives_way_to_one_that_shows_more_and_not_to_one_that_shows_less(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider, Small);
        await TakeAsync(room, "a@one.example", JoinWorth.Bare);
        await TakeAsync(room, "b@two.example", JoinWorth.Bare);
        await TakeAsync(room, "ines@example.net", JoinWorth.Bare, wish: "theirs");
        Assert.Equal((2, 1), await CountAsync(room));

        await TakeAsync(room, "Ines@example.net", JoinWorth.Form, network: 3, wish: "hers");
        Assert.Equal((3, 0), await CountAsync(room));
        await TakeAsync(room, "ines@example.net", JoinWorth.Proven, network: 4, wish: "again");
        await using var connection = room.Get<Database>().Open();
        Assert.Equal(("Ines@example.net", "hers"), await connection.GetTable<JoinRequestRow>().Where(row => row.Wish == "hers").Select(row => ValueTuple.Create(row.Email, row.Wish)).SingleAsync());
    }

    [DatabaseTheory, EachDatabase]
    public async Task What_is_counted_names_no_address_and_no_network(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await TakeAsync(room, "ines@example.net", JoinWorth.Form, network: 5);

        await using var connection = room.Get<Database>().Open();
        var keys = await connection.GetTable<JoinBudgetRow>().Select(row => row.Key).ToListAsync();
        Assert.Equal(4, keys.Count);
        Assert.All(keys, key => Assert.Matches("^(everybody|[0-9a-f]{32})$", key));
        Assert.DoesNotContain(JoinKeys.Of([1, 2, 3], "ines@example.net", Network(5)).Address, keys, StringComparer.Ordinal);
    }

    private static Task<bool> TakeAsync(Newsroom room, string email, JoinWorth worth = JoinWorth.Bare, int network = 0, string wish = "{}") =>
        room.Get<JoinIntake>().TakeAsync(new JoinEntry(email, wish, JoinKeys.Of(Secret, email, Network(network)), worth));

    private static IPAddress Network(int number) => new([10, (byte)(number / 256), (byte)number, 1]);

    private static async Task<(int Due, int Waiting)> CountAsync(Newsroom room)
    {
        await using var connection = room.Get<Database>().Open();
        var due = await connection.GetTable<JoinRequestRow>().CountAsync(row => row.DueAt != null);
        return (due, await connection.GetTable<JoinRequestRow>().CountAsync() - due);
    }

    private static Task<int> ClearAsync(Newsroom room) => room.Get<Database>().WriteAsync(transaction => transaction.GetTable<JoinRequestRow>().DeleteAsync(), default);
}

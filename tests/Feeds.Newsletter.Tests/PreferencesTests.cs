using Feeds.Newsletter.Subscribing;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Newsletter.Tests;

/// <summary>What people decide by the link of every mail.</summary>
public sealed class PreferencesTests
{
    private const string Ines = "ines@atelier.example.net";

    private static readonly (string Key, string Value)[] Offer =
    [
        ("Newsletter:Newsletters:0:Name", "lettre"),
        ("Newsletter:Newsletters:0:Title", "La lettre"),
        ("Newsletter:Newsletters:1:Name", "interne"),
        ("Newsletter:Newsletters:1:Private", "true"),
        ("Newsletter:Cadences:0:Newsletter", "lettre"),
        ("Newsletter:Cadences:1:Newsletter", "lettre"),
        ("Newsletter:Cadences:2:Name", "notes"),
        ("Newsletter:Cadences:2:Newsletter", "interne"),
        ("Newsletter:Cadences:2:Cron", "0 0 9 * * ?"),
        ("Newsletter:Cadences:3:Name", "emploi"),
        ("Newsletter:Cadences:3:Cron", "0 0 9 * * ?"),
    ];

    [DatabaseTheory, EachDatabase]
    public async Task A_person_sees_what_they_have_and_what_else_anybody_may_join(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider, Offer);
        await room.AddAsync(Ines, "weekly");

        var person = (await room.Get<Preferences>().FindAsync(await TokenAsync(room, Ines), default))!;

        Assert.Equal(("i•••@a•••.net", "fr"), (person.Email, person.Language));
        Assert.Equal(("lettre", "weekly", SubscriptionState.Confirmed), Assert.Single(person.Subscriptions.Select(held => (held.Newsletter.Name, held.Settings.Cadence, held.State))));
        Assert.Equal("emploi", Assert.Single(person.Others).Name);
    }

    [DatabaseTheory, EachDatabase]
    public async Task What_their_page_asks_is_translated_once_whoever_opens_it(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider, Offer);
        await room.AddAsync(Ines, "weekly");
        await room.AddAsync("omar@atelier.example.net", "daily");
        var tokens = new[] { await TokenAsync(room, Ines), await TokenAsync(room, "omar@atelier.example.net") };
        Assert.NotNull(await room.Get<Preferences>().FindAsync(tokens[0], default));

        Assert.Equal(0, await Translations.CountAsync(() => room.Get<Preferences>().FindAsync(tokens[1], default)));
    }

    [DatabaseTheory, EachDatabase]
    public async Task The_next_edition_is_as_the_person_chose_it(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider, Offer);
        await room.PublishAsync("Prix", 1, "Prix");
        await room.PublishAsync("SEO", 2, "Référencement (SEO)");
        await room.AddAsync(Ines, "weekly");
        await room.AddAsync("omar@atelier.example.net", "weekly");
        var preferences = room.Get<Preferences>();
        var chosen = new SubscriptionSettings { Cadence = "daily", Categories = ["prix"], Time = new SendTime("Asia/Tokyo", 7), Language = "en", PlainText = true };

        Assert.Null(await preferences.ChangeAsync(await TokenAsync(room, Ines), "lettre", chosen, default));
        var weekly = await room.MakeAsync("weekly", 0);
        var own = await room.Editions.MakeAsync("daily", new DateTimeOffset(2026, 11, 23, 22, 0, 0, TimeSpan.Zero), [new SendTime("Asia/Tokyo", 7)], default);

        Assert.Equal("omar@atelier.example.net", Assert.Single(await room.MailsAsync(weekly.MailingKey)).Address);
        var mail = Assert.Single(await room.MailsAsync(own!.MailingKey));
        Assert.Equal((Ines, ""), (mail.Address, mail.Html));
        Assert.Contains("\nRead “Prix”\n", mail.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("SEO", mail.Text, StringComparison.Ordinal);
        // It is morning of the next day there.
        Assert.Contains("Tuesday, November 24, 2026", mail.Text, StringComparison.Ordinal);
        Assert.Equal(chosen.Time, Assert.Single((await room.Get<SendTimes>().ListAsync(default))["daily"]).Time);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_change_of_rhythm_loses_nothing_and_repeats_nothing(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider, Offer);
        await room.AddAsync(Ines, "daily");
        await room.PublishAsync("Un");
        await room.MakeAsync("daily", 0);
        await room.PublishAsync("Deux");
        Assert.Null(await room.Get<Preferences>().ChangeAsync(await TokenAsync(room, Ines), "lettre", new SubscriptionSettings { Cadence = "weekly" }, default));

        Assert.Equal(["Deux"], Assert.Single(await room.MailsAsync((await room.MakeAsync("weekly", 1)).MailingKey)).Titles);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Authors_who_are_left_out_are_in_no_edition(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider, Offer);
        await room.AddAsync(Ines, "weekly");
        await room.PublishAsync("Un");
        Assert.Null(await room.Get<Preferences>().ChangeAsync(await TokenAsync(room, Ines), "lettre", new SubscriptionSettings { Cadence = "weekly", WithoutAuthors = ["L’équipe", "Personne"] }, default));

        Assert.Null((await room.MakeAsync("weekly", 0)).MailingKey);
        Assert.Equal(["L’équipe"], Assert.Single((await room.Get<Preferences>().FindAsync(await TokenAsync(room, Ines), default))!.Subscriptions).Settings.WithoutAuthors, StringComparer.Ordinal);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_pause_keeps_editions_back_until_its_day_and_what_was_new_meanwhile_comes_then(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider, Offer);
        await room.AddAsync(Ines, "weekly");
        var preferences = room.Get<Preferences>();
        var token = await TokenAsync(room, Ines);
        Assert.Null(await preferences.PauseAsync(token, "lettre", new DateOnly(2026, 11, 24), default));
        await room.PublishAsync("Un");

        Assert.Null((await room.MakeAsync("weekly", 0)).MailingKey);
        // Midnight in Paris.
        Assert.Null((await room.Editions.MakeAsync("weekly", new DateTimeOffset(2026, 11, 23, 22, 59, 0, TimeSpan.Zero), default))!.MailingKey);
        await room.PublishAsync("Deux");
        var after = await room.Editions.MakeAsync("weekly", new DateTimeOffset(2026, 11, 23, 23, 0, 0, TimeSpan.Zero), default);

        Assert.Equal(["Deux", "Un"], Assert.Single(await room.MailsAsync(after!.MailingKey)).Titles.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        foreach (var refused in new[] { new DateOnly(2026, 11, 23), new DateOnly(2027, 12, 1), DateOnly.MinValue })
        {
            Assert.NotNull(await preferences.PauseAsync(token, "lettre", refused, default));
        }
    }

    [DatabaseTheory, EachDatabase]
    public async Task Who_leaves_can_come_back_for_thirty_days_and_has_missed_nothing(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider, Offer);
        await room.AddAsync(Ines, "weekly");
        await room.AddAsync(Ines, "emploi");
        var preferences = room.Get<Preferences>();
        var token = await TokenAsync(room, Ines);

        await preferences.LeaveAsync(token, null, default);
        await room.PublishAsync("Un");
        Assert.Null((await room.MakeAsync("weekly", 0)).MailingKey);
        Assert.All((await preferences.FindAsync(token, default))!.Subscriptions, held => Assert.Equal((SubscriptionState.Left, true), (held.State, held.CanReturn)));
        await preferences.ReturnAsync(token, "lettre", default);
        await preferences.ReturnAsync(token, "lettre", default);
        await room.PublishAsync("Deux");
        var mails = await room.MailsAsync((await room.MakeAsync("weekly", 1)).MailingKey);
        room.Clock.Advance(TimeSpan.FromDays(31));
        await preferences.ReturnAsync(token, "emploi", default);

        Assert.Equal(["Deux", "Un"], Assert.Single(mails).Titles.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal(
            [("emploi", SubscriptionState.Left), ("lettre", SubscriptionState.Confirmed)],
            (await preferences.FindAsync(token, default))!.Subscriptions.Select(held => (held.Newsletter.Name, held.State)).Order());
    }

    [DatabaseTheory, EachDatabase]
    public async Task What_cannot_be_chosen_is_refused_with_a_sentence_and_changes_nothing(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider, Offer);
        await room.PublishAsync("Prix", 1, "Prix");
        await room.AddAsync(Ines, "weekly");
        var preferences = room.Get<Preferences>();
        var token = await TokenAsync(room, Ines);
        var good = new SubscriptionSettings { Cadence = "daily" };
        (string Newsletter, SubscriptionSettings Settings)[] wrong =
        [
            ("lettre", good with { Cadence = "emploi" }),
            ("lettre", good with { Categories = ["never"] }),
            ("lettre", good with { Time = new SendTime("Mars/Phobos", 7) }),
            ("lettre", good with { Time = new SendTime("Europe/Paris", 24) }),
            ("lettre", good with { Language = "tlh" }),
            ("interne", good with { Cadence = "notes" }),
            ("\0", good),
        ];

        foreach (var (newsletter, settings) in wrong)
        {
            Assert.NotNull(await preferences.ChangeAsync(token, newsletter, settings, default));
        }

        Assert.Equal("weekly", Assert.Single((await preferences.FindAsync(token, default))!.Subscriptions).Settings.Cadence);
        Assert.Null(await preferences.ChangeAsync(token, "lettre", good, default));
    }

    [DatabaseTheory, EachDatabase, Attack(25)]
    public async Task A_token_that_is_changed_or_for_something_else_finds_nobody(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider, Offer);
        await room.AddAsync(Ines, "weekly");
        await room.AddAsync("omar@atelier.example.net", "weekly");
        var key = await room.Get<LinkTokens>().KeyAsync(default);
        var token = await TokenAsync(room, Ines);
        List<string> others = [LinkTokens.Write(key, LinkPurpose.Unsubscribe, new LinkReference(1, "lettre", 0)), LinkTokens.Write(key, LinkPurpose.Confirm, new LinkReference(1, "", 0)), LinkTokens.Write(new byte[32], LinkPurpose.Preferences, new LinkReference(1, "", 0)), ""];
        others.AddRange(Enumerable.Range(0, token.Length).Select(place => token[..place] + (token[place] == 'A' ? 'B' : 'A') + token[(place + 1)..]));

        foreach (var other in others)
        {
            Assert.Null(await room.Get<Preferences>().FindAsync(other, default));
            await room.Get<Preferences>().LeaveAsync(other, null, default);
        }

        Assert.NotNull(await room.Get<Preferences>().FindAsync(token, default));
        Assert.All(await room.Subscribers.ListAsync(default), one => Assert.Equal(SubscriptionState.Confirmed, one.State));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Overflow_that_is_carried_comes_next_and_nobody_takes_anothers_place(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider, ("Newsletter:Cadences:0:MaximumArticles", "2"), ("Newsletter:Cadences:0:Overflow", "Carry"));
        await room.AddAsync(Ines);
        await room.AddAsync("omar@atelier.example.net");
        await room.PublishAsync("Un", 1);
        await room.PublishAsync("Deux", 2);
        await room.PublishAsync("Trois", 3);

        // Omar was told of two already: what one is moved to is where the other was.
        await room.Get<Database>().WriteAsync(connection => connection.GetTable<SubscriptionRow>().Where(row => row.SubscriberId == 2).Set(row => row.Position, 2).UpdateAsync(default), default);
        var first = await room.MailsAsync((await room.MakeAsync("weekly", 0)).MailingKey);
        var second = await room.MailsAsync((await room.MakeAsync("weekly", 1)).MailingKey);

        Assert.Equal(["ines: Deux Un", "omar: Trois"], first.Select(Told).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal(["ines: Trois"], second.Select(Told), StringComparer.Ordinal);
    }

    [DatabaseTheory, EachDatabase]
    public async Task What_a_person_did_is_on_a_record_that_only_grows(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider, Offer);
        await room.AddAsync(Ines, "weekly");
        var preferences = room.Get<Preferences>();
        var token = await TokenAsync(room, Ines);
        await preferences.ChangeAsync(token, "lettre", new SubscriptionSettings { Cadence = "daily" }, default);
        await preferences.LeaveAsync(token, "lettre", default);
        await preferences.LeaveAsync(token, "lettre", default);
        await preferences.ReturnAsync(token, "lettre", default);

        var record = await room.Get<Database>().ReadAsync(connection => connection.GetTable<ConsentRow>().OrderBy(row => row.Id).ToListAsync(default));

        Assert.Equal([ConsentKind.Confirmed, ConsentKind.Changed, ConsentKind.Left, ConsentKind.Returned], record.Select(row => row.Kind));
        Assert.All(record, row => Assert.Equal((1L, "lettre"), (row.SubscriberId, row.Newsletter)));
    }

    private static string Told(SentMail mail) => $"{mail.Address.Split('@')[0]}: {string.Join(' ', mail.Titles)}";

    private static async Task<string> TokenAsync(Newsroom room, string email)
    {
        var id = await room.Get<Database>().ReadAsync(connection => connection.GetTable<SubscriberRow>().Where(row => row.Email == email).Select(row => row.Id).SingleAsync(default));
        return LinkTokens.Write(await room.Get<LinkTokens>().KeyAsync(default), LinkPurpose.Preferences, new LinkReference(id, "", 0));
    }
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using Feeds.Mail;
using Feeds.Newsletter.Subscribing;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Newsletter.Tests;

/// <summary>What is kept of a person, and what is left of it once they are forgotten.</summary>
public sealed class ErasureTests
{
    private const string Ines = "Ines@atelier.example.net";

    [DatabaseTheory, EachDatabase]
    public async Task A_person_sees_every_choice_every_consent_and_every_mail_and_can_take_them_along(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.PublishAsync("Prix", 1, "Prix");
        await room.AskAsync(Ines, "weekly", ["prix"]);
        await room.Subscribers.ConfirmAsync(Newsroom.TokenIn((await room.MailsAsync())[0].Link("confirm")), default);
        await room.AddAsync("omar@atelier.example.net");
        await room.PublishAsync("Prix encore", 2, "Prix");
        await room.MakeAsync("weekly", 0);
        await room.Get<SuppressionList>().AddAsync(Ines, "by letter", default);

        var held = (await HeldAsync(room))!;

        Assert.Equal((Ines, room.Clock.GetUtcNow(), room.Clock.GetUtcNow()), (held.Address, held.KnownSince, held.LastSeenAt));
        var subscription = Assert.Single(held.Subscriptions);
        Assert.Equal(("weekly", "Le récap’ du lundi", "confirmed", "prix", null), (subscription.Newsletter, subscription.Title, subscription.State, Assert.Single(subscription.Categories), subscription.SendHour));
        Assert.Equal(["asked form", "confirmed confirm"], held.Consent.Select(one => $"{one.Kind} {one.Source}"), StringComparer.Ordinal);
        Assert.All(held.Consent, one => Assert.Contains("prix", one.Detail, StringComparison.Ordinal));
        // The very words that they agreed to.
        Assert.Contains("Rien ne sera envoyé avant votre accord", JsonDocument.Parse(held.Consent[1].Detail).RootElement.GetProperty("text").GetString()!.Replace('\n', ' '), StringComparison.Ordinal);
        Assert.Equal(["confirm", "edition"], held.Deliveries.Select(one => one.Mailing.Split(':')[0]), StringComparer.Ordinal);
        Assert.All(held.Deliveries, one => Assert.Equal(Ines, one.Address));
        Assert.Equal(("manual", "by letter"), (held.NotWrittenTo!.Reason, held.NotWrittenTo.Detail));

        using var json = new MemoryStream();
        await Held.WriteJsonAsync(held, json, default);
        Assert.Equivalent(held, JsonSerializer.Deserialize<HeldDocument>(json.ToArray(), JsonSerializerOptions.Web), strict: true);
        var csv = new StringWriter();
        Held.WriteCsv(held with { Consent = [.. held.Consent, new HeldConsent(default, "", "imported", "=cmd|' /C calc'!A0", "one, \"two\"\r\nthree")] }, csv);
        Assert.Contains($"subscription,{Ines},weekly,confirmed,2026-11-23T06:00:00Z,weekly,", csv.ToString(), StringComparison.Ordinal);
        Assert.EndsWith($"consent,{Ines},,imported,0001-01-01T00:00:00Z,'=cmd|' /C calc'!A0,\"one, \"\"two\"\"\r\nthree\"\r\n", csv.ToString(), StringComparison.Ordinal);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Of_who_is_erased_no_table_knows_the_address_and_what_was_to_be_sent_is_not(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.AddAsync("omar@atelier.example.net");
        await room.AddAsync(Ines);
        await room.AskAsync(Ines, "daily", []);
        await room.PublishAsync("Un", 1);
        var edition = await room.MakeAsync("weekly", 0);
        await NoteAddressAsync(room);
        Assert.Contains(await StoredText.ReadAsync(room.Get<Database>()), row => row.Contains(Ines, StringComparison.OrdinalIgnoreCase));
        var held = room.Get<Held>();
        var id = (await held.FindAsync("ines@ATELIER.example.net", default))!.Value;

        Assert.True(await room.Get<Erasure>().EraseAsync(id, default));
        Assert.False(await room.Get<Erasure>().EraseAsync(id, default));

        Assert.DoesNotContain(await StoredText.ReadAsync(room.Get<Database>()), row => row.Contains("ines@", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(["consent"], await TablesWithAsync(room, id), StringComparer.Ordinal);
        Assert.Equal((1, 1), ((await room.Editions.ListAsync(10, default))[0].Counts.Pending, (await room.Editions.ListAsync(10, default))[0].Counts.Suppressed));
        Assert.Equal(["suppressed"], (await room.MailsAsync()).Where(mail => mail.MailingKey.StartsWith("confirm:", StringComparison.Ordinal)).Select(mail => mail.State), StringComparer.Ordinal);
        Assert.Null(await held.FindAsync(Ines, default));
        Assert.Null(await held.ReadAsync(id, default));
        Assert.Equal(["omar@atelier.example.net"], (await room.Subscribers.ListAsync(default)).Select(one => one.Email), StringComparer.Ordinal);

        Assert.Equal(["asked", "erased"], (await ConsentAsync(room, id)).Where(kind => kind is "asked" or "erased"), StringComparer.Ordinal);
        // Nobody gets the number again that the consent record has.
        await room.AddAsync("zoe@atelier.example.net");
        Assert.True(await held.FindAsync("zoe@atelier.example.net", default) > id);
        Assert.NotNull(edition.MailingKey);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Who_was_erased_is_brought_back_by_nobody_but_themselves(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.AddAsync(Ines);
        await room.Get<Erasure>().EraseAsync((await room.Get<Held>().FindAsync(Ines, default))!.Value, default);

        var refused = await room.Subscribers.AddConfirmedAsync("INES@atelier.example.net", "weekly", [], default);
        Assert.Contains("/subscribe", refused, StringComparison.Ordinal);
        Assert.Empty(await room.Subscribers.ListAsync(default));

        Assert.Null(await room.AskAsync(Ines, "weekly", []));
        var mail = (await room.MailsAsync())[^1];
        Assert.Equal(("pending", Ines), (mail.State, mail.Address));
        await room.Subscribers.ConfirmAsync(Newsroom.TokenIn(mail.Link("confirm")), default);
        await room.PublishAsync("Un", 1);
        var edition = await room.MakeAsync("weekly", 0);

        Assert.Equal("pending", Assert.Single(await room.MailsAsync(edition.MailingKey)).State);
        Assert.Empty(await room.Get<SuppressionList>().FindAsync(new SuppressionSearch(), 10, default));
        Assert.Null(await room.Subscribers.AddConfirmedAsync(Ines, "daily", [], default));
    }

    [Fact]
    public async Task Among_thousands_nobody_who_is_erased_is_left_in_a_file_of_the_database()
    {
        await using var room = await Newsroom.OpenAsync(DatabaseProvider.Sqlite);
        var database = room.Get<Database>();
        await room.AddAsync("first@atelier.example.net");
        var random = new Random(42);
        var people = Enumerable.Range(0, 3_000).Select(number => string.Create(CultureInfo.InvariantCulture, $"{random.Next():x8}.{new string('x', 1 + random.Next(40))}.{number}@atelier.example.net")).ToList();
        foreach (var page in people.Chunk(100))
        {
            // By the hundred, so that pages are split again and again and rows move to others.
            await database.WriteAsync(transaction => transaction.BulkCopyAsync(page.Select(email => new SubscriberRow { Email = email, EmailKey = email, CreatedAt = room.Clock.GetUtcNow() })), default);
        }

        await database.WriteAsync(transaction => transaction.ExecuteAsync("INSERT INTO subscription SELECT s.id, f.newsletter, f.cadence, f.choice_id, f.send_zone, f.send_hour, f.state, f.position, f.paused_until, f.asked, f.asked_number, f.answered_number, f.asked_at, f.asked_position, f.confirmed_at, f.left_at FROM subscription f, subscriber s WHERE s.id > 1"), default);
        await room.PublishAsync("Un", 1);
        await room.MakeAsync("weekly", 0);
        var erased = people.Where((_, number) => number % 50 == 7).ToList();
        Assert.Equal(60, await HoldingAsync(erased));

        foreach (var email in erased)
        {
            await room.Get<Erasure>().EraseAsync((await room.Get<Held>().FindAsync(email, default))!.Value, default);
        }

        Assert.Equal(0, await HoldingAsync(erased));
        Assert.Equal(2_940, await HoldingAsync(people));

        async Task<int> HoldingAsync(IEnumerable<string> emails)
        {
            var bytes = new MemoryStream();
            foreach (var file in Directory.GetFiles(Path.GetDirectoryName(database.File)!, "feeds.db*"))
            {
                await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                await stream.CopyToAsync(bytes);
            }

            var text = Encoding.Latin1.GetString(bytes.ToArray());
            return emails.Count(email => text.Contains(email, StringComparison.OrdinalIgnoreCase));
        }
    }

    private static Task<List<string>> ConsentAsync(Newsroom room, long id) => room.Get<Database>().ReadAsync(async connection =>
        (await connection.GetTable<ConsentRow>().Where(row => row.SubscriberId == id).OrderBy(row => row.Id).ToListAsync()).ConvertAll(row => row.Kind.ToString().ToLowerInvariant()));

    private static async Task<HeldDocument?> HeldAsync(Newsroom room)
    {
        var held = room.Get<Held>();
        return await held.ReadAsync((await held.FindAsync(Ines, default))!.Value, default);
    }

    /// <summary>Addresses stand where people change theirs.</summary>
    private static async Task NoteAddressAsync(Newsroom room)
    {
        var id = (await room.Get<Held>().FindAsync(Ines, default))!.Value;
        await room.Get<Database>().WriteAsync(
            transaction => ConsentRow.AddAsync(transaction, id, "weekly", room.Clock.GetUtcNow(), ConsentKind.AddressChanged, Ines, $"from {Ines}", default), default);
    }

    /// <summary>The tables in which something is under that number, whichever tables there are.</summary>
    private static Task<IReadOnlyList<string>> TablesWithAsync(Newsroom room, long subscriberId) =>
        room.Get<Database>().ReadAsync<IReadOnlyList<string>>(async connection =>
        {
            var tables = await connection.QueryToListAsync<string>(room.Get<Database>().Provider == DatabaseProvider.Sqlite
                ? "SELECT m.name FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'subscriber_id' ORDER BY m.name"
                : "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'subscriber_id' ORDER BY table_name");
            Assert.Contains("subscription", tables, StringComparer.Ordinal);
            var found = new List<string>();
            foreach (var table in tables)
            {
                if (await connection.ExecuteAsync<long>($"SELECT COUNT(*) FROM {table} WHERE subscriber_id = @id", new DataParameter("id", subscriberId, DataType.Int64)) > 0)
                {
                    found.Add(table);
                }
            }

            return found;
        });
}

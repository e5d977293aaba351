using System.Globalization;
using System.Text.Json;
using Feeds.Articles;
using Feeds.Newsletter;
using Feeds.Newsletter.Subscribing;
using Feeds.Storage;
using LinqToDB.Data;
using LinqToDB.Mapping;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Feeds.Scheduling.Tests;

/// <summary>Some weeks of a newsletter with one person in each zone; the store and the schedule are the real ones.</summary>
internal sealed class PersonalLife : IAsyncDisposable
{
    private const string Newsletter = "lettre";
    private const int Windows = 2;
    private const int Maximum = 3;
    private static readonly TimeSpan WindowLength = TimeSpan.FromDays(3);
    private static readonly string[] Categories = ["prix", "livraison", "seo"];
    private static readonly string[] Authors = ["Ada", "Ben"];
    private readonly TestDatabase database;
    private readonly TestFolder folder = new();
    private readonly FakeTimeProvider clock;
    private readonly IHost host;
    private readonly Random chance;
    private readonly List<PersonModel> people = [];
    private readonly List<ArticleModel> articles = [];
    private readonly Dictionary<string, HashSet<SendTime>> times = CadenceModel.All.ToDictionary(cadence => cadence.Name, _ => new HashSet<SendTime> { SendTime.OfCadence }, StringComparer.Ordinal);

    private PersonalLife(TestDatabase database, FakeTimeProvider clock, IHost host, Random chance) =>
        (this.database, this.clock, this.host, this.chance) = (database, clock, host, chance);

    /// <summary>How many mails there were.</summary>
    public int Told { get; private set; }

    public static async Task<PersonalLife> BeginAsync(DatabaseProvider provider, IReadOnlyList<string> zones, Random chance)
    {
        var empty = await TestDatabase.CreateAsync(provider);
        var time = new FakeTimeProvider(new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var settings = new List<(string Key, string Value)> { ("Newsletter:Newsletters:0:Name", Newsletter), ("Publication:BaseUrl", "https://atelier.example.net/"), ("Mail:From", "lettre@atelier.example.net") };
        foreach (var (place, cadence) in CadenceModel.All.Index())
        {
            settings.AddRange(cadence.Settings(place, Newsletter, Maximum));
        }

        var built = SchedulingHost.Build(empty.ConnectionString, time, null, [.. settings]);
        await empty.MigrateAsync(built.Services);
        await built.Services.GetRequiredService<CadenceStore>().SeedAsync(default);
        var life = new PersonalLife(empty, time, built, chance);
        // Categories and authors exist from the start.
        foreach (var author in Authors)
        {
            await life.PublishAsync(author, Categories);
        }

        foreach (var zone in zones)
        {
            await life.JoinAsync(zone);
        }

        return life;
    }

    /// <summary>Lives through some days around changes of clocks between 2024 and 2035.</summary>
    /// <returns>Null, or where the program and the model differ.</returns>
    public async Task<string?> LiveAsync()
    {
        foreach (var start in Enumerable.Range(0, Windows).Select(_ => WindowStart()).Order().ToList())
        {
            if (start <= clock.GetUtcNow())
            {
                continue;
            }

            clock.SetUtcNow(start);
            await TakeUpAsync(start);
            while (NextInstant() < start + WindowLength)
            {
                await LiveUntilAsync(NextInstant()!.Value);
                // Somebody may have chosen an earlier time meanwhile.
                var instant = NextInstant()!.Value;
                clock.SetUtcNow(instant);
                foreach (var cadence in CadenceModel.All.Where(cadence => times[cadence.Name].Any(time => cadence.IsSlot(time, instant))))
                {
                    if (await SendAsync(cadence, instant) is { } difference)
                    {
                        return $"{cadence.Name} at {instant:u}: {difference}";
                    }
                }
            }
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        host.Dispose();
        folder.Dispose();
        await database.DisposeAsync();
        await ValueTask.CompletedTask;
    }

    // Two of three windows have a change of clocks in them, in one zone or another.
    private DateTimeOffset WindowStart()
    {
        var day = new DateTimeOffset(chance.Next(2024, 2036), 1, 1, 0, 0, 0, TimeSpan.Zero).AddDays(chance.Next(0, 362)).AddMinutes(chance.Next(0, 1440));
        if (chance.Next(3) == 0)
        {
            return day;
        }

        var zone = TimeZoneInfo.FindSystemTimeZoneById(people[chance.Next(people.Count)].Settings.Time is { IsOfCadence: false } time ? time.Zone : "Europe/Paris");
        return Enumerable.Range(0, 366).Select(later => day.AddDays(later)).FirstOrDefault(one => zone.GetUtcOffset(one) != zone.GetUtcOffset(one.AddDays(1)), day).AddDays(-1);
    }

    /// <summary>The program was away until then; what it missed is for the next slots.</summary>
    private async Task TakeUpAsync(DateTimeOffset start)
    {
        var schedules = host.Services.GetRequiredService<ScheduleStore>();
        foreach (var cadence in await host.Services.GetRequiredService<CadenceStore>().ListAsync(default))
        {
            await schedules.FollowAsync(cadence, start, default);
            await schedules.HandledAsync((await schedules.FindAsync(cadence.Name, default))!, start, default);
        }
    }

    private DateTimeOffset? NextInstant()
    {
        var now = clock.GetUtcNow();
        return CadenceModel.All.SelectMany(cadence => times[cadence.Name].Select(time => cadence.NextSlot(time, now))).Min();
    }

    private async Task LiveUntilAsync(DateTimeOffset instant)
    {
        if (chance.Next(4) == 0)
        {
            await PublishAsync(Authors[chance.Next(Authors.Length)], [.. Categories.Where(_ => chance.Next(2) == 0)]);
        }

        var room = (instant - clock.GetUtcNow()).Ticks;
        clock.Advance(TimeSpan.FromTicks(chance.NextInt64(room)));
        if (chance.Next(2) == 0)
        {
            await people[chance.Next(people.Count)].ChangeAsync(host.Services.GetRequiredService<Preferences>(), clock.GetUtcNow(), Categories, Authors, chance, Note);
        }
    }

    private void Note(string cadence, SendTime time) => times[cadence].Add(time);

    private async Task<string?> SendAsync(CadenceModel cadence, DateTimeOffset instant)
    {
        var expected = people.Select(person => (person, Articles: person.Take(cadence, instant, articles, Maximum))).Where(one => one.Articles.Count > 0)
            .Select(one => $"{one.person.Address}: {string.Join(' ', one.Articles)}").Order(StringComparer.Ordinal).ToList();

        await host.Services.GetRequiredService<SlotRunner>().RunAsync(cadence.Name, default);

        var got = (await MailsAsync(cadence.Name, instant)).Select(mail => $"{mail.Address}: {string.Join(' ', JsonSerializer.Deserialize<List<long>>(mail.Articles)!.Order())}").Order(StringComparer.Ordinal).ToList();
        Told += got.Count;
        return expected.SequenceEqual(got, StringComparer.Ordinal) ? null : $"promised [{string.Join("; ", expected.Except(got, StringComparer.Ordinal))}], sent instead [{string.Join("; ", got.Except(expected, StringComparer.Ordinal))}]";
    }

    private async Task<List<ToldMail>> MailsAsync(string cadence, DateTimeOffset slot) =>
        await host.Services.GetRequiredService<Database>().ReadAsync(async connection => await Task.FromResult(connection.Query<ToldMail>(
            "SELECT d.address, c.articles FROM edition e JOIN mailing m ON m.key = e.mailing_key JOIN delivery d ON d.mailing_id = m.id JOIN cohort c ON c.content_id = d.content_id "
            + "WHERE e.cadence = @cadence AND e.slot = @slot",
            new DataParameter("cadence", cadence),
            new DataParameter("slot", slot.ToUnixTimeMilliseconds())).ToList()));

    private async Task PublishAsync(string author, string[] categories)
    {
        var number = articles.Count + 1;
        folder.Write($"{number:0000}.md", string.Create(CultureInfo.InvariantCulture, $"---\ntitle: Article {number}\nslug: article-{number}\ndate: 2023-10-01T12:00:00Z\nauthor: {author}\ncategories: [{string.Join(", ", categories)}]\n---\n\nUn paragraphe.\n"));
        Assert.Equal(1, (await host.Services.GetRequiredService<FolderImport>().ImportAsync(folder.Path, default)).Added);
        articles.Add(new ArticleModel(number, author, categories));
    }

    private async Task JoinAsync(string zone)
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"p{people.Count}@atelier.example.net");
        Assert.Null(await host.Services.GetRequiredService<Subscribers>().AddConfirmedAsync(address, CadenceModel.All[0].Name, [], default));
        var key = await host.Services.GetRequiredService<LinkTokens>().KeyAsync(default);
        var id = people.Count + 1;
        var person = new PersonModel(address, zone, Newsletter, LinkTokens.Write(key, LinkPurpose.Preferences, new LinkReference(id, "", 0)));
        people.Add(person);
        // One person a zone, and most of them on its clocks.
        await person.SettleAsync(host.Services.GetRequiredService<Preferences>(), Categories, Authors, chance, Note);
    }

    private sealed class ToldMail
    {
        [Column("address")]
        public string Address { get; set; } = "";

        [Column("articles")]
        public string Articles { get; set; } = "[]";
    }
}

/// <summary>An article: its place in the publication sequence and what decides who wants it.</summary>
internal sealed record ArticleModel(long Sequence, string Author, string[] Categories);

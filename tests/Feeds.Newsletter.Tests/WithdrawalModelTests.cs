using System.Globalization;
using Feeds.Mail;
using Feeds.Storage;
using Feeds.Testing.Smtp;
using MimeKit;

namespace Feeds.Newsletter.Tests;

/// <summary>Random editions during which articles come and go, beside a model of a few lines that says what each mail must tell of.</summary>
public sealed class WithdrawalModelTests
{
    private const int Lives = 3;
    private const int Readers = 12;
    private const int Articles = 5;
    private const int Maximum = 2;
    private static readonly string[] Categories = ["prix", "livraison", "seo"];

    [DatabaseTheory, EachDatabase, Fault("Retraction after freeze")]
    public async Task No_mail_tells_of_what_was_withdrawn_before_it_was_begun_and_nobody_is_forgotten_or_written_to_twice(DatabaseProvider provider)
    {
        var withdrawn = 0;
        for (var seed = 1; seed <= Lives; seed++)
        {
            withdrawn += await LiveAsync(provider, seed);
        }

        Assert.True(withdrawn > 0, "In no life somebody was left with nothing.");
    }

    private static async Task<int> LiveAsync(DatabaseProvider provider, int seed)
    {
        var chance = new Random(seed);
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { Rcpt = _ => chance.Next(4) == 0 ? "450 4.2.0 later" : null });
        await using var room = await Newsroom.OpenAsync(
            provider, [.. Newsroom.Live(server.Port), ("Newsletter:Cadences:0:MaximumArticles", Maximum.ToString(CultureInfo.InvariantCulture))]);
        // Later dates come first, so the newest has the highest number.
        var categories = new List<string[]> { Categories };
        categories.AddRange(Enumerable.Range(2, Articles - 1).Select(_ => new[] { Categories[chance.Next(Categories.Length)] }));
        for (var number = 1; number <= Articles; number++)
        {
            await room.PublishAsync($"A{number}", number, categories[number - 1]);
        }

        var wanted = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        for (var reader = 1; reader <= Readers; reader++)
        {
            string[] choice = chance.Next(3) == 0 ? [] : [Categories[chance.Next(Categories.Length)]];
            var address = $"l{reader}@atelier.example.net";
            await room.AddAsync(address, "weekly", choice);
            wanted[address] = [.. Enumerable.Range(1, Articles).Reverse().Where(number => choice.Length == 0 || categories[number - 1].Intersect(choice, StringComparer.Ordinal).Any())];
        }

        var edition = await room.MakeAsync("weekly", 0);
        var hidden = new HashSet<int>();
        var takenOut = new HashSet<int>();
        var expected = new List<string>();
        server.Script.BeforeAnswer = async address =>
        {
            // The mail in flight is as it was when it was claimed; whatever happens now counts for the next.
            expected.Add($"{address}: {string.Join(' ', wanted[address].Except(takenOut).Take(Maximum).Select(number => $"A{number}"))}");
            var number = chance.Next(1, Articles + 1);
            if (hidden.Remove(number))
            {
                await room.SetStatusAsync(number, "published");
            }
            else if (chance.Next(3) > 0)
            {
                hidden.Add(number);
                takenOut.Add(number);
                await room.SetStatusAsync(number, chance.Next(2) == 0 ? "removed" : "draft");
            }
        };
        var counts = edition.Edition.Counts;
        for (var round = 0; round < 60 && counts.Open > 0; round++)
        {
            await room.Loop.TickAsync(default);
            room.Clock.Advance(TimeSpan.FromHours(6));
            counts = (await room.Get<Outbox>().CountAsync([edition.MailingKey!], default))[edition.MailingKey!];
            Assert.Equal(Readers, counts.Total);
        }

        var got = server.Ledger.Messages.Select(message => $"{message.To}: {string.Join(' ', SentMail.TitlesIn(MimeMessage.Load(new MemoryStream(message.Bytes.ToArray())).TextBody!.ReplaceLineEndings("\n")))}").ToList();
        Assert.True(expected.SequenceEqual(got, StringComparer.Ordinal), $"Seed {seed}: expected {string.Join("; ", expected)} and got {string.Join("; ", got)}");
        Assert.Equal(got.Count, got.DistinctBy(line => line.Split(':')[0], StringComparer.Ordinal).Count());
        Assert.Equal((0, got.Count, Readers - got.Count), (counts.Open + counts.Failed, counts.Accepted, counts.Withdrawn));
        var without = wanted.Keys.Except(got.Select(line => line.Split(':')[0]), StringComparer.Ordinal);
        Assert.All(without, address => Assert.Empty(wanted[address].Except(takenOut)));
        Assert.NotEmpty(takenOut);
        return counts.Withdrawn;
    }
}

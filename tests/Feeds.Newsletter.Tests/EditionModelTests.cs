using System.Globalization;
using Feeds.Storage;

namespace Feeds.Newsletter.Tests;

/// <summary>Random lives of a newsletter, beside a model of a few lines that says who must have got what.</summary>
public sealed class EditionModelTests
{
    private const int Lives = 3;
    private const int Steps = 40;
    private const int Minimum = 2;
    private const int Maximum = 3;
    private static readonly string[] Categories = ["prix", "livraison", "seo"];

    [DatabaseTheory, EachDatabase]
    public async Task Everybody_gets_each_wanted_article_of_their_time_exactly_once(DatabaseProvider provider)
    {
        for (var seed = 1; seed <= Lives; seed++)
        {
            await LiveAsync(provider, seed);
        }
    }

    private static async Task LiveAsync(DatabaseProvider provider, int seed)
    {
        await using var room = await Newsroom.OpenAsync(
            provider,
            ("Newsletter:Cadences:0:MinimumArticles", Minimum.ToString(CultureInfo.InvariantCulture)),
            ("Newsletter:Cadences:0:MaximumArticles", Maximum.ToString(CultureInfo.InvariantCulture)));
        // Categories exist from the start; this article itself belongs to the life, too.
        await room.PublishAsync("0", 1, Categories);
        var chance = new Random(seed);
        var published = new List<Published> { new("0", 1, Categories) };
        var subscribed = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var tokens = new Dictionary<string, string>(StringComparer.Ordinal);
        var positions = new Dictionary<string, int>(StringComparer.Ordinal);
        var cadencePosition = 0;
        var told = 0;
        for (var step = 1; step <= Steps; step++)
        {
            var person = $"p{chance.Next(4)}@atelier.example.net";
            switch (chance.Next(10))
            {
                case < 4:
                    var article = new Published(step.ToString(CultureInfo.InvariantCulture), chance.Next(1, 29), [.. Categories.Where(_ => chance.Next(2) == 0)]);
                    await room.PublishAsync(article.Title, article.Day, article.Categories);
                    published.Add(article);
                    break;
                case < 6:
                    var choice = Categories.Where(_ => chance.Next(3) == 0).ToArray();
                    await room.AddAsync(person, "weekly", choice);
                    // Who joins begins with the cadence's next edition; who goes on, or comes back, where they were.
                    positions[person] = subscribed.ContainsKey(person) ? positions[person] : Math.Max(positions.GetValueOrDefault(person), cadencePosition);
                    subscribed[person] = choice;
                    break;
                case < 7 when tokens.TryGetValue(person, out var token):
                    await room.Subscribers.UnsubscribeAsync(token, default);
                    subscribed.Remove(person);
                    break;
                default:
                    var result = await room.MakeAsync("weekly", step);
                    var again = await room.MakeAsync("weekly", step);
                    Assert.Equal((true, false), (result.MadeNow, again.MadeNow));
                    Assert.Equal(published.Count - cadencePosition, result.Edition.Articles);
                    var expected = Expected(subscribed, published, positions, published.Count - cadencePosition, out var made);
                    cadencePosition = made ? published.Count : cadencePosition;
                    var mails = result.MailingKey is null ? [] : await room.MailsAsync(result.MailingKey);
                    var got = mails.Select(mail => $"{mail.Address}: {mail.Subject} = {string.Join(' ', mail.Titles)}").Order(StringComparer.Ordinal);
                    Assert.True(expected.SequenceEqual(got, StringComparer.Ordinal), $"Seed {seed}, step {step}: expected {string.Join("; ", expected)} and found {string.Join("; ", got)}");
                    told += mails.Count;
                    foreach (var mail in mails)
                    {
                        tokens[mail.Address] = Newsroom.TokenIn(mail.UnsubscribeUrl);
                    }

                    break;
            }
        }

        Assert.True(told > 0, $"Seed {seed} told nobody anything.");
    }

    private static List<string> Expected(Dictionary<string, string[]> subscribed, List<Published> published, Dictionary<string, int> positions, int news, out bool made)
    {
        var lines = new List<string>();
        var nothing = new List<string>();
        foreach (var (person, choice) in subscribed)
        {
            var wanted = published.Index().Skip(positions[person])
                .Where(one => choice.Length == 0 || one.Item.Categories.Intersect(choice, StringComparer.Ordinal).Any())
                .OrderByDescending(one => one.Item.Day).ThenByDescending(one => one.Index).Select(one => one.Item.Title).ToList();
            var more = wanted.Count switch { 1 => "", 2 => " et 1\u00A0autre", _ => $" et {wanted.Count - 1}\u00A0autres" };
            if (wanted.Count >= Minimum)
            {
                lines.Add($"{person}: {wanted[0]}{more} = {string.Join(' ', wanted.Take(Maximum))}");
                positions[person] = published.Count;
            }
            else if (wanted.Count == 0)
            {
                nothing.Add(person);
            }
        }

        made = lines.Count > 0 || news >= Minimum;
        foreach (var person in nothing)
        {
            positions[person] = published.Count;
        }

        return [.. lines.Order(StringComparer.Ordinal)];
    }

    private sealed record Published(string Title, int Day, string[] Categories);
}

using Feeds.Newsletter;

namespace Feeds.Scheduling.Tests;

/// <summary>A person: what they chose, and up to which article they were told.</summary>
internal sealed class PersonModel(string address, string zone, string newsletter, string token)
{
    private long told;
    private bool left;
    private DateTimeOffset? pausedUntil;

    public string Address { get; } = address;

    public SubscriptionSettings Settings { get; private set; } = new() { Cadence = CadenceModel.All[0].Name };

    /// <summary>What a slot brings them; from then on they were told of it.</summary>
    public IReadOnlyList<long> Take(CadenceModel cadence, DateTimeOffset slot, IReadOnlyList<ArticleModel> articles, int maximum)
    {
        if (left || slot < pausedUntil || !string.Equals(cadence.Name, Settings.Cadence, StringComparison.Ordinal) || !cadence.IsSlot(Settings.Time, slot))
        {
            return [];
        }

        var wanted = articles.Where(article => article.Sequence > told
            && (Settings.Categories.Count == 0 || article.Categories.Intersect(Settings.Categories, StringComparer.Ordinal).Any())
            && !Settings.WithoutAuthors.Contains(article.Author, StringComparer.Ordinal)).Select(article => article.Sequence).Order().ToList();
        var brought = cadence.Carries ? wanted.Take(maximum).ToList() : wanted;
        told = brought.Count < wanted.Count ? brought[^1] : articles.Count;
        return brought;
    }

    public async Task SettleAsync(Preferences preferences, string[] categories, string[] authors, Random chance, Action<string, SendTime> note)
    {
        var time = chance.Next(5) == 0 ? SendTime.OfCadence : new SendTime(zone, chance.Next(24));
        var settings = new SubscriptionSettings
        {
            Cadence = CadenceModel.All[chance.Next(CadenceModel.All.Count)].Name,
            Categories = [.. categories.Where(_ => chance.Next(3) == 0)],
            WithoutAuthors = [.. authors.Where(_ => chance.Next(4) == 0)],
            Time = time,
            Language = chance.Next(2) == 0 ? "" : "en",
            PlainText = chance.Next(4) == 0,
        };
        Assert.Null(await preferences.ChangeAsync(token, newsletter, settings, default));
        Settings = settings;
        note(settings.Cadence, time);
    }

    public async Task ChangeAsync(Preferences preferences, DateTimeOffset now, string[] categories, string[] authors, Random chance, Action<string, SendTime> note)
    {
        switch (chance.Next(5))
        {
            case 0 when left:
                await preferences.ReturnAsync(token, newsletter, default);
                left = (await preferences.FindAsync(token, default))!.Subscriptions[0].State == SubscriptionState.Left;
                break;
            case 0:
                await preferences.LeaveAsync(token, newsletter, default);
                left = true;
                break;
            case 1 when !left:
                var there = TimeZoneInfo.FindSystemTimeZoneById(Settings.Time.IsOfCadence ? "Europe/Paris" : Settings.Time.Zone);
                var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, there).DateTime).AddDays(chance.Next(1, 3));
                Assert.Null(await preferences.PauseAsync(token, newsletter, day, default));
                pausedUntil = (await preferences.FindAsync(token, default))!.Subscriptions[0].PausedUntil;
                Assert.Equal(day, DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(pausedUntil!.Value, there).DateTime));
                break;
            case 2 when !left:
                Assert.Null(await preferences.PauseAsync(token, newsletter, null, default));
                pausedUntil = null;
                break;
            default:
                if (!left)
                {
                    await SettleAsync(preferences, categories, authors, chance, note);
                }

                break;
        }
    }
}

using Feeds.Storage;

namespace Feeds.Scheduling.Tests;

/// <summary>
/// People in every zone, with choices, changes, pauses and departures at random, beside a model that says in a few lines
/// who must have got what, and when. A run depends on its seed alone, which a failure names.
/// </summary>
public sealed class PersonalEditionTests
{
    private const int Parts = 7;

    public static TheoryData<int> EachPart => new(Enumerable.Range(0, Parts));

    [Theory, MemberData(nameof(EachPart)), Fault("DST gap / overlap")]
    public Task In_every_zone_each_person_gets_each_wanted_article_once_at_the_promised_local_time(int part) =>
        LiveAsync(DatabaseProvider.Sqlite, [.. Zones.Offered.SelectMany(region => region.Names).Where((_, place) => place % Parts == part)]);

    [DatabaseTheory, EachDatabase]
    public Task On_both_databases_each_person_gets_each_wanted_article_once(DatabaseProvider provider) =>
        LiveAsync(provider, ["Europe/Paris", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia"]);

    private static async Task LiveAsync(DatabaseProvider provider, IReadOnlyList<string> zones)
    {
        var seed = Random.Shared.Next();
        await using var life = await PersonalLife.BeginAsync(provider, zones, new Random(seed));

        var difference = await life.LiveAsync();

        Assert.True(difference is null, $"seed {seed}: {difference}");
        Assert.True(life.Told > 0, $"seed {seed}: nobody got anything");
    }
}

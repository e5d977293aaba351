using Feeds.Newsletter;
using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Feeds.Scheduling.Tests;

public sealed class ScheduleBookTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 5, 0, 0, TimeSpan.Zero);

    [DatabaseTheory, EachDatabase]
    public async Task The_list_explains_each_cadence_and_its_next_five_runs_in_its_zone(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var host = await SchedulingHost.PrepareAsync(database, new FakeTimeProvider(Now));

        var listing = Assert.Single(await host.Book.ListAsync(default));

        Assert.Equal("daily", listing.Cadence.Name);
        Assert.Equal("Chaque jour à 07:30 (Europe/Paris)", listing.Sentence);
        Assert.Equal(Enumerable.Range(23, 5).Select(day => new DateTimeOffset(2026, 11, day, 7, 30, 0, TimeSpan.FromHours(1))), listing.NextRuns);
        Assert.All(listing.NextRuns, run => Assert.Equal(TimeSpan.FromHours(1), run.Offset));
        Assert.Equal("Every day at 07:30 (Europe/Paris)", Assert.Single(await host.Book.ListAsync("en", default)).Sentence);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_change_is_stored_and_leaves_the_rest_as_it_was(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var host = await SchedulingHost.PrepareAsync(database, new FakeTimeProvider(Now));
        var before = await CadenceAsync(host);

        Assert.Null(await host.Book.ChangeAsync("daily", new ScheduleChange(Cron: " 0  0 8 ? * MON ", MinimumArticles: 3, Revision: before.Revision), default));

        var after = await CadenceAsync(host);
        Assert.Equal(before with { Cron = "0 0 8 ? * MON", MinimumArticles = 3, Revision = after.Revision, Categories = after.Categories }, after);
        Assert.True(after.Revision > before.Revision);
    }

    [DatabaseTheory, EachDatabase]
    public async Task What_cannot_be_kept_is_refused_with_a_sentence_and_nothing_is_stored(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var host = await SchedulingHost.PrepareAsync(database, new FakeTimeProvider(Now));
        var before = await CadenceAsync(host);

        Assert.Contains("jamais", await host.Book.ChangeAsync("daily", new ScheduleChange(Cron: "0 0 0 30 2 ?", MinimumArticles: 2), default), StringComparison.Ordinal);
        Assert.Contains("Europe/Paris ?", await host.Book.ChangeAsync("daily", new ScheduleChange(Zone: "Europe/Pari"), default), StringComparison.Ordinal);
        Assert.Contains("write 0 30 7 * * ?", await host.Book.ChangeAsync("daily", new ScheduleChange(Cron: "30 7 * * *"), "en", default), StringComparison.Ordinal);
        Assert.Contains("1 à 100", await host.Book.ChangeAsync("daily", new ScheduleChange(MinimumArticles: 0), default), StringComparison.Ordinal);
        Assert.Contains("from 1 to 100", await host.Book.ChangeAsync("daily", new ScheduleChange(MinimumArticles: 101), "en", default), StringComparison.Ordinal);
        Assert.Contains("there are: daily", await host.Book.ChangeAsync("hourly", new ScheduleChange(Paused: true), "en", default), StringComparison.Ordinal);

        Assert.Equal(before.Revision, (await CadenceAsync(host)).Revision);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_change_from_an_outdated_page_is_refused(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var host = await SchedulingHost.PrepareAsync(database, new FakeTimeProvider(Now));
        var seen = (await CadenceAsync(host)).Revision;
        Assert.Null(await host.Book.ChangeAsync("daily", new ScheduleChange(MinimumArticles: 2, Revision: seen), default));

        var refusal = await host.Book.ChangeAsync("daily", new ScheduleChange(MinimumArticles: 5, Revision: seen), default);

        Assert.Contains("entre-temps", refusal, StringComparison.Ordinal);
        Assert.Equal(2, (await CadenceAsync(host)).MinimumArticles);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_schedule_that_has_run_out_can_be_paused_but_not_resumed(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(Now);
        await using var host = await SchedulingHost.PrepareAsync(database, clock, "0 0 8 1 12 ? 2026");
        clock.Advance(TimeSpan.FromDays(60));

        Assert.Empty(Assert.Single(await host.Book.ListAsync(default)).NextRuns);
        Assert.Null(await host.Book.ChangeAsync("daily", new ScheduleChange(Paused: true), default));
        Assert.Contains("never comes", await host.Book.ChangeAsync("daily", new ScheduleChange(Paused: false), "en", default), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Newsletter:Cadences:0:Cron", "30 7 * * *", "Newsletter:Cadences:0:Cron: “30 7 * * *” is in the 5-field crontab form")]
    [InlineData("Newsletter:Cadences:0:Zone", "Europe/Pari", "Newsletter:Cadences:0:Zone: The time zone “Europe/Pari” is unknown; did you mean Europe/Paris?")]
    public async Task A_wrong_cadence_in_the_configuration_stops_the_start_with_its_key(string key, string value, string sentence)
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        using var host = SchedulingHost.Build(database.ConnectionString, TimeProvider.System, null, ("Newsletter:Cadences:0:Cron", "0 0 8 ? * MON"), (key, value));

        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains(refused.Failures, failure => failure.StartsWith(sentence, StringComparison.Ordinal));
    }

    [Fact]
    public void Building_the_services_touches_no_database()
    {
        using var host = SchedulingHost.Build("Host=/nowhere;Database=feeds;Username=feeds", TimeProvider.System, null, ("Newsletter:Cadences:0:Cron", "0 0 8 ? * MON"));

        Assert.NotNull(host.Services.GetRequiredService<ScheduleBook>());
        Assert.NotEmpty(host.Services.GetServices<IHostedService>());
    }

    private static async Task<Cadence> CadenceAsync(SchedulingHost host)
    {
        var cadence = await host.Services.GetRequiredService<CadenceStore>().FindAsync("daily", default);
        Assert.NotNull(cadence);
        return cadence;
    }
}

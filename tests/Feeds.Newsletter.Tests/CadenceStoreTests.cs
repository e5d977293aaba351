using Feeds.Storage;
using Microsoft.Extensions.Options;

namespace Feeds.Newsletter.Tests;

public sealed class CadenceStoreTests
{
    [DatabaseTheory, EachDatabase]
    public async Task A_new_database_takes_the_configuration_and_later_differences_are_told(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider, ("Newsletter:Cadences:1:Categories:0", "prix"));

        var cadences = await room.Cadences.ListAsync(default);
        var same = await room.Cadences.SeedAsync(default);
        var options = room.Get<IOptions<NewsletterOptions>>().Value;
        options.Cadences[1].Cron = "0 0 9 * * ?";
        options.Cadences[0].Name = "monthly";
        var different = await room.Cadences.SeedAsync(default);

        Assert.Equal(["daily", "weekly"], cadences.Select(cadence => cadence.Name), StringComparer.Ordinal);
        Assert.Equal(("daily", "Europe/Paris"), (cadences[0].Title, cadences[0].Zone));
        Assert.Equal(["prix"], cadences[0].Categories);
        Assert.Equal((1, 10, false, 1L), (cadences[1].MinimumArticles, cadences[1].MaximumArticles, cadences[1].Paused, cadences[1].Revision));
        Assert.Empty(same);
        Assert.Equal(3, different.Count);
        Assert.Contains(different, sentence => sentence.StartsWith("Newsletter:Cadences:1:Cron is \"0 0 9 * * ?\", but \"0 30 7 * * ?\" is in force", StringComparison.Ordinal));
        Assert.Contains(different, sentence => sentence.StartsWith("Newsletter:Cadences:0:Name is \"monthly\"", StringComparison.Ordinal));
        Assert.Contains(different, sentence => sentence.Contains("lacks \"weekly\"", StringComparison.Ordinal));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_change_based_on_an_older_revision_is_refused(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        var read = (await room.Cadences.FindAsync("weekly", default))!;

        var answers = await Task.WhenAll(
            Task.Run(() => room.Cadences.SaveAsync(read with { Cron = "0 0 9 ? * TUE", MinimumArticles = 3 }, default)),
            Task.Run(() => room.Cadences.SaveAsync(read with { Paused = true }, default)));

        Assert.Single(answers, saved => saved);
        var now = (await room.Cadences.FindAsync("weekly", default))!;
        Assert.Equal(2, now.Revision);
        Assert.True(now.Paused != (now.MinimumArticles == 3));
        Assert.False(await room.Cadences.SaveAsync(now with { Name = "monthly" }, default));
        Assert.Null(await room.Cadences.FindAsync("monthly", default));
    }

    [Theory]
    [InlineData("", null, 1, 10, "Newsletter:Cadences:0:Name is \"\"")]
    [InlineData("Weekly", null, 1, 10, "Newsletter:Cadences:0:Name is \"Weekly\"")]
    [InlineData("../x", null, 1, 10, "Newsletter:Cadences:0:Name")]
    [InlineData("a-name-of-forty-one-letters-is-one-too-lon", null, 1, 10, "Newsletter:Cadences:0:Name")]
    [InlineData("weekly", "deux\r\nlignes", 1, 10, "Newsletter:Cadences:0:Title")]
    [InlineData("weekly", null, 0, 10, "Newsletter:Cadences:0:MinimumArticles is 0; write a number from 1 to 100.")]
    [InlineData("weekly", null, 1, 101, "Newsletter:Cadences:0:MaximumArticles is 101; write a number from 1 to 100.")]
    public void A_wrong_value_is_named_with_its_key(string name, string? title, int minimum, int maximum, string expected)
    {
        var options = new NewsletterOptions();
        options.Cadences.Add(new CadenceOptions { Name = name, Title = title, MinimumArticles = minimum, MaximumArticles = maximum });

        Assert.StartsWith(expected, Assert.Single(new NewsletterOptionsCheck().Validate(null, options).Failures!), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_cadences_of_one_name_are_refused_and_good_ones_are_not()
    {
        var options = new NewsletterOptions();
        options.Cadences.Add(new CadenceOptions { Name = "weekly" });
        options.Cadences.Add(new CadenceOptions { Name = "weekly-2" });
        Assert.True(new NewsletterOptionsCheck().Validate(null, options).Succeeded);

        options.Cadences.Add(new CadenceOptions { Name = "weekly" });
        Assert.StartsWith("Newsletter:Cadences:2:Name", Assert.Single(new NewsletterOptionsCheck().Validate(null, options).Failures!), StringComparison.Ordinal);
    }
}

using System.Globalization;
using Feeds.Newsletter;
using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Host.Tests;

/// <summary>What an operator is told of an edition that waits for the end of the quiet hours.</summary>
public sealed class QuietHoursPageTests
{
    [SkippableFact]
    public async Task An_edition_that_waits_for_the_end_of_the_quiet_hours_says_so_in_the_admin_and_in_the_shell()
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        // Until ten, by the clock of the site, which stands at seven; the shell's is the machine's.
        await using var site = await RunningSite.StartAsync(
            folder, database, "--Mail:QuietHours:From=22:00", "--Mail:QuietHours:To=10:00", "--Mail:QuietHours:TimeZone=Europe/Paris");
        await using var browser = await Browser.OpenAsync();
        await ProgramProcess.RunAsync(folder.Path, "subscriber", "add", "anna@example.net", "--cadence", "weekly", "--confirmed", "--Storage:ConnectionString", database.ConnectionString);
        site.Clock.SetUtcNow(RunningSite.Start.AddHours(1));
        await site.StepUntilAsync(async () => (await Editions(site).ListAsync(1, default)).Count == 1, "an edition");
        var aWhileFromNow = TimeProvider.System.GetUtcNow().AddHours(2).ToString("HH:mm", CultureInfo.InvariantCulture);
        var aWhileAgo = TimeProvider.System.GetUtcNow().AddHours(-2).ToString("HH:mm", CultureInfo.InvariantCulture);

        await browser.Page.GotoAsync($"{site.Address}admin/setup/{await site.NewSetupTokenAsync()}");
        await browser.Page.FillAsync("input[name=password]", "four words make one");
        await browser.Page.ClickAsync("button.primary");
        var night = await browser.Page.Locator("#editions").InnerTextAsync();
        var status = await StatusAsync(aWhileAgo, aWhileFromNow);
        var byDay = await StatusAsync(aWhileFromNow, aWhileAgo);

        Assert.Contains("heures calmes jusqu’à 10:00 (Europe/Paris)", night, StringComparison.Ordinal);
        Assert.Matches($@"\n\S*weekly\S*: quiet until {aWhileFromNow} \(UTC\)\n", status.Output);
        Assert.DoesNotContain("quiet until", byDay.Output, StringComparison.Ordinal);
        Assert.Equal((0, 0), (status.ExitCode, byDay.ExitCode));

        site.Clock.SetUtcNow(RunningSite.Start.AddHours(3));
        await site.StepUntilAsync(async () => (await Editions(site).ListAsync(1, default))[0].State == EditionState.Done, "the edition after the quiet hours");
        await browser.Page.ReloadAsync();
        Assert.DoesNotContain("heures calmes", await browser.Page.Locator("#editions").InnerTextAsync(), StringComparison.Ordinal);

        Task<(int ExitCode, string Output, string Errors)> StatusAsync(string from, string to) => ProgramProcess.RunAsync(
            folder.Path,
            "delivery", "status", "--Storage:ConnectionString", database.ConnectionString, "--Mail:QuietHours:From", from, "--Mail:QuietHours:To", to, "--Mail:QuietHours:TimeZone", "UTC");
    }

    [Fact]
    public async Task Quiet_hours_of_a_zone_that_there_is_not_are_named_by_the_check()
    {
        using var folder = new TestFolder();

        var check = await ProgramProcess.RunAsync(
            folder.Path, "check", "--Mail:QuietHours:From", "22:00", "--Mail:QuietHours:To", "07:00", "--Mail:QuietHours:TimeZone", "Europe/Atlantis");

        Assert.Equal(1, check.ExitCode);
        Assert.Contains("FAIL  configuration: Mail:QuietHours:TimeZone is “Europe/Atlantis”; write the name of an IANA zone", check.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("unknown and has no effect", check.Output + check.Errors, StringComparison.Ordinal);
    }

    private static Editions Editions(RunningSite site) => site.Services.GetRequiredService<Editions>();
}

using System.Net;
using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Host.Tests;

public sealed class AdminTests
{
    private const string Password = "four words make one";

    [SkippableFact]
    public async Task An_admin_chooses_a_password_changes_a_schedule_and_reads_the_mails_in_a_browser()
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var site = await RunningSite.StartAsync(folder, database);
        await using var browser = await Browser.OpenAsync();
        var page = browser.Page;

        await page.GotoAsync($"{site.Address}admin");
        Assert.EndsWith("/admin/login?ReturnUrl=%2Fadmin", page.Url, StringComparison.OrdinalIgnoreCase);
        var token = await site.NewSetupTokenAsync();
        await page.GotoAsync($"{site.Address}admin/setup/{token}");
        await page.FillAsync("input[name=password]", Password);
        await page.ClickAsync("button.primary");

        var weekly = page.Locator("#cadence-weekly");
        await weekly.Locator("select[name=frequency]").SelectOptionAsync("daily");
        await weekly.Locator("input[name=time]").FillAsync("18:45");
        await weekly.Locator("button.primary").ClickAsync();
        Assert.Contains("18:45", await weekly.Locator(".sentence").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal("0 45 18 * * ?", await weekly.Locator("input[name=cron]").InputValueAsync());
        Assert.Equal(5, await weekly.Locator("ol.runs li").CountAsync());

        await weekly.Locator("input[name=cron]").FillAsync("0 0 0 30 2 ?");
        await weekly.Locator("button.primary").ClickAsync();
        Assert.Equal(1, await weekly.Locator("[role=alert]").CountAsync());
        Assert.Contains("18:45", await weekly.Locator(".sentence").InnerTextAsync(), StringComparison.Ordinal);

        await page.ClickAsync("#mails a");
        Assert.Contains("Chaque", await page.FrameLocator("iframe.mail").Locator("h1").InnerTextAsync(), StringComparison.Ordinal);
    }

    [Fact, Attack(38)]
    public async Task The_link_to_choose_a_password_works_once_and_only_the_newest_does()
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var site = await RunningSite.StartAsync(folder, database);
        var older = await site.NewSetupTokenAsync();
        var newest = await site.NewSetupTokenAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await site.Client.GetAsync($"admin/setup/{older}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await site.Client.GetAsync($"admin/setup/{newest}")).StatusCode);
        var account = site.Services.GetRequiredService<Security.AdminAccount>();
        Assert.True(await account.SetUpAsync(newest!, Password, default));
        Assert.False(await account.SetUpAsync(newest!, "another password", default));
        Assert.Equal(HttpStatusCode.NotFound, (await site.Client.GetAsync($"admin/setup/{newest}")).StatusCode);
        Assert.Null(await site.NewSetupTokenAsync());
        Assert.True(await account.IsPasswordAsync(Password, default));
        Assert.False(await account.IsPasswordAsync("another password", default));
    }

    [Theory, Attack(24)]
    [InlineData("/admin/login")]
    [InlineData("/admin?handler=Schedule")]
    [InlineData("/admin?handler=SignOut")]
    [InlineData("/admin/categories")]
    public async Task Nothing_of_the_admin_is_changed_by_a_form_that_is_not_its_own(string path)
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var site = await RunningSite.StartAsync(folder, database);
        using var form = new FormUrlEncodedContent([new("cadence", "weekly"), new("cron", "0 0 9 * * ?"), new("password", Password)]);

        var response = await site.Client.PostAsync(path, form);

        Assert.True(response.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Redirect, $"{response.StatusCode}");
        Assert.Contains("0 0 8 ? * MON", (await ProgramProcess.RunAsync(folder.Path, "schedule", "list", "--Storage:ConnectionString", database.ConnectionString)).Output, StringComparison.Ordinal);
    }
}

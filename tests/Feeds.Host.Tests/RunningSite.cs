using System.Globalization;
using Feeds.Host.Startup;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;

namespace Feeds.Host.Tests;

/// <summary>Everything that <c>serve</c> is, in this process, on a clock that the test moves.</summary>
internal sealed class RunningSite : IAsyncDisposable
{
    private readonly Site site;

    private RunningSite(Site site, FakeTimeProvider clock, Uri address)
    {
        this.site = site;
        Clock = clock;
        Address = address;
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = address };
    }

    /// <summary>Monday 23 November 2026, 07:00 in Paris.</summary>
    public static DateTimeOffset Start { get; } = new(2026, 11, 23, 6, 0, 0, TimeSpan.Zero);

    public FakeTimeProvider Clock { get; }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => site.Services;

    /// <summary>Starts it with mails going to a folder below the given one, unless the settings say otherwise.</summary>
    public static async Task<RunningSite> StartAsync(TestFolder folder, TestDatabase database, params string[] settings)
    {
        var clock = new FakeTimeProvider(Start);
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{ProgramProcess.FreePort()}"));
        string[] all =
        [
            $"--urls={address}",
            $"--Publication:BaseUrl={address}",
            $"--Storage:ConnectionString={database.ConnectionString}",
            $"--Mail:PickupFolder={folder["mails"]}",
            .. settings,
        ];
        var started = await Site.StartAsync(all, services => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock)), default);
        return new RunningSite(started, clock, address);
    }

    /// <summary>What the console's link to choose the admin password ends with.</summary>
    public Task<string?> NewSetupTokenAsync() => Services.GetRequiredService<Security.AdminAccount>().NewSetupTokenAsync(default);

    /// <summary>Hours or days pass at once. Moved on, the clock would have each loop take all its steps in between, which takes minutes.</summary>
    public void Pass(TimeSpan time) => Clock.AdjustTime(Clock.GetUtcNow() + time);

    /// <summary>Moves the clock on by a second at a time until the condition holds: every loop of the program takes its steps.</summary>
    public Task StepUntilAsync(Func<Task<bool>> condition, string what) =>
        Eventually.TrueAsync(
            async () =>
            {
                Clock.Advance(TimeSpan.FromSeconds(1));
                return await condition();
            },
            () => what);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await site.DisposeAsync();
    }
}

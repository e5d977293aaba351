using Microsoft.Playwright;

namespace Feeds.Host.Tests;

/// <summary>Debian's Chromium, driven as a person would use it. Tests share one, and none knows another's cookies. Without a screen to draw for, it does the same pages in a third of the time.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly string? Program = new[] { "/usr/bin/chromium-headless-shell", "/usr/bin/chromium" }.FirstOrDefault(File.Exists);

    // Its driver ends with this process, and ends it.
    private static readonly Lazy<Task<IBrowser>> Shared = new(StartAsync);
    private readonly List<IBrowserContext> contexts = [];
    private readonly IBrowser chromium;

    private Browser(IBrowser chromium) => this.chromium = chromium;

    public IPage Page { get; private set; } = null!;

    public static async Task<Browser> OpenAsync()
    {
        Lacking.SkipOrFail(Program is null ? "Chromium (Debian: apt-get install chromium-headless-shell)" : null);
        var browser = new Browser(await Shared.Value);
        browser.Page = await browser.OpenWindowAsync(new BrowserNewContextOptions());
        return browser;
    }

    /// <summary>A window of its own: that wide, in that scheme of colours, with or without scripts, knowing no cookie.</summary>
    public Task<IPage> OpenWindowAsync(int width, ColorScheme scheme = ColorScheme.Light, bool runsScripts = true) =>
        OpenWindowAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = 800 },
            ColorScheme = scheme,
            JavaScriptEnabled = runsScripts,
        });

    public async ValueTask DisposeAsync()
    {
        foreach (var context in contexts)
        {
            await context.DisposeAsync();
        }
    }

    private static async Task<IBrowser> StartAsync() =>
        await (await Playwright.CreateAsync()).Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Program,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });

    private async Task<IPage> OpenWindowAsync(BrowserNewContextOptions options)
    {
        var context = await chromium.NewContextAsync(options);
        contexts.Add(context);
        return await context.NewPageAsync();
    }
}

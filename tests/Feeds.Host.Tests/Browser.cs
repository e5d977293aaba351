using Microsoft.Playwright;

namespace Feeds.Host.Tests;

/// <summary>Debian's Chromium, driven as a person would use it.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private const string Program = "/usr/bin/chromium";
    private readonly IPlaywright playwright;
    private readonly IBrowser browser;

    private Browser(IPlaywright playwright, IBrowser browser, IPage page)
    {
        this.playwright = playwright;
        this.browser = browser;
        Page = page;
    }

    public IPage Page { get; }

    public static async Task<Browser> OpenAsync()
    {
        Lacking.SkipOrFail(File.Exists(Program) ? null : "Chromium (Debian: apt-get install chromium)");
        var driver = await Playwright.CreateAsync();
        var chromium = await driver.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Program,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        return new Browser(driver, chromium, await chromium.NewPageAsync());
    }

    /// <summary>A window of its own: that wide, in that scheme of colours, with or without scripts, knowing no cookie.</summary>
    public async Task<IPage> OpenWindowAsync(int width, ColorScheme scheme = ColorScheme.Light, bool runsScripts = true)
    {
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = 800 },
            ColorScheme = scheme,
            JavaScriptEnabled = runsScripts,
        });
        return await context.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
    }
}

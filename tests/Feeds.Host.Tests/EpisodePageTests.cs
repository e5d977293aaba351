using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Feeds.Articles;
using Feeds.Storage;
using Feeds.Syndication;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Host.Tests;

/// <summary>The page of an article that has a sound.</summary>
public sealed partial class EpisodePageTests : IAsyncLifetime, IDisposable
{
    /// <summary>A tenth of a second of silence: 800 samples of 8 bits, 8000 a second.</summary>
    private static readonly byte[] Silence =
    [
        .. "RIFF"u8, 0x44, 0x03, 0, 0, .. "WAVEfmt "u8, 16, 0, 0, 0, 1, 0, 1, 0, 0x40, 0x1F, 0, 0, 0x40, 0x1F, 0, 0, 1, 0, 8, 0, .. "data"u8, 0x20, 0x03, 0, 0,
        .. Enumerable.Repeat((byte)0x80, 800),
    ];

    private readonly TestFolder folder = new();
    private TestDatabase database = null!;
    private RunningSite site = null!;

    public async Task InitializeAsync()
    {
        folder.Write("articles/episode.md", "---\ntitle: \"Un silence \\\"d’or\\\"\"\nslug: episode\ndate: 2026-11-01\naudio: silence.wav\naudio_duration: 1:02:03\n---\nDu texte.\n");
        folder.Write("articles/far.md", "---\ntitle: Loin\nslug: far\ndate: 2026-11-02\nvideo: https://cdn.example/film.mp4?a=1&b=2\nvideo_length: 48123456\n---\nDu texte.\n");
        await File.WriteAllBytesAsync(folder["articles/silence.wav"], Silence);
        database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        site = await RunningSite.StartAsync(folder, database, "--Publication:Language=fr", $"--Articles:Folder={folder["articles"]}");
        Assert.Empty((await site.Services.GetRequiredService<FolderImport>().ImportAsync(folder["articles"], default)).Refused);
        await site.Services.GetRequiredService<FeedLibrary>().RefreshAsync(default);
    }

    public async Task DisposeAsync()
    {
        await site.DisposeAsync();
        await database.DisposeAsync();
    }

    public void Dispose() => folder.Dispose();

    [SkippableFact]
    public async Task A_browser_plays_the_sound_under_the_policy_of_the_page_and_loads_nothing_before()
    {
        await using var browser = await Browser.OpenAsync();
        var said = new ConcurrentQueue<string>();
        var loaded = new ConcurrentQueue<string>();
        browser.Page.Console += (_, message) => said.Enqueue(message.Text);
        browser.Page.Request += (_, request) => loaded.Enqueue(request.Url);
        await browser.Page.GotoAsync($"{site.Address}articles/episode");
        Assert.DoesNotContain(loaded, address => address.Contains("/media/", StringComparison.Ordinal));

        var seconds = await browser.Page.EvaluateAsync<double>(
            "() => new Promise((done, fail) => { const a = document.querySelector('audio'); a.onloadedmetadata = () => done(a.duration); a.onerror = () => fail(a.error.message); a.preload = 'metadata'; a.load(); })");

        Assert.Equal(0.1, seconds, 3);
        Assert.Empty(said);
    }

    [Fact]
    public async Task The_page_offers_what_the_feed_offers_to_whoever_can_not_play_it_here()
    {
        var feed = await site.Client.GetStringAsync("/feed.rss");
        var enclosure = Enclosure().Match(feed);
        var page = await site.Client.GetStringAsync("/articles/episode");

        Assert.Equal(("audio/wav", $"{Silence.Length}"), (enclosure.Groups["type"].Value, enclosure.Groups["length"].Value));
        Assert.Contains($"<a href=\"{enclosure.Groups["url"].Value}\" type=\"audio/wav\">Télécharger (1 Mo)</a> · 1:02:03", page, StringComparison.Ordinal);
        Assert.Contains("\"@type\":\"AudioObject\"", page, StringComparison.Ordinal);
        Assert.Contains("\"duration\":\"PT1H2M3S\"", page, StringComparison.Ordinal);
        Assert.Contains("<video controls preload=\"none\" src=\"https://cdn.example/film.mp4?a=1&amp;b=2\"", await site.Client.GetStringAsync("/articles/far"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_player_gets_the_part_of_the_sound_that_it_asks_for()
    {
        var address = new Uri(Enclosure().Match(await site.Client.GetStringAsync("/feed.rss")).Groups["url"].Value);
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { Range = new RangeHeaderValue(8, 11) } };

        using var part = await site.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal("WAVE"u8.ToArray(), await part.Content.ReadAsByteArrayAsync());
    }

    [GeneratedRegex("<enclosure url=\"(?<url>[^\"]*/media/[^\"]*)\" type=\"(?<type>[^\"]*)\" length=\"(?<length>[0-9]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Enclosure();
}

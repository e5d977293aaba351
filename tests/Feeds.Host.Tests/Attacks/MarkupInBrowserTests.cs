using System.Globalization;
using Feeds.Articles;
using Feeds.Host.Commands;
using Feeds.Host.Startup;
using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Host.Tests.Attacks;

/// <summary>What our parser took for clean, read by a browser's.</summary>
public sealed class MarkupInBrowserTests
{
    // Reads each text, and what it became once more, as a mail program or a reader that copies it does.
    private const string Read = """
        texts => {
            const names = ['script', 'style', 'iframe', 'object', 'embed', 'form', 'input', 'base', 'meta', 'link', 'template', 'noscript', 'textarea', 'select', 'title', 'svg', 'math'];
            const isAlive = one => one.namespaceURI !== 'http://www.w3.org/1999/xhtml' || names.includes(one.localName) || [...one.attributes].some(attribute =>
                attribute.name.startsWith('on') || ['style', 'class', 'formaction', 'action', 'ping', 'background', 'poster', 'srcdoc'].includes(attribute.name)
                || (['href', 'src', 'cite'].includes(attribute.name) && !['http:', 'https:', 'mailto:'].includes(new URL(attribute.value, 'none:/').protocol)));
            return texts.flatMap((text, number) => {
                const once = document.createElement('div');
                once.innerHTML = text;
                const twice = document.createElement('div');
                twice.innerHTML = once.innerHTML;
                const page = new DOMParser().parseFromString(twice.innerHTML, 'text/html');
                return [once, twice, page.head, page.body].flatMap(root => [...root.querySelectorAll('*')]).filter(isAlive).map(one => `${number}: ${one.outerHTML}`.slice(0, 200));
            });
        }
        """;

    private static readonly string[] Pieces =
    [
        "<svg>", "<math>", "<mi>", "<mtext>", "<style>", "</style>", "<script>", "</script>", "<img src=x onerror=alert(1)>", "<table>", "<a href='javascript:alert(1)'>", "<a href='&#106;avascript&colon;alert(1)'>", "<a href='data:text/html,<script>alert(1)</script>'>",
        "<div style='background:url(javascript:alert(1))'>",
        "<!--", "-->", "--!>", "<title>", "</title>", "<noscript>", "</noscript>", "<template>", "</template>", "<p title=\"", "\">", "<form>", "<select>", "<option>", "<mglyph>", "<malignmark>", "<annotation-xml encoding=text/html>",
        "<foreignObject>", "</svg>", "</math>", "</p>", "<br>", "<textarea>", "<xmp>", "<plaintext>", "]]>", "<![CDATA[", "<b", ">", "&lt;script&gt;", "<p id=\"</noscript><img src=x onerror=alert(1)>\">", "<desc>", "<iframe srcdoc='<script>alert(1)</script>'>",
    ];

    [SkippableFact, Attack(4), Attack(5), Attack(6)]
    public async Task No_mixture_of_dangerous_pieces_comes_alive_in_a_browser_however_deep_it_nests()
    {
        using var folder = new TestFolder();
        var random = new Random(20261123);
        string[] names = ["div", "p", "b", "svg", "math", "table", "form", "noscript", "template", "a href=javascript:alert(1)", "math><mtext><table><mglyph><style"];
        var nests = names.Select(name => string.Concat(Enumerable.Repeat($"<{name}>", 500)) + "<img src=x onerror=alert(1)>").ToList();
        var mixtures = Enumerable.Range(0, 300).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 25)).Select(_ => Pieces[random.Next(Pieces.Length)])));
        foreach (var (body, number) in nests.Concat(mixtures).Select((body, number) => (body, number)))
        {
            folder.Write(string.Create(CultureInfo.InvariantCulture, $"articles/{number}.md"), $"---\ntitle: T{number}\nslug: t{number}\ndate: 2026-10-01\n---\n{body}\n");
        }

        await using var browser = await Browser.OpenAsync();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var services = CommandServices.Create([$"--Storage:ConnectionString={database.ConnectionString}"]);
        await services.GetRequiredService<DatabaseMigrator>().MigrateAsync(default);
        await SeedStore.RunAsync(services, default);
        var report = await services.GetRequiredService<FolderImport>().ImportAsync(folder["articles"], default);
        var texts = (await services.GetRequiredService<ArticleStore>().LatestAsync(null, 1_000, default)).Select(article => article.Html).ToArray();
        var said = new List<string>();
        browser.Page.Dialog += (_, dialog) => said.Add(dialog.Message);
        await browser.Page.RouteAsync("**", route => route.AbortAsync());

        var alive = await browser.Page.EvaluateAsync<string[]>(Read, texts);

        // What nests too deep is refused as a whole.
        Assert.All(report.Refused, refused => Assert.Contains("too many within one another", refused.Reason, StringComparison.Ordinal));
        Assert.InRange(texts.Length, 300, 300 + nests.Count);
        Assert.InRange(texts.Count(text => text.Contains("<img", StringComparison.Ordinal)), 10, texts.Length);
        Assert.Empty(alive);
        Assert.Empty(said);
        Assert.NotEmpty(await browser.Page.EvaluateAsync<string[]>(Read, Pieces));
    }
}

using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace Feeds.Host.Tests;

/// <summary>What axe finds wrong with a page by all its rules for WCAG 2.2 A and AA and its best practices, and whether the page is wider than its window.</summary>
internal static class Axe
{
    // The package would open a page more for each that is looked at, and describe there what passed, node by node.
    public static async Task<IPage> OpenAsync(Browser browser, int width, ColorScheme scheme)
    {
        var page = await browser.OpenWindowAsync(width, scheme);
        await page.AddInitScriptAsync(new BundledAxeScriptProvider().GetScript());
        return page;
    }

    public static async Task<IReadOnlyList<string>> FindAsync(IPage page, params string[] unfit)
    {
        // Of the rules of WCAG 2.2 A and AA, the size of targets is the one that axe leaves out unless it is told to.
        var found = await page.EvaluateAsync<string[]>(
            """
            async unfit => {
              const rules = { 'target-size': { enabled: true } };
              for (const rule of unfit) rules[rule] = { enabled: false };
              const { violations } = await axe.run(document, { rules, iframes: false, resultTypes: ['violations'] });
              return violations.flatMap(({ id, nodes }) => nodes.map(({ html, any, all, none }) =>
                `${id}: ${html}: ${[...any, ...all, ...none].map(check => check.message).join('; ')}`));
            }
            """,
            unfit);
        var sentences = found.Select(sentence => $"{page.Url} {page.ViewportSize!.Width}: {sentence}").ToList();
        var width = await page.EvaluateAsync<int>("document.documentElement.scrollWidth");
        if (width > page.ViewportSize!.Width)
        {
            var widest = await page.EvaluateAsync<string>("(right => [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > right).pop()?.outerHTML)(document.documentElement.clientWidth)");
            sentences.Add($"{page.Url} is {width} wide on {page.ViewportSize.Width}: {widest}");
        }

        return sentences;
    }
}

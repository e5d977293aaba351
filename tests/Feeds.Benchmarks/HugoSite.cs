namespace Feeds.Benchmarks;

/// <summary>
/// The generated articles as a Hugo site that makes nothing but RSS: one feed of the whole and one of each category, the
/// newest 20 entries with their full content, no page of any article.
/// </summary>
internal static class HugoSite
{
    public static async Task WriteAsync(string folder, string articles)
    {
        Directory.CreateDirectory(Path.Combine(folder, "layouts", "_default"));
        await File.WriteAllTextAsync(Path.Combine(folder, "config.toml"), $"""
            contentDir = "{articles}"
            baseURL = "https://journal.example/"
            languageCode = "fr"
            title = "Journal"
            disableKinds = ["sitemap", "robotsTXT", "404", "section", "taxonomy"]
            ignoreErrors = ["error-disable-taxonomy"]

            [taxonomies]
              category = "categories"

            [outputs]
              home = ["RSS"]
              term = ["RSS"]

            [[cascade]]
              [cascade._build]
                list = "always"
                render = "link"
                publishResources = false
              [cascade._target]
                kind = "page"

            [services.rss]
              limit = 20
            """);
        await File.WriteAllTextAsync(Path.Combine(folder, "layouts", "_default", "rss.xml"), """
            {{ printf "<?xml version=\"1.0\" encoding=\"utf-8\"?>" | safeHTML }}
            <rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>{{ .Title }}</title><link>{{ .Permalink }}</link><description>{{ .Site.Title }}</description>
            {{ $pages := .Pages }}{{ if .IsHome }}{{ $pages = .Site.RegularPages }}{{ end }}{{ range first 20 $pages }}
            <item><title>{{ .Title }}</title><link>{{ .Permalink }}</link><guid isPermaLink="false">{{ .Permalink }}</guid><pubDate>{{ .Date.Format "Mon, 02 Jan 2006 15:04:05 GMT" }}</pubDate>{{ range .Params.categories }}<category>{{ . }}</category>{{ end }}<description>{{ .Params.summary }}</description><content:encoded>{{ .Content | html }}</content:encoded></item>
            {{ end }}</channel></rss>
            """);
    }
}

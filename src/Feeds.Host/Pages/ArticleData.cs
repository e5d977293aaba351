using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Feeds.Articles;

namespace Feeds.Host.Pages;

/// <summary>
/// An article as schema.org BlogPosting in JSON-LD, for machines that read the page: the identity and the dates are those
/// of its entry in the feeds.
/// </summary>
internal static class ArticleData
{
    // Accents stay letters; <, >, & and quotes are escaped, so that no text ends the script element it stands in.
    private static readonly JsonSerializerOptions InPage = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>The JSON, safe within <c>&lt;script type="application/ld+json"&gt;</c>.</summary>
    public static string Write(Article article, SiteView site)
    {
        var front = site.Address("");
        var data = new JsonObject
        {
            ["@context"] = "https://schema.org",
            ["@type"] = "BlogPosting",
            ["@id"] = article.Identity,
            ["identifier"] = article.Identity,
            ["url"] = article.Link.AbsoluteUri,
            ["mainEntityOfPage"] = article.Link.AbsoluteUri,
            ["headline"] = article.Title,
            ["description"] = article.Summary,
            ["datePublished"] = SiteView.Machine(article.Published),
            ["dateModified"] = SiteView.Machine(article.Updated),
            ["inLanguage"] = article.Language,
            ["articleSection"] = new JsonArray([.. article.Categories.Select(category => JsonValue.Create(category.Name))]),
            ["publisher"] = new JsonObject { ["@type"] = "Organization", ["name"] = site.Title, ["url"] = front },
            ["isPartOf"] = new JsonObject { ["@type"] = "Blog", ["@id"] = front, ["url"] = front, ["name"] = site.Title },
        };
        if (article.Author.Length > 0)
        {
            data["author"] = new JsonObject { ["@type"] = "Person", ["name"] = article.Author };
        }

        if (article.Image is { } image)
        {
            data["image"] = Image(image);
        }

        if (article.Enclosure is { } enclosure)
        {
            data[enclosure.Type.StartsWith("video/", StringComparison.Ordinal) ? "video" : "audio"] = Recording(article, enclosure);
        }

        return data.ToJsonString(InPage);
    }

    private static JsonObject Recording(Article article, Enclosure enclosure)
    {
        var data = new JsonObject
        {
            ["@type"] = enclosure.Type.StartsWith("video/", StringComparison.Ordinal) ? "VideoObject" : "AudioObject",
            ["name"] = article.Title,
            ["contentUrl"] = enclosure.Address.AbsoluteUri,
            ["encodingFormat"] = enclosure.Type,
            ["uploadDate"] = SiteView.Machine(article.Published),
        };
        if (enclosure.Duration is { } duration)
        {
            data["duration"] = System.Xml.XmlConvert.ToString(duration);
        }

        return data;
    }

    private static JsonObject Image(ArticleImage image)
    {
        var data = new JsonObject { ["@type"] = "ImageObject", ["url"] = image.Address.AbsoluteUri };
        if (image is { Width: { } width, Height: { } height })
        {
            data["width"] = width;
            data["height"] = height;
        }

        if (image.Alternative.Length > 0)
        {
            data["caption"] = image.Alternative;
        }

        return data;
    }
}

using System.Globalization;
using System.Text.Json;
using Feeds.Articles;
using Feeds.Syndication.Hub;

namespace Feeds.Syndication;

/// <summary>Feeds and their items in JSON Feed 1.1.</summary>
internal static class JsonFeed
{
    private const string Version = "https://jsonfeed.org/version/1.1";

    /// <summary>An article as it stands in every feed that carries it.</summary>
    public static ReadOnlyMemory<byte> WriteItem(Article article, string feedLanguage)
    {
        using var output = new MemoryStream();
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            writer.WriteText("id", article.Identity);
            writer.WriteText("url", article.Link.AbsoluteUri);
            writer.WriteText("title", article.Title);
            writer.WriteText("content_html", article.Html);
            WriteUnlessEmpty(writer, "summary", article.Summary);
            WriteUnlessEmpty(writer, "image", article.Image?.Address.AbsoluteUri);
            writer.WriteText("date_published", Instant(article.Published));
            writer.WriteText("date_modified", Instant(article.Updated));
            WriteAuthors(writer, article.Author);
            writer.WriteStartArray("tags");
            foreach (var category in article.Categories)
            {
                writer.WriteTextValue(category.Name);
            }

            writer.WriteEndArray();
            if (!string.Equals(article.Language, feedLanguage, StringComparison.OrdinalIgnoreCase))
            {
                writer.WriteText("language", article.Language);
            }

            writer.WriteEndObject();
        }

        return output.ToArray();
    }

    /// <summary>The feed with encoded entries in it.</summary>
    public static void Write(Stream output, PublicationOptions publication, FeedOptions options, FeedContents contents)
    {
        var addresses = new FeedAddresses(publication.Base);
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteText("version", Version);
        writer.WriteText("title", contents.Subject.Title(publication));
        writer.WriteText("home_page_url", contents.Subject.Page(addresses).AbsoluteUri);
        writer.WriteText("feed_url", addresses.Feed(contents.Subject.Path(FeedFormat.Json, contents.Archive)).AbsoluteUri);
        if (contents.PreviousArchive > 0)
        {
            writer.WriteText("next_url", addresses.Feed(contents.Subject.Path(FeedFormat.Json, contents.PreviousArchive)).AbsoluteUri);
        }

        WriteUnlessEmpty(writer, "description", publication.Description);
        writer.WriteText("language", publication.Language);
        WriteAuthors(writer, publication.Author);
        WriteHubs(writer, HubLinks.Of(contents, publication, options));
        writer.WriteStartArray("items");
        foreach (var entry in contents.Entries)
        {
            writer.WriteRawValue(entry.Json.Span, skipInputValidation: true);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteHubs(Utf8JsonWriter writer, IReadOnlyList<Uri> hubs)
    {
        if (hubs.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("hubs");
        foreach (var hub in hubs)
        {
            writer.WriteStartObject();
            writer.WriteString("type", "WebSub");
            writer.WriteText("url", hub.AbsoluteUri);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteAuthors(Utf8JsonWriter writer, string name)
    {
        if (FeedXml.Clean(name).Length == 0)
        {
            return;
        }

        writer.WriteStartArray("authors");
        writer.WriteStartObject();
        writer.WriteText("name", name);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void WriteUnlessEmpty(Utf8JsonWriter writer, string name, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            writer.WriteText(name, text);
        }
    }

    /// <summary>RFC 3339 in UTC, to the second as in Atom.</summary>
    private static string Instant(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

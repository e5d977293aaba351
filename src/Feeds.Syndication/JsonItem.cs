using System.Globalization;
using System.Text.Json;
using Feeds.Articles;

namespace Feeds.Syndication;

/// <summary>An article as item of a JSON Feed.</summary>
internal static class JsonItem
{
    public static ReadOnlyMemory<byte> Write(Article article, string feedLanguage, FeedContent content)
    {
        using var output = new MemoryStream();
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            writer.WriteText("id", article.Identity);
            writer.WriteText("url", article.Link.AbsoluteUri);
            writer.WriteText("title", article.Title);
            if (content == FeedContent.Full)
            {
                writer.WriteText("content_html", article.Html);
                writer.WriteUnlessEmpty("summary", article.Summary);
            }
            else
            {
                // One content is required; a summary beside it would say the same again.
                writer.WriteText("content_text", EntryWriter.Summary(article, content));
            }

            writer.WriteUnlessEmpty("image", article.Image?.Address.AbsoluteUri);
            writer.WriteText("date_published", Instant(article.Published));
            writer.WriteText("date_modified", Instant(article.Updated));
            JsonFeed.WriteAuthors(writer, article.Author);
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

            WriteAttachment(writer, article.Enclosure);
            writer.WriteEndObject();
        }

        return output.ToArray();
    }

    private static void WriteAttachment(Utf8JsonWriter writer, Enclosure? enclosure)
    {
        if (enclosure is null)
        {
            return;
        }

        writer.WriteStartArray("attachments");
        writer.WriteStartObject();
        writer.WriteText("url", enclosure.Address.AbsoluteUri);
        writer.WriteText("mime_type", enclosure.Type);
        writer.WriteNumber("size_in_bytes", enclosure.Length);
        if (enclosure.Duration is { } duration)
        {
            writer.WriteNumber("duration_in_seconds", (long)duration.TotalSeconds);
        }

        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    /// <summary>RFC 3339 in UTC, to the second as in Atom.</summary>
    private static string Instant(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

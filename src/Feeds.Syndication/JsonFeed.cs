using System.Text.Json;
using Feeds.Articles;
using Feeds.Syndication.Hub;

namespace Feeds.Syndication;

/// <summary>Feeds in JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/).</summary>
internal static class JsonFeed
{
    private const string Version = "https://jsonfeed.org/version/1.1";

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

        writer.WriteUnlessEmpty("description", publication.Description);
        writer.WriteText("user_comment", FeedNotice.Of(publication));
        // The specification wants a large square for lists and a small one for tabs; one picture serves for both.
        writer.WriteUnlessEmpty("icon", publication.IconAddress?.AbsoluteUri);
        writer.WriteUnlessEmpty("favicon", publication.IconAddress?.AbsoluteUri);
        writer.WriteText("language", publication.Language);
        WriteAuthors(writer, publication.Author);
        WriteHubs(writer, HubLinks.Of(contents, publication, options));
        writer.WriteStartArray("items");
        foreach (var entry in contents.Entries)
        {
            writer.WriteRawValue(entry.Json.Span, skipInputValidation: true);
            // Else the writer keeps the whole feed before it goes to the stream.
            writer.Flush();
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

    /// <summary>Who wrote it; nothing where that has no name.</summary>
    public static void WriteAuthors(Utf8JsonWriter writer, string name)
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
}

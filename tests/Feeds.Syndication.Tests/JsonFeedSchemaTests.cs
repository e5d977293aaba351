using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;

namespace Feeds.Syndication.Tests;

/// <summary>JSON feeds against a schema that was written from the specification and not from our feeds.</summary>
public sealed class JsonFeedSchemaTests
{
    // One sentence for each mistake that the validator finds in the feeds it is given.
    private const string Validate = """
        import json, jsonschema, sys
        schema = json.load(open(sys.argv[1], encoding='utf-8'))
        jsonschema.Draft7Validator.check_schema(schema)
        for name in sys.argv[2:]:
            for error in jsonschema.Draft7Validator(schema).iter_errors(json.load(open(name, encoding='utf-8'))):
                print('/'.join(str(step) for step in error.absolute_path) + ': ' + error.message[:200])
        """;

    [SkippableFact]
    public async Task Every_kind_of_feed_is_what_the_specification_says()
    {
        using var folder = new TestFolder();
        var feeds = GoldenPublication.Documents.Where(document => document.Key.EndsWith(".json", StringComparison.Ordinal)).Select(document => document.Value)
            .Append(SampleArticles.Write(FeedFormat.Json, null, SampleArticles.All))
            .Append(SampleArticles.Write(FeedFormat.Json, null, SampleArticles.Create(1) with { Author = "", Summary = "", Title = "", Html = "", Categories = [] }))
            .ToList();

        Assert.Equal("", await MistakesAsync(folder, feeds));
    }

    [SkippableTheory]
    [InlineData("version", "\"https://jsonfeed.org/version/1\"")]
    [InlineData("title", "null")]
    [InlineData("author", "{\"name\":\"x\"}")]
    [InlineData("authors", "[{}]")]
    [InlineData("next_url", "\"archive/1/feed.json\"")]
    [InlineData("icon", "\"data:image/png;base64,AAAA\"")]
    [InlineData("items", "[{\"id\":1,\"content_text\":\"x\"}]")]
    [InlineData("items", "[{\"id\":\"1\"}]")]
    [InlineData("items", "[{\"id\":\"1\",\"content_text\":\"x\",\"date_published\":\"2026-03-01\"}]")]
    [InlineData("items", "[{\"id\":\"1\",\"content_text\":\"x\",\"summary\":\"\"}]")]
    [InlineData("items", "[{\"id\":\"1\",\"content_text\":\"x\",\"attachments\":[{\"url\":\"https://a.example/1.mp3\"}]}]")]
    [InlineData("items", "[{\"id\":\"1\",\"content_text\":\"x\",\"attachments\":[{\"url\":\"https://a.example/1.mp3\",\"mime_type\":\"audio/mpeg\",\"size_in_bytes\":\"10\"}]}]")]
    public async Task A_feed_that_is_not_is_found(string member, string value)
    {
        using var folder = new TestFolder();
        var feed = JsonNode.Parse(GoldenPublication.Documents["feed.json"])!;
        feed[member] = JsonNode.Parse(value);

        Assert.NotEqual("", await MistakesAsync(folder, [Encoding.UTF8.GetBytes(feed.ToJsonString())]), StringComparer.Ordinal);
    }

    private static async Task<string> MistakesAsync(TestFolder folder, IEnumerable<byte[]> feeds)
    {
        var files = new List<string>();
        foreach (var (number, feed) in feeds.Index())
        {
            files.Add(folder[FormattableString.Invariant($"{number}.json")]);
            await File.WriteAllBytesAsync(files[^1], feed);
        }

        return await OtherProgram.PythonAsync("jsonschema", Validate, [Schema(), .. files]);
    }

    private static string Schema([CallerFilePath] string file = "") => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(file)!, "JsonFeed-1.1.schema.json");
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using LinqToDB.Mapping;

namespace Feeds.Newsletter.Subscribing;

/// <summary>What a subscriber takes of a newsletter, and in what form. Equal choices are one row: an edition is made for choices, not for people.</summary>
internal sealed record Choice
{
    private static readonly JsonSerializerOptions Json = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault };

    /// <summary>Everything, as the publication writes it.</summary>
    public static Choice Everything { get; } = new();

    /// <summary>First slugs of the categories wanted; empty for all.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>Names of authors who are left out.</summary>
    public IReadOnlyList<string> WithoutAuthors { get; init; } = [];

    /// <summary>BCP 47 tag of the mail's own words; empty for the publication's.</summary>
    public string Language { get; init; } = "";

    /// <summary>Articles in full instead of their summaries.</summary>
    public bool FullText { get; init; }

    /// <summary>No HTML.</summary>
    public bool PlainText { get; init; }

    /// <summary>The same for the same choice, short enough for an index.</summary>
    public string Key => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Write())));

    /// <summary>Equal choices are equal texts.</summary>
    public string Write() => JsonSerializer.Serialize(
        new Stored(
            Categories.Count == 0 ? null : Sorted(Categories),
            WithoutAuthors.Count == 0 ? null : Sorted(WithoutAuthors),
            Language.Length == 0 ? null : Language,
            FullText,
            PlainText),
        Json);

    /// <summary>What <see cref="Write"/> wrote.</summary>
    public static Choice Read(string stored)
    {
        var read = JsonSerializer.Deserialize<Stored>(stored, Json)!;
        return new Choice
        {
            Categories = read.Categories ?? [],
            WithoutAuthors = read.Without ?? [],
            Language = read.Language ?? "",
            FullText = read.Full,
            PlainText = read.Plain,
        };
    }

    /// <summary>The choice's row, made where there is none.</summary>
    public async Task<long> StoreAsync(DataConnection transaction, CancellationToken cancellationToken)
    {
        var key = Key;
        await transaction.ExecuteAsync(
            "INSERT INTO choice (key, choice) VALUES (@key, @choice) ON CONFLICT (key) DO NOTHING",
            cancellationToken,
            new DataParameter("key", key, DataType.NVarChar),
            new DataParameter("choice", Write(), DataType.NVarChar));
        return await transaction.GetTable<ChoiceRow>().Where(row => row.Key == key).Select(row => row.Id).SingleAsync(cancellationToken);
    }

    private static string[] Sorted(IReadOnlyList<string> values) => [.. values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private sealed record Stored(
        [property: JsonPropertyName("categories")] string[]? Categories,
        [property: JsonPropertyName("without")] string[]? Without,
        [property: JsonPropertyName("language")] string? Language,
        [property: JsonPropertyName("full")] bool Full,
        [property: JsonPropertyName("plain")] bool Plain);
}

/// <summary>What a request asks for; it takes force when it is confirmed.</summary>
internal sealed record AskedFor(string Cadence, SendTime Time, Choice Choice)
{
    public string Write() => JsonSerializer.Serialize(new Stored(Cadence, Time.Zone, Time.Hour, Choice.Write()));

    public static AskedFor Read(string stored)
    {
        var read = JsonSerializer.Deserialize<Stored>(stored)!;
        return new AskedFor(read.Cadence, new SendTime(read.Zone, read.Hour), Choice.Read(read.Choice));
    }

    private sealed record Stored(
        [property: JsonPropertyName("cadence")] string Cadence,
        [property: JsonPropertyName("zone")] string Zone,
        [property: JsonPropertyName("hour")] int Hour,
        [property: JsonPropertyName("choice")] string Choice);
}

[Table("choice")]
internal sealed class ChoiceRow
{
    [Column("id"), PrimaryKey, Identity]
    public long Id { get; set; }

    [Column("key")]
    public string Key { get; set; } = "";

    /// <summary>As <see cref="Choice.Write"/>.</summary>
    [Column("choice")]
    public string Text { get; set; } = "";
}

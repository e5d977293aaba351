using System.Text.Json;

namespace Feeds.Mail;

/// <summary>Reads what strangers post: whatever is missing or of another type is null.</summary>
internal static class EventJson
{
    private const int LongestId = 500;

    /// <summary>The document, or null where it is no JSON of at most 64 levels.</summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The same for a document within a document.</summary>
    public static JsonDocument? Parse(string text)
    {
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (Exception refused) when (refused is JsonException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>What the path of names leads to, or null.</summary>
    public static JsonElement? At(this JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
            {
                return null;
            }
        }

        return element;
    }

    /// <summary>The string there, or null.</summary>
    public static string? Text(this JsonElement element, params ReadOnlySpan<string> path)
    {
        try
        {
            return element.At(path) is { ValueKind: JsonValueKind.String } found ? found.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a pair, or octets that are no UTF-8.
            return null;
        }
    }

    /// <summary>The string there as the name of something: printable ASCII of at most 500 characters; else null.</summary>
    public static string? Id(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.Text(path) is { Length: > 0 and <= LongestId } id && id.All(letter => letter is >= ' ' and <= '~') ? id : null;

    /// <summary>The Message-ID there, without angle brackets, or null.</summary>
    public static string? MessageId(this JsonElement element, params ReadOnlySpan<string> path) => element.Id(path)?.Trim(' ', '<', '>');

    /// <summary>The elements of the array there; none where there is no array.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.At(path) is { ValueKind: JsonValueKind.Array } found ? found.EnumerateArray() : [];
}

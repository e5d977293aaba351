using System.Text.Json;
using System.Text.Json.Serialization;

namespace Feeds.Host.Api;

/// <summary>The body of a request, read whole.</summary>
internal static class ApiBody
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
        MaxDepth = 8,
        NumberHandling = JsonNumberHandling.Strict,
    };

    /// <returns>What it says with its own bytes, or why it can't be taken.</returns>
    public static async Task<(T? Body, byte[] Bytes, IResult? Problem)> ReadAsync<T>(HttpContext context)
        where T : class
    {
        if (!context.Request.HasJsonContentType())
        {
            return (null, [], ApiProblem.Of(StatusCodes.Status415UnsupportedMediaType));
        }

        using var bytes = new MemoryStream();
        try
        {
            await context.Request.Body.CopyToAsync(bytes, context.RequestAborted);
            var read = bytes.ToArray();
            return JsonSerializer.Deserialize<T>(read, Json) is { } body
                ? (body, read, null)
                : (null, read, ApiProblem.Invalid("The body must be an object."));
        }
        catch (BadHttpRequestException refused)
        {
            return (null, [], ApiProblem.Of(refused.StatusCode));
        }
        catch (JsonException wrong)
        {
            // Not its message, which may quote what was sent.
            var place = wrong.Path is { Length: > 0 and < 200 } path ? $" at {path}" : "";
            return (null, [], ApiProblem.Invalid($"The body isn't the JSON that is asked for{place}: a member is lacking, unknown, doubled or of another type. /api/v1/openapi.json says what there is."));
        }
    }
}

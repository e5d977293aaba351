using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Feeds.Host.Api;
using Feeds.Newsletter;
using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;
using NJsonSchema;
using NSwag;

namespace Feeds.Host.Tests.Api;

/// <summary>An answer of the API.</summary>
internal sealed record ApiAnswer(HttpStatusCode Status, JsonElement Body, HttpResponseHeaders Headers)
{
    /// <summary>The type of a problem.</summary>
    public string? Problem => Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty("type", out var type) ? type.GetString()!["urn:feeds:problem:".Length..] : null;

    public string? Version => Headers.ETag?.ToString();

    public long Id => Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty("id", out var id) ? id.GetInt64() : 0;
}

/// <summary>A running site and its API. Every answer is compared with what the site's own document says of it.</summary>
internal sealed class ApiStand : IAsyncDisposable
{
    private readonly TestFolder folder = new();
    private TestDatabase database = null!;

    private ApiStand()
    {
    }

    public RunningSite Site { get; private set; } = null!;

    /// <summary>May do everything.</summary>
    public string Token { get; private set; } = "";

    public OpenApiDocument Document { get; private set; } = null!;

    public static async Task<ApiStand> OpenAsync(DatabaseProvider provider, params string[] settings)
    {
        var stand = new ApiStand { database = await TestDatabase.CreateAsync(provider) };
        stand.Site = await RunningSite.StartAsync(stand.folder, stand.database, settings);
        stand.Token = await stand.NewTokenAsync([.. ApiScope.All]);
        stand.Document = await OpenApiDocument.FromJsonAsync(await stand.Site.Client.GetStringAsync("/api/v1/openapi.json"));
        return stand;
    }

    public Task<string> NewTokenAsync(params string[] scopes) =>
        Site.Services.GetRequiredService<ApiTokens>().AddAsync("test", scopes, TimeSpan.FromDays(30), default);

    public Task<ApiAnswer> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    public Task<ApiAnswer> PostAsync(string path, string body, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Post, path, body, headers);

    /// <summary>Subscribes somebody whose consent can be proved.</summary>
    public async Task<ApiAnswer> AddAsync(string email, string cadence = "weekly")
    {
        var added = await PostAsync("/subscribers", JsonSerializer.Serialize(new { email, cadence, consent = new { source = "a fair" } }));
        Assert.Equal(HttpStatusCode.OK, added.Status);
        return added;
    }

    public async Task<ApiAnswer> SendAsync(HttpMethod method, string path, string? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, $"/api/v1{path}");
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {Token}");
        foreach (var (name, value) in headers)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await Site.Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        if (Operation(method, path) is { } operation)
        {
            Compare(operation, response, text);
        }

        return new ApiAnswer(response.StatusCode, response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) is not true ? default : JsonDocument.Parse(text).RootElement, response.Headers);
    }

    public Task<IReadOnlyList<SubscriptionListing>> ListAsync() => Site.Services.GetRequiredService<Subscribers>().ListAsync(default);

    /// <summary>All that the store has in its columns.</summary>
    public Task<IReadOnlyList<string>> StoredAsync() => StoredText.ReadAsync(Site.Services.GetRequiredService<Database>());

    public async ValueTask DisposeAsync()
    {
        await Site.DisposeAsync();
        await database.DisposeAsync();
        folder.Dispose();
    }

    private OpenApiOperation? Operation(HttpMethod method, string path)
    {
        var parts = $"/api/v1{path.Split('?')[0]}".Split('/');
        // A name before a place for any.
        return Document.Operations.Where(one => string.Equals(one.Method, method.Method, StringComparison.OrdinalIgnoreCase))
            .Select(one => (one.Operation, Parts: one.Path.Split('/')))
            .Where(one => one.Parts.Length == parts.Length && one.Parts.Zip(parts).All(pair => pair.First.StartsWith('{') || string.Equals(pair.First, pair.Second, StringComparison.Ordinal)))
            .OrderBy(one => one.Parts.Count(part => part.StartsWith('{'))).Select(one => one.Operation).FirstOrDefault();
    }

    private static void Compare(OpenApiOperation operation, HttpResponseMessage response, string text)
    {
        var where = $"{operation.OperationId} answered {(int)response.StatusCode} {text}";
        Assert.True(operation.ActualResponses.TryGetValue(((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture), out var said), $"{where}: of which the document says nothing");
        if (said!.Content.Count == 0)
        {
            Assert.True(text.Length == 0, where);
            return;
        }

        Assert.Equal(said.Content.Keys.Single(), response.Content.Headers.ContentType!.MediaType);
        var wrong = said.Content.Values.Single().Schema!.Validate(text, SchemaType.OpenApi3);
        Assert.True(wrong.Count == 0, $"{where}: {string.Join("; ", wrong)}");
    }
}

using System.Reflection;
using System.Runtime.Loader;
using Feeds.Host.Api;
using Feeds.Storage;
using Microsoft.AspNetCore.Routing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.Extensions.DependencyInjection;
using NJsonSchema.CodeGeneration.CSharp;
using NSwag;
using NSwag.CodeGeneration.CSharp;

namespace Feeds.Host.Tests.Api;

/// <summary>The document of the API is what programs are written by.</summary>
public sealed class ApiDocumentTests
{
    [Fact]
    public async Task It_names_every_endpoint_and_no_other_by_the_configured_address_and_is_for_everybody()
    {
        await using var stand = await ApiStand.OpenAsync(DatabaseProvider.Sqlite);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/openapi.json") { Headers = { Host = "evil.example" } };
        using var answer = await stand.Site.Client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        var endpoints = stand.Site.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.TrimStart('/').StartsWith("api/v1/", StringComparison.Ordinal) && !endpoint.RoutePattern.RawText!.EndsWith("openapi.json", StringComparison.Ordinal))
            .Select(endpoint => $"{endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Single()} /{endpoint.RoutePattern.RawText!.TrimStart('/').Replace(":long", "", StringComparison.Ordinal)}");

        var named = (await OpenApiDocument.FromJsonAsync(text)).Operations.Select(one => $"{one.Method.ToUpperInvariant()} {one.Path}");

        Assert.DoesNotContain("evil.example", text, StringComparison.Ordinal);
        Assert.Contains($"\"url\": \"{stand.Site.Address.AbsoluteUri.TrimEnd('/')}\"", text, StringComparison.Ordinal);
        Assert.Equal(endpoints.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_client_made_from_it_does_the_round()
    {
        await using var stand = await ApiStand.OpenAsync(DatabaseProvider.Sqlite);
        var made = Compile(new CSharpClientGenerator(stand.Document, new CSharpClientGeneratorSettings
        {
            ClassName = "Client",
            CSharpGeneratorSettings = { Namespace = "Made", JsonLibrary = CSharpJsonLibrary.SystemTextJson },
        }).GenerateFile());
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", stand.Token);
        dynamic client = Activator.CreateInstance(made.GetType("Made.Client")!, http)!;
        dynamic New(string type, object values)
        {
            var one = Activator.CreateInstance(made.GetType($"Made.{type}")!)!;
            foreach (var property in values.GetType().GetProperties())
            {
                one.GetType().GetProperty(property.Name)!.SetValue(one, property.GetValue(values));
            }

            return one;
        }

        var newsletters = await client.ListNewslettersAsync();
        string cadence = Enumerable.First(Enumerable.First(newsletters.Newsletters).Cadences).Name;
        var ada = await client.AddSubscriberAsync("key 1", New("NewSubscriber", new { Email = "ada@example.org", Cadence = cadence, Consent = New("Consent", new { Source = "a fair" }) }));
        var same = await client.AddSubscriberAsync("key 1", New("NewSubscriber", new { Email = "ada@example.org", Cadence = cadence, Consent = New("Consent", new { Source = "a fair" }) }));
        var found = await client.LookUpSubscriberAsync(New("Address", new { Email = "ADA@example.org" }));
        Assert.Equal((ada.Id, ada.Id), (same.Id, found.Id));

        string newsletter = Enumerable.First(ada.Subscriptions).Newsletter;
        var changed = await client.ChangeSubscriptionAsync(ada.Id, newsletter, "*", New("Settings", new { Cadence = "daily", FullText = true, SendTime = New("SendTime", new { Zone = "Asia/Tokyo", Hour = 7 }) }));
        Assert.Equal(("daily", true, "Asia/Tokyo", 7), ((string)changed.Settings.Cadence, (bool)changed.Settings.FullText, (string)changed.Settings.SendTime.Zone, (int)changed.Settings.SendTime.Hour));
        var page = await client.ListSubscribersAsync(newsletter, "confirmed", 10, null);
        Assert.Equal("ada@example.org", Enumerable.Single(page.Subscribers).Email);
        var kept = await client.GetRecordAsync(ada.Id);
        Assert.Equal(2, kept.Consent.Count);

        await client.EndSubscriptionAsync(ada.Id, newsletter, null);
        var left = await client.GetSubscriptionAsync(ada.Id, newsletter, null);
        Assert.NotNull((object?)left.LeftAt);
        await client.EraseSubscriberAsync(ada.Id);
        Assert.Empty(await stand.ListAsync());

        // What can't be had comes as an exception that says why.
        Exception refused = await Assert.ThrowsAnyAsync<Exception>(async () => await client.GetSubscriberAsync(ada.Id, null));
        Assert.Equal("urn:feeds:problem:not-found", (string)((dynamic)refused).Result.Type);
    }

    private static Assembly Compile(string source)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path));
        using var bytes = new MemoryStream();
        var result = CSharpCompilation.Create("Made", [CSharpSyntaxTree.ParseText(source)], references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)).Emit(bytes);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(one => one.Severity == DiagnosticSeverity.Error).Take(5)));
        bytes.Position = 0;
        return AssemblyLoadContext.Default.LoadFromStream(bytes);
    }
}

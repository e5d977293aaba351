using System.Text.Json.Serialization.Metadata;
using Feeds.Articles;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace Feeds.Host.Api;

/// <summary><c>/api/v1/openapi.json</c>: what the API is, made from the endpoints themselves (OpenAPI 3.0, which all generators of clients read).</summary>
internal static class ApiDocument
{
    private const string Name = "v1";
    private const string Bearer = "token";

    public static void AddApiDocument(this IServiceCollection services) => services.AddOpenApi(Name, options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_0;
        options.ShouldInclude = description => ("/" + description.RelativePath).StartsWith(ApiModule.Path, StringComparison.Ordinal);
        options.CreateSchemaReferenceId = Called;
        options.AddDocumentTransformer(Describe);
        options.AddOperationTransformer(DescribeOperation);
        options.AddSchemaTransformer(DescribeSchema);
    });

    public static void MapApiDocument(this IEndpointRouteBuilder api) => api.MapOpenApi("/openapi.json").ExcludeFromDescription();

    // What the types are called here says that they are bodies, which clients needn't be told.
    private static string? Called(JsonTypeInfo type) =>
        OpenApiOptions.CreateDefaultSchemaReferenceId(type) is { } name ? name.EndsWith("Body", StringComparison.Ordinal) ? name[..^"Body".Length] : name : null;

    private static Task Describe(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var publication = context.ApplicationServices.GetRequiredService<IOptions<PublicationOptions>>().Value;
        document.Info = new OpenApiInfo { Title = $"{publication.Title}: subscribers", Version = "1", Description = "Who gets which newsletter, when and how." };
        // Whatever host was asked, the address is the configured one.
        document.Servers = [new OpenApiServer { Url = publication.Base.AbsoluteUri.TrimEnd('/') }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
        document.Components.SecuritySchemes[Bearer] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "A token of `feeds token add`.",
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] }];
        return Task.CompletedTask;
    }

    // Of values that are named one by one the generator leaves the type away, and some clients take them for numbers.
    private static Task DescribeSchema(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        schema.Type ??= schema.Enum is { Count: > 0 } ? JsonSchemaType.String : null;
        return Task.CompletedTask;
    }

    private static Task DescribeOperation(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var scope = context.Description.ActionDescriptor.EndpointMetadata.OfType<NeededScope>().Single().Name;
        operation.Description = $"{operation.Description} Needs the scope `{scope}`.".TrimStart();
        return Task.CompletedTask;
    }
}

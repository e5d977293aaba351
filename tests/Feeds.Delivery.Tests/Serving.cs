using System.Globalization;
using System.Net;

namespace Feeds.Delivery.Tests;

/// <summary>A running <c>feeds serve</c> and where it answers.</summary>
internal sealed record Serving(ProgramProcess Program, Uri Address) : IAsyncDisposable
{
    public static Serving Start(TestFolder folder, string[] settings)
    {
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{ProgramProcess.FreePort()}"));
        return new Serving(ProgramProcess.Start(folder.Path, ["serve", $"--urls={address}", .. settings]), address);
    }

    /// <summary>Everything it printed so far.</summary>
    public string Printed => Program.Printed;

    /// <summary>Waits until its start is over: it answers before that.</summary>
    public Task StartedAsync() => Eventually.TrueAsync(() => Printed.Contains("  Admin", StringComparison.Ordinal), () => Printed, TimeSpan.FromMinutes(1));

    /// <summary>The status of an answer, or null where nobody listens.</summary>
    public async Task<HttpStatusCode?> AskAsync(string path)
    {
        using var client = new HttpClient { BaseAddress = Address };
        try
        {
            using var response = await client.GetAsync(path);
            return response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public ValueTask DisposeAsync() => Program.DisposeAsync();
}

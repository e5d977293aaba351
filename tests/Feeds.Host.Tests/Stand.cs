using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Feeds.Newsletter;
using Feeds.Storage;
using Feeds.Testing.Smtp;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;

namespace Feeds.Host.Tests;

/// <summary>How a form was answered, without what belongs to this reader alone.</summary>
internal sealed record Answer(HttpStatusCode Status, string? RetryAfter, string Page);

/// <summary>A running site whose mails arrive, and the many who send it forms, each through a proxy on this machine.</summary>
internal sealed partial class Stand : IAsyncDisposable
{
    private readonly TestFolder folder = new();
    private TestDatabase database = null!;
    private ScriptedSmtpServer relay = null!;

    private Stand()
    {
    }

    public RunningSite Site { get; private set; } = null!;

    /// <summary>To whom mails went.</summary>
    public IReadOnlyList<string> Recipients => [.. relay.Ledger.Recipients];

    public static async Task<Stand> OpenAsync(DatabaseProvider provider, params string[] settings)
    {
        var stand = new Stand { database = await TestDatabase.CreateAsync(provider), relay = ScriptedSmtpServer.Start() };
        stand.Site = await RunningSite.StartAsync(
            stand.folder,
            stand.database,
            [
                "--Mail:Mode=live", "--Mail:From=atelier@blog.example", "--Mail:Smtp:Host=localhost", "--Mail:Smtp:Security=None",
                string.Create(CultureInfo.InvariantCulture, $"--Mail:Smtp:Port={stand.relay.Port}"), .. settings,
            ]);
        return stand;
    }

    /// <summary>Sends the form from a network of its own.</summary>
    public Task<Answer> AskAsync(string email, int network, string? token = null, string cadence = "weekly") =>
        AskFromAsync(email, Address(network), token, cadence);

    /// <summary>Sends the form with that <c>X-Forwarded-For</c>.</summary>
    public async Task<Answer> AskFromAsync(string email, string forwardedFor, string? token = null, string cadence = "weekly")
    {
        using var request = Form(email, forwardedFor, token, cadence);
        using var response = await Site.Client.SendAsync(request);
        var page = Own().Replace(await response.Content.ReadAsStringAsync(), "");
        return new Answer(response.StatusCode, response.Headers.TryGetValues("Retry-After", out var after) ? after.Single() : null, page);
    }

    public static HttpRequestMessage Form(string email, string forwardedFor, string? token = null, string cadence = "weekly")
    {
        List<KeyValuePair<string, string>> fields = [new("email", email), new("cadence", cadence), new("sure", "true")];
        if (token is not null)
        {
            fields.Add(new("token", token));
        }

        var request = new HttpRequestMessage(HttpMethod.Post, "/subscribe") { Content = new FormUrlEncodedContent(fields) };
        request.Headers.Add("X-Forwarded-For", forwardedFor);
        return request;
    }

    /// <summary>The token in the page's form.</summary>
    public async Task<string> OpenFormAsync(int network)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/subscribe");
        request.Headers.Add("X-Forwarded-For", Address(network));
        using var response = await Site.Client.SendAsync(request);
        return Token().Match(await response.Content.ReadAsStringAsync()).Groups["token"].Value;
    }

    public async Task AddAsync(string email) =>
        Assert.Null(await Site.Services.GetRequiredService<Subscribers>().AddConfirmedAsync(email, "weekly", [], default));

    public async Task<IReadOnlyList<(string Email, SubscriptionState State)>> ListAsync() =>
        [.. (await Site.Services.GetRequiredService<Subscribers>().ListAsync(default)).Select(one => (one.Email, one.State))];

    public Task WaitForMailAsync(string email) =>
        Site.StepUntilAsync(() => Task.FromResult(Recipients.Contains(email, StringComparer.Ordinal)), $"a mail to {email}");

    public MimeMessage MailTo(string email) =>
        MimeMessage.Load(new MemoryStream(relay.Ledger.Messages.Single(message => string.Equals(message.To, email, StringComparison.Ordinal)).Bytes.ToArray()));

    public async ValueTask DisposeAsync()
    {
        await Site.DisposeAsync();
        await relay.DisposeAsync();
        await database.DisposeAsync();
        folder.Dispose();
    }

    private static string Address(int network) => string.Create(CultureInfo.InvariantCulture, $"10.{network / 256}.{network % 256}.7");

    [GeneratedRegex("name=\"token\" value=\"[^\"]*\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Own();

    [GeneratedRegex("name=\"token\" value=\"(?<token>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Token();
}

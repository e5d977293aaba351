using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Feeds.Mail;
using Feeds.Storage;
using LinqToDB.Data;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Host.Tests;

/// <summary>What a relay meets that posts events to the running program.</summary>
public sealed class MailEventTests
{
    private const string Address = "/mail/events/mailgun";

    [Fact]
    public async Task A_bounce_that_a_relay_posts_is_committed_when_it_gets_its_200()
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var site = await RunningSite.StartAsync(folder, database, "--Mail:Events:0:Relay=mailgun", $"--Mail:Events:0:KeyFile={folder.Write("key", "secret")}");
        var outbox = site.Services.GetRequiredService<Outbox>();
        var recipient = new MailRecipient("1", "anna@example.net", "one.1@example.org", null, new Dictionary<string, string>(StringComparer.Ordinal));
        await site.Services.GetRequiredService<Database>().WriteAsync(
            connection => outbox.AddAsync(connection, new Mailing("one", RunningSite.Start, "en", null, [new MailingPart(new MailContent("One", "<p>One</p>", "One"), [recipient])]), default), default);
        var list = site.Services.GetRequiredService<SuppressionList>();

        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(site, Address, Bounce("another")));
        Assert.Empty(await list.FindAsync(new SuppressionSearch(), 10, default));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(site, Address, Bounce("secret")));
        Assert.Equal("anna@example.net", Assert.Single(await list.FindAsync(new SuppressionSearch(), 10, default)).Address);

        Assert.Equal(HttpStatusCode.NotFound, await PostAsync(site, "/mail/events/sendgrid", "[]"));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PostAsync(site, Address, new string(' ', RelayEvents.MostOctets + 1)));
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(site, Address, new string(' ', 200 * 1024)));

        await site.Services.GetRequiredService<Database>().WriteAsync(connection => connection.ExecuteAsync("ALTER TABLE delivery RENAME TO gone"), default);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await PostAsync(site, Address, Bounce("secret", "token-2")));
        await site.Services.GetRequiredService<Database>().WriteAsync(connection => connection.ExecuteAsync("ALTER TABLE gone RENAME TO delivery"), default);
    }

    private static async Task<HttpStatusCode> PostAsync(RunningSite site, string address, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        // A server that refuses a body unread closes the connection, under whoever is still writing it.
        request.Headers.ExpectContinue = true;
        using var answer = await site.Client.SendAsync(request);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        return answer.StatusCode;
    }

    private static string Bounce(string secret, string token = "token-1")
    {
        var timestamp = RunningSite.Start.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(timestamp + token)));
        return $$"""
            {
              "signature": { "token": "{{token}}", "timestamp": "{{timestamp}}", "signature": "{{signature}}" },
              "event-data": {
                "event": "failed", "severity": "permanent", "reason": "bounce", "recipient": "anna@example.net",
                "message": { "headers": { "message-id": "one.1@example.org" } },
                "delivery-status": { "code": 550, "message": "5.1.1 No such user" }
              }
            }
            """;
    }
}

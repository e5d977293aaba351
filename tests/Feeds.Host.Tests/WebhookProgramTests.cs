using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Feeds.Host.Commands;
using Feeds.Storage;
using LinqToDB.Data;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Host.Tests;

/// <summary>What a program of somebody else's hears of people, from the program as a whole.</summary>
public sealed class WebhookProgramTests
{
    private const string Ines = "ines@atelier.example.net";

    [Fact]
    public async Task A_program_is_told_who_joins_also_by_the_process_that_comes_after_one_that_was_killed_and_the_operator_sees_how_far_it_is()
    {
        using var folder = new TestFolder();
        using var receiver = CallbackServer.Start();
        var secret = RandomNumberGenerator.GetBytes(32);
        var site = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{ProgramProcess.FreePort()}"));
        string[] settings =
        [
            $"--urls={site}", $"--Publication:BaseUrl={site}", $"--Storage:ConnectionString=Data Source={folder["data/feeds.db"]}", "--Logging:LogLevel:Default=Trace", "--Newsletter:Webhooks:0:Name=crm",
            $"--Newsletter:Webhooks:0:Address={receiver.Address("/told-to-nobody?token=as-good-as-a-password")}", $"--Newsletter:Webhooks:0:SecretFile={WriteSecret(folder, secret)}",
        ];
        var said = new StringBuilder();
        var never = new TaskCompletionSource();
        receiver.Script = (_, _) => never.Task;

        await using (var killed = ProgramProcess.Start(folder.Path, settings))
        {
            await killed.WaitUntilReadyAsync(site);
            await AskAsync(site);
            await Eventually.TrueAsync(() => Task.FromResult(receiver.Posts.Count == 1), () => $"the program is told: {killed.Printed}");
            killed.Kill();
            await killed.WaitForEndAsync();
            said.Append(killed.Printed);
        }

        receiver.Script = CallbackServer.AgreeAsync;
        await using (var services = CommandServices.Create(settings))
        {
            // The minute is over in which it is nobody else's.
            Assert.Equal(1, await services.GetRequiredService<Database>().WriteAsync(transaction => transaction.ExecuteAsync("UPDATE webhook_delivery SET claimed_until = 1 WHERE claimed_until IS NOT NULL"), default));
        }

        var before = await RunAsync("webhook", "list");
        Assert.Matches(@"\ANAME +AT +WAITING +SINCE +GIVEN UP +LAST ANSWER +EVENTS\s+crm +http://127\.0\.0\.1:[0-9]+ +1 +20[^ ]+ [^ ]+Z +0 +subscription\.joined, subscription\.confirmed, ", before.Output);
        await using (var heir = ProgramProcess.Start(folder.Path, settings))
        {
            await heir.WaitUntilReadyAsync(site);
            await Eventually.TrueAsync(() => Task.FromResult(receiver.Posts.Count == 2), () => $"the program is told again: {heir.Printed}");
            Assert.Equal(0, await heir.TerminateAsync());
            said.Append(heir.Printed);
        }

        foreach (var post in receiver.Posts)
        {
            Verify(post, secret);
            var told = JsonDocument.Parse(post.Body).RootElement;
            Assert.Equal(("subscription.joined", Ines), (told.GetProperty("type").GetString(), told.GetProperty("data").GetProperty("email").GetString()));
        }

        Assert.Equal(receiver.Posts[0].Headers["webhook-id"], receiver.Posts[1].Headers["webhook-id"]);
        var listed = JsonDocument.Parse((await RunAsync("webhook", "list", "--json")).Output).RootElement[0];
        Assert.Equal((0, 0, "204"), (listed.GetProperty("waiting").GetInt32(), listed.GetProperty("givenUp").GetInt32(), listed.GetProperty("lastAnswer").GetString()));

        var taken = await RunAsync("webhook", "test", "crm");
        Assert.Equal((0, "taken: 204"), (taken.ExitCode, taken.Output.Trim()));
        Verify(receiver.Posts[2], secret);
        Assert.Equal("{\"type\":\"webhook.test\",", Encoding.UTF8.GetString(receiver.Posts[2].Body)[..23]);
        receiver.Script = CallbackServer.Answer(401);
        var refused = await RunAsync("webhook", "test", "crm");
        Assert.Equal((1, "Not taken: 401. An event that is not answered with 200 to 299 is sent again."), (refused.ExitCode, refused.Errors.Trim()));

        string[] hidden = [Ines, "told-to-nobody", "as-good-as-a-password", Convert.ToBase64String(secret), Encoding.Latin1.GetString(secret)];
        Assert.DoesNotContain(hidden, one => said.ToString().Contains(one, StringComparison.OrdinalIgnoreCase));
        var stored = string.Concat(Directory.GetFiles(folder["data"], "feeds.db*").Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file))));
        Assert.Contains(Ines, stored, StringComparison.Ordinal);
        Assert.DoesNotContain(hidden.Skip(1), one => stored.Contains(one, StringComparison.Ordinal));

        async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] command)
        {
            var done = await ProgramProcess.RunAsync(folder.Path, [.. command, .. settings]);
            said.Append(done.Output).Append(done.Errors);
            return done;
        }
    }

    [Fact]
    public async Task The_check_before_the_first_start_sees_a_secret_that_is_not_there()
    {
        using var folder = new TestFolder();

        var (exit, output, errors) = await ProgramProcess.RunAsync(
            folder.Path, "check", "--Newsletter:Webhooks:0:Name=crm", "--Newsletter:Webhooks:0:Address=https://example.org/", $"--Newsletter:Webhooks:0:SecretFile={folder["nowhere"]}",
            "--Newsletter:Webhooks:0:Events:0=subscription.left");

        Assert.Equal((1, ""), (exit, errors.Trim()));
        Assert.Contains($"FAIL  configuration: Newsletter:Webhooks:0:SecretFile {folder["nowhere"]} can't be read; see that it exists and that this user may read it.", output, StringComparison.Ordinal);
    }

    /// <summary>A file with a secret that its owner alone may read.</summary>
    internal static string WriteSecret(TestFolder folder, byte[] secret)
    {
        var file = folder.Write("webhook.secret", $"whsec_{Convert.ToBase64String(secret)}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return file;
    }

    private static async Task AskAsync(Uri site)
    {
        using var client = new HttpClient { BaseAddress = site };
        using var form = new FormUrlEncodedContent([new("email", Ines), new("cadence", "weekly"), new("sure", "true")]);
        Assert.True((await client.PostAsync("/subscribe", form)).IsSuccessStatusCode);
    }

    private static void Verify(CallbackCall post, byte[] secret)
    {
        var signed = Encoding.ASCII.GetBytes($"{post.Headers["webhook-id"]}.{post.Headers["webhook-timestamp"]}.").Concat(post.Body).ToArray();
        Assert.Equal("v1," + Convert.ToBase64String(HMACSHA256.HashData(secret, signed)), post.Headers["webhook-signature"]);
    }
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using Feeds.Storage;

namespace Feeds.Host.Tests;

/// <summary>What is kept of a person, and that nothing of it is left once they are forgotten.</summary>
public sealed class ErasureTests
{
    private const string Zoe = "Zoé.de.la-Tour+lettres@Atelier.Example.NET";

    [Fact]
    public async Task An_operator_sees_all_that_is_kept_of_a_person_and_after_erasing_nothing_that_the_program_wrote_holds_the_address()
    {
        using var folder = new TestFolder();
        folder.Write("articles/one.md", "---\ntitle: One\nslug: one\ndate: 2026-10-01T12:00:00+02:00\nauthor: A\n---\n\nText.\n");
        using var receiver = CallbackServer.Start();
        receiver.Script = CallbackServer.Answer(500);
        var site = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{ProgramProcess.FreePort()}"));
        string[] settings =
        [
            $"--Storage:ConnectionString=Data Source={folder["data/feeds.db"]}", "--Mail:PickupFolder", folder["mails"],
            "--Newsletter:Webhooks:0:Name=crm", $"--Newsletter:Webhooks:0:Address={receiver.Address()}", $"--Newsletter:Webhooks:0:SecretFile={WebhookProgramTests.WriteSecret(folder, new byte[32])}",
        ];
        var output = new StringBuilder();
        await RunAsync("import", folder["articles"]);
        await RunAsync("suppression", "add", Zoe.ToLowerInvariant(), "--detail", Zoe);
        await RunAsync("suppression", "remove", Zoe);

        // While the site is served, so that the write-ahead log and its readers are there.
        await using var serving = ProgramProcess.Start(folder.Path, ["serve", $"--urls={site}", $"--Publication:BaseUrl={site}", "--Logging:LogLevel:Default=Trace", .. settings]);
        await serving.WaitUntilReadyAsync(site);
        await RunAsync("subscriber", "add", Zoe, "--cadence", "weekly", "--confirmed");
        // Told, not taken, and so still to be told when the person is forgotten.
        await Eventually.TrueAsync(() => Task.FromResult(receiver.Posts.Count > 0), () => $"a program is told: {serving.Printed}");
        Assert.Equal(Feeds.Mail.MailAddressSyntax.Normalize(Zoe, out _), JsonDocument.Parse(receiver.Posts[0].Body).RootElement.GetProperty("data").GetProperty("email").GetString());
        using var client = new HttpClient { BaseAddress = site };
        using var form = new FormUrlEncodedContent([new("email", Zoe), new("cadence", "daily")]);
        Assert.True((await client.PostAsync("/subscribe", form)).IsSuccessStatusCode);
        await RunAsync("edition", "run", "weekly", "--slot", "2026-11-30T08:00:00+01:00");
        await Eventually.TrueAsync(() => Task.FromResult(Directory.GetFiles(folder["mails"], "*.eml").Length == 2), () => "two mails are written");

        var shown = JsonDocument.Parse((await ProgramProcess.RunAsync(folder.Path, ["subscriber", "show", Zoe, "--json", .. settings])).Output).RootElement;
        var rows = (await ProgramProcess.RunAsync(folder.Path, ["subscriber", "show", Zoe, .. settings])).Output;
        Assert.Equal(["atelier confirmed"], shown.GetProperty("subscriptions").EnumerateArray().Select(one => $"{one.GetProperty("newsletter")} {one.GetProperty("state")}"), StringComparer.Ordinal);
        Assert.Equal(["accepted", "accepted"], shown.GetProperty("deliveries").EnumerateArray().Select(one => one.GetProperty("state").GetString()), StringComparer.Ordinal);
        Assert.StartsWith("record,address,newsletter,what,at,source,detail\r\nsubscription,", rows, StringComparison.Ordinal);
        Assert.Contains("consent,", rows, StringComparison.Ordinal);
        Assert.NotEmpty(Holding(folder, "data"));

        Assert.Equal("erased", (await RunAsync("subscriber", "erase", Zoe)).Trim());

        Assert.Empty(Holding(folder, "data"));
        foreach (var command in (string[][])[["subscriber", "list", "--json"], ["suppression", "export"], ["edition", "list", "--json"], ["webhook", "list"]])
        {
            await RunAsync(command);
        }

        var again = await ProgramProcess.RunAsync(folder.Path, ["subscriber", "erase", Zoe, .. settings]);
        var brought = await ProgramProcess.RunAsync(folder.Path, ["subscriber", "add", Zoe, "--cadence", "weekly", "--confirmed", .. settings]);
        Assert.Equal((1, 1), (again.ExitCode, brought.ExitCode));
        Assert.Equal(0, await serving.TerminateAsync());
        Assert.Empty(Holding(folder, "data"));
        output.Append(serving.Printed).Append(again.Errors).Append(brought.Errors);
        Assert.DoesNotContain(Forms(), form => output.ToString().Contains(form, StringComparison.OrdinalIgnoreCase));
        Assert.Contains("erased:", output.ToString(), StringComparison.Ordinal);

        async Task<string> RunAsync(params string[] command)
        {
            var (exit, said, errors) = await ProgramProcess.RunAsync(folder.Path, [.. command, .. settings]);
            Assert.True(exit == 0, $"{string.Join(' ', command)}: {said}{errors}");
            output.Append(said).Append(errors);
            return said;
        }
    }

    /// <summary>The files below the folder in which the address stands in any form that mails and tables give it.</summary>
    private static List<string> Holding(TestFolder folder, string below)
    {
        var forms = Forms().Select(Encoding.UTF8.GetBytes).ToList();
        return [.. Directory.EnumerateFiles(folder[below], "*", SearchOption.AllDirectories).Where(file =>
        {
            // The program has them open.
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var content = new MemoryStream();
            stream.CopyTo(content);
            return forms.Exists(form => content.GetBuffer().AsSpan(0, (int)content.Length).IndexOf(form) >= 0);
        })];
    }

    private static IEnumerable<string> Forms()
    {
        var stored = Feeds.Mail.MailAddressSyntax.Normalize(Zoe, out _)!;
        foreach (var address in new[] { Zoe, stored, stored.ToLowerInvariant() })
        {
            yield return address;
            yield return address.Split('@')[0];
            yield return Uri.EscapeDataString(address);
            yield return address.Replace("é", "=C3=A9", StringComparison.Ordinal);
            yield return address.Replace("é", "\\u00E9", StringComparison.Ordinal);

            // Base64 of a text within another one has three forms, by where it begins.
            for (var before = 0; before < 3; before++)
            {
                var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(new string('x', before) + address));
                yield return encoded[4..^4];
            }
        }
    }
}

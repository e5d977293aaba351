using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Feeds.Host.Startup;

namespace Feeds.Host.Tests;

/// <summary>The first command of the README, as a process of its own.</summary>
public sealed class ServeTests
{
    [Fact]
    public async Task The_first_start_says_where_everything_is_and_ends_in_order_when_it_is_told_to()
    {
        using var folder = new TestFolder();
        var address = NewAddress();
        await using var program = ProgramProcess.Start(folder.Path, $"--urls={address}", $"--Publication:BaseUrl={address}");
        await program.WaitUntilReadyAsync(address);
        await Eventually.TrueAsync(() => program.Printed.Contains("  Admin", StringComparison.Ordinal), () => program.Printed);

        Assert.Contains($"  Pages  {address}", program.Printed, StringComparison.Ordinal);
        Assert.Contains($"{address}feed.atom", program.Printed, StringComparison.Ordinal);
        Assert.Contains(folder["data/mails"], program.Printed, StringComparison.Ordinal);
        Assert.Matches(@"  Next   \w+ \(.+\) on \w+day \d{4}-\d\d-\d\d at \d\d:\d\d \+0[12]:00, Europe/Paris", program.Printed);
        Assert.Matches($"{address}admin/setup/[A-Za-z0-9_-]{{32}}", program.Printed);
        Assert.Single(Directory.GetFiles(folder["data/mails"], "*.eml"));
        Assert.Equal(0, await program.TerminateAsync());
    }

    [Fact]
    public async Task A_saved_file_is_in_its_feeds_a_refused_one_is_named_and_a_withdrawn_one_is_gone()
    {
        using var folder = new TestFolder();
        folder.Write("articles/un.md", Article("Un", "published"));
        var address = NewAddress();
        await using var program = ProgramProcess.Start(folder.Path, $"--urls={address}", $"--Publication:BaseUrl={address}", $"--Articles:Folder={folder["articles"]}");
        await program.WaitUntilReadyAsync(address);
        using var client = new HttpClient { BaseAddress = address };

        await SeenAsync(client, program, "feed.rss", "Un", there: true);
        folder.Write("articles/deux.md", Article("Deux", "published"));
        await SeenAsync(client, program, "categories/referencement-seo/feed.atom", "Deux", there: true);
        folder.Write("articles/trois.md", "---\ntitle: Trois\ndate: yesterday\n---\nTexte.\n");
        await Eventually.TrueAsync(() => program.Printed.Contains("trois.md, line 3", StringComparison.Ordinal), () => program.Printed);
        folder.Write("articles/un.md", Article("Un", "removed"));
        await SeenAsync(client, program, "feed.rss", "Un", there: false);

        Assert.Contains("<title>Deux</title>", await client.GetStringAsync("feed.rss"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Gone, (await client.GetAsync("articles/un")).StatusCode);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named_with_the_mend()
    {
        using var folder = new TestFolder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var (exitCode, _, errors) = await ProgramProcess.RunAsync(folder.Path, "serve", string.Create(CultureInfo.InvariantCulture, $"--urls=http://127.0.0.1:{port}"));

        Assert.Equal(1, exitCode);
        Assert.Contains("--urls", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_server_never_holds_the_compiler_of_its_templates_and_renders_mails_with_what_another_process_compiled()
    {
        Lacking.SkipOrFail(OperatingSystem.IsLinux() ? null : "a system that tells what a process has loaded");
        using var folder = new TestFolder();
        folder.Write("articles/un.md", Article("Un", "published"));
        // Of the operator's own: the program's are compiled when it is published.
        foreach (var file in Directory.GetFiles(ProgramFolders.Templates))
        {
            folder.Write($"templates/{Path.GetFileName(file)}", await File.ReadAllTextAsync(file) + "@* ours *@");
        }

        for (var start = 1; start <= 2; start++)
        {
            var address = NewAddress();
            await using var program = ProgramProcess.Start(folder.Path, $"--urls={address}", $"--Publication:BaseUrl={address}", $"--Articles:Folder={folder["articles"]}");
            await Eventually.TrueAsync(() => program.Printed.Contains("  Admin", StringComparison.Ordinal), () => program.Printed, TimeSpan.FromSeconds(60));

            var loaded = program.LoadedFiles();
            Assert.Contains("RazorLight.dll", loaded);
            Assert.DoesNotContain(loaded, name => name.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal) || name.StartsWith("Microsoft.AspNetCore.Razor.Language", StringComparison.Ordinal));
            Assert.Equal(5, Directory.GetFiles(folder["data/compiled-templates"]).Length);
            Assert.Equal(0, await program.TerminateAsync());
        }

        Assert.Equal(0, (await ProgramProcess.RunAsync(folder.Path, "edition", "preview", "weekly", "--at", "2026-11-23T08:00:00+01:00", "--out", "mail.eml")).ExitCode);
        Assert.Contains("Un", await File.ReadAllTextAsync(folder["mail.eml"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mistake_in_a_template_stops_the_start_with_its_file_and_line()
    {
        using var folder = new TestFolder();
        foreach (var file in Directory.GetFiles(ProgramFolders.Templates))
        {
            folder.Write($"templates/{Path.GetFileName(file)}", await File.ReadAllTextAsync(file));
        }

        folder.Write("templates/digest.text.cshtml", "@model Feeds.Newsletter.Content.DigestMail\n\n@Model.Titel\n");
        folder.Write("articles/un.md", Article("Un", "published"));

        var (exitCode, _, errors) = await ProgramProcess.RunAsync(folder.Path, "serve", $"--urls={NewAddress()}", $"--Articles:Folder={folder["articles"]}");

        Assert.Equal(1, exitCode);
        Assert.Contains("templates/digest.text.cshtml, line 3: ", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    private static string Article(string title, string status) =>
        $"---\ntitle: {title}\ndate: 2026-11-20T08:00:00+01:00\nstatus: {status}\ncategories: [Référencement (SEO)]\n---\nTexte.\n";

    private static Uri NewAddress() => new(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{ProgramProcess.FreePort()}/"));

    private static Task SeenAsync(HttpClient client, ProgramProcess program, string feed, string title, bool there) => Eventually.TrueAsync(
        async () =>
        {
            using var response = await client.GetAsync(feed);
            return response.IsSuccessStatusCode
                && (await response.Content.ReadAsStringAsync()).Contains($"{title}</title>", StringComparison.Ordinal) == there;
        },
        () => $"{title} in {feed}: {there}\n{program.Printed}");
}

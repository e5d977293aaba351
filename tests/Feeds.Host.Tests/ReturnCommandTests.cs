namespace Feeds.Host.Tests;

/// <summary>What a mail server's pipe and an operator see of what comes back.</summary>
public sealed class ReturnCommandTests
{
    private const string Bounces = "--Mail:BounceAddress=bounces@example.org";

    [Fact]
    public async Task A_wish_to_leave_that_a_mail_server_pipes_is_done_once()
    {
        using var folder = new TestFolder();
        folder.Write("articles/one.md", "---\ntitle: One\nslug: one\ndate: 2026-10-01T12:00:00+02:00\nauthor: A\n---\n\nText.\n");
        await ProgramProcess.RunAsync(folder.Path, "import", folder["articles"]);
        await ProgramProcess.RunAsync(folder.Path, "subscriber", "add", "anna@example.net", "--cadence", "weekly", "--confirmed");
        await ProgramProcess.RunAsync(folder.Path, "edition", "run", "weekly", "--slot", "2026-11-30T08:00:00+01:00", Bounces);
        var sent = await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(folder["data/mails"], "*.eml")));
        var start = sent.IndexOf("<mailto:", StringComparison.Ordinal) + "<mailto:".Length;
        var wish = $"To: {sent[start..sent.IndexOf('?', start)]}\nFrom: anna@example.net\nMessage-ID: <1@example.net>\n\n{new string('x', 2_000_000)}\n";

        var first = await ProgramProcess.RunWithInputAsync(folder.Path, wish, "bounce", Bounces);
        var second = await ProgramProcess.RunAsync(folder.Path, "bounce", folder.Write("wish", wish), Bounces);
        var (_, list, _) = await ProgramProcess.RunAsync(folder.Path, "subscriber", "list");

        Assert.Equal((0, "done"), (first.ExitCode, first.Output.Trim()));
        Assert.Equal((0, $"{folder["wish"]}: known already"), (second.ExitCode, second.Output.Trim()));
        Assert.Matches(@"anna@example\.net\s+weekly\s+left", list);
    }

    [Fact]
    public async Task What_a_person_has_to_look_at_ends_with_65_and_what_has_to_wait_with_75()
    {
        using var folder = new TestFolder();

        var unreadable = await ProgramProcess.RunWithInputAsync(folder.Path, "no mail", "bounce", Bounces);
        var unset = await ProgramProcess.RunWithInputAsync(folder.Path, "From: a@example.net\n\n", "bounce");
        var noDatabase = await ProgramProcess.RunWithInputAsync(folder.Path, "From: a@example.net\n\n", "bounce", Bounces, "--Storage:ConnectionString", "Host=127.0.0.1;Port=1;Username=x;Database=x;Timeout=2");

        Assert.Equal((65, 75, 75), (unreadable.ExitCode, unset.ExitCode, noDatabase.ExitCode));
        Assert.Contains("RFC 5322", unreadable.Errors, StringComparison.Ordinal);
        Assert.Contains("Mail:BounceAddress", unset.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", $"{unset.Errors}{noDatabase.Errors}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_suppression_list_is_kept_from_the_shell()
    {
        using var folder = new TestFolder();
        var file = folder.Write("list.csv", "email,reason\nbob@example.net,complaint\nnobody\n");

        var added = await ProgramProcess.RunAsync(folder.Path, "suppression", "add", "Anna@example.net", "--detail", "by letter");
        var imported = await ProgramProcess.RunAsync(folder.Path, "suppression", "import", file);
        var removed = await ProgramProcess.RunAsync(folder.Path, "suppression", "remove", "bob@example.net");
        var (_, listed, _) = await ProgramProcess.RunAsync(folder.Path, "suppression", "list", "--domain", "example.net", "--json");
        var (_, exported, _) = await ProgramProcess.RunAsync(folder.Path, "suppression", "export");

        Assert.Equal((0, 1, 0), (added.ExitCode, imported.ExitCode, removed.ExitCode));
        Assert.Equal("1 added, 0 known already, 1 refused", imported.Output.Trim());
        Assert.StartsWith("list.csv:3: ", imported.Errors, StringComparison.Ordinal);
        Assert.Contains("\"address\": \"anna@example.net\"", listed, StringComparison.Ordinal);
        Assert.DoesNotContain("bob", listed, StringComparison.Ordinal);
        Assert.Matches(@"\Aaddress,reason,detail,first,last\s+anna@example\.net,manual,by letter,", exported);
    }
}

using System.Diagnostics;
using System.Runtime.Versioning;
using Feeds.Newsletter.Templates;
using Microsoft.Extensions.Logging;

namespace Feeds.Newsletter.Tests;

/// <summary>Compiled templates live on from one start to the next, and nothing but what this user compiled of these very bytes is run.</summary>
[SupportedOSPlatform("linux")]
public sealed class CompiledTemplatesTests : IDisposable
{
    private const string Name = "digest.text.cshtml";
    private const string Greeting = "@model string\nHello @Model\n";
    private readonly TestFolder folder = new();
    private readonly Notebook log = new();

    public CompiledTemplatesTests() => folder.Write($"templates/{Name}", Greeting);

    private string KeptFile => folder[$"kept/{Name}.compiled"];

    private CompiledTemplates Kept => new(folder["kept"], log);

    public void Dispose() => folder.Dispose();

    [SkippableFact]
    public async Task The_next_start_finds_what_was_compiled_and_renders_the_same()
    {
        SkipWhereNothingIsKept();
        var first = await RenderAsync();
        var kept = await File.ReadAllBytesAsync(KeptFile);

        Assert.Equal("Hello Anna", first.Trim());
        Assert.NotNull(Kept.Find(await TextAsync()));
        Assert.Equal(first, await RenderAsync());
        // A compilation names its assembly at random.
        Assert.Equal(kept, await File.ReadAllBytesAsync(KeptFile));
        Assert.Empty(log.Sentences);
    }

    [SkippableFact]
    public async Task The_shipped_templates_render_the_same_bytes_compiled_and_kept()
    {
        SkipWhereNothingIsKept();
        var compiled = new MailTemplates(Mails.TemplatesFolder, Kept);
        Assert.True(await compiled.AwaitCompilerAsync());
        Assert.Empty(await compiled.CompileAsync(default));
        var kept = new MailTemplates(Mails.TemplatesFolder, Kept);
        Assert.False(await kept.AwaitCompilerAsync());

        Assert.Equal(await DigestAsync(Mails.Templates), await DigestAsync(compiled));
        Assert.Equal(await DigestAsync(Mails.Templates), await DigestAsync(kept));
    }

    [SkippableFact]
    public async Task What_came_compiled_with_the_program_is_found_where_nothing_else_was_kept_and_as_long_as_nobody_else_can_write_there()
    {
        SkipWhereNothingIsKept();
        await RenderAsync();
        var kept = new CompiledTemplates(folder["elsewhere"], log, folder["kept"]);
        var template = await TextAsync();

        Assert.NotNull(kept.Find(template));
        folder.Write($"templates/{Name}", Greeting + "Yours\n");
        Assert.Null(kept.Find(await TextAsync()));
        File.SetUnixFileMode(folder["kept"], File.GetUnixFileMode(folder["kept"]) | UnixFileMode.OtherWrite);
        Assert.Null(kept.Find(template));
        Assert.False(Directory.Exists(folder["elsewhere"]));
    }

    [SkippableFact]
    public async Task A_changed_template_is_compiled_anew_in_place_of_the_former_one()
    {
        SkipWhereNothingIsKept();
        await RenderAsync();
        folder.Write($"templates/{Name}", Greeting.Replace("Hello", "Good morning", StringComparison.Ordinal));

        Assert.Null(Kept.Find(await TextAsync()));
        Assert.Equal("Good morning Anna", (await RenderAsync()).Trim());
        Assert.NotNull(Kept.Find(await TextAsync()));
        Assert.Equal([KeptFile], Directory.GetFiles(folder["kept"]));
    }

    [SkippableTheory]
    [InlineData("nothing")]
    [InlineData("only the hash")]
    [InlineData("all but the last byte")]
    [InlineData("another bit")]
    [InlineData("another byte at its end")]
    [InlineData("another template's")]
    public async Task A_damaged_file_is_never_run_and_is_replaced(string damage)
    {
        SkipWhereNothingIsKept();
        await RenderAsync();
        var kept = await File.ReadAllBytesAsync(KeptFile);
        byte[] damaged = damage switch
        {
            "nothing" => [],
            "only the hash" => kept[..32],
            "all but the last byte" => kept[..^1],
            "another bit" => [.. kept[..(kept.Length / 2)], (byte)(kept[kept.Length / 2] ^ 1), .. kept[((kept.Length / 2) + 1)..]],
            "another byte at its end" => [.. kept, 0],
            _ => await KeptOfAnotherAsync(),
        };
        await File.WriteAllBytesAsync(KeptFile, damaged);

        Assert.Null(Kept.Find(await TextAsync()));
        Assert.Equal("Hello Anna", (await RenderAsync()).Trim());
        Assert.NotNull(Kept.Find(await TextAsync()));
    }

    [SkippableFact]
    public async Task A_folder_that_cannot_be_written_is_no_error_and_is_told_of_once()
    {
        SkipWhereNothingIsKept();
        var kept = new CompiledTemplates(folder.Write("file", "") + "/kept", log);
        var templates = new MailTemplates(Mails.TemplatesFolder, kept);

        Assert.False(await templates.AwaitCompilerAsync());
        Assert.Empty(await templates.CompileAsync(default));
        Assert.Contains(folder["file"], Assert.Single(log.Sentences), StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public async Task What_others_could_have_written_is_not_run(UnixFileMode right)
    {
        SkipWhereNothingIsKept();
        await RenderAsync();
        File.SetUnixFileMode(KeptFile, File.GetUnixFileMode(KeptFile) | right);
        Assert.Null(Kept.Find(await TextAsync()));

        await RenderAsync();
        Assert.NotNull(Kept.Find(await TextAsync()));
        File.SetUnixFileMode(folder["kept"], File.GetUnixFileMode(folder["kept"]) | right);
        Assert.Null(Kept.Find(await TextAsync()));
        Assert.False(Kept.CanKeep());
        Assert.Contains("others can write", log.Sentences[0], StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Another_users_folder_or_file_and_a_link_to_a_folder_are_not_trusted()
    {
        SkipWhereNothingIsKept();
        await RenderAsync();
        Directory.CreateSymbolicLink(folder["link"], folder["kept"]);
        Assert.True(OwnFiles.IsOwn(folder["kept"]));
        Assert.False(OwnFiles.IsOwn(folder["link"]));
        Assert.False(OwnFiles.IsOwn(folder["lacking"]));
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.False(OwnFiles.IsOwn("/"));
            return;
        }

        // The superuser may do all that others may; what they wrote must not be run in its name.
        await GiveAwayAsync(KeptFile);
        Assert.Null(Kept.Find(await TextAsync()));
        await RenderAsync();
        Assert.NotNull(Kept.Find(await TextAsync()));
        await GiveAwayAsync(folder["kept"]);
        Assert.Null(Kept.Find(await TextAsync()));
    }

    [SkippableFact]
    public async Task Only_this_user_can_read_what_is_kept()
    {
        SkipWhereNothingIsKept();
        await RenderAsync();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder["kept"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeptFile));
    }

    [SkippableFact]
    public async Task Several_that_keep_at_once_leave_one_whole_file()
    {
        SkipWhereNothingIsKept();
        await RenderAsync();
        var text = await TextAsync();
        var found = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => Task.Run(() =>
        {
            Kept.Keep(text, new byte[100_000 + number], [1]);
            return Kept.Holds(text);
        })));

        Assert.All(found, Assert.True);
        Assert.Equal([KeptFile], Directory.GetFiles(folder["kept"]));
        Assert.Empty(log.Sentences);
    }

    private static void SkipWhereNothingIsKept() =>
        Lacking.SkipOrFail(OperatingSystem.IsLinux() ? null : "a system that tells whose a file is");

    private static async Task<string> DigestAsync(MailTemplates templates)
    {
        var content = await Mails.DigestAsync(Mails.Writer("fr", templates), SampleArticles.French.Concat(SampleArticles.Nasty).ToList(), more: 2);
        return content.Html + content.Text;
    }

    private static async Task GiveAwayAsync(string path)
    {
        using var chown = Process.Start("chown", ["65534", path]);
        await chown.WaitForExitAsync();
        Assert.Equal(0, chown.ExitCode);
    }

    private Task<string> RenderAsync() => new MailTemplates(folder["templates"], Kept).RenderAsync(Name, "Anna");

    private async Task<TemplateText> TextAsync() => (await new TemplateFolder(folder["templates"]).ReadAsync(Name))!;

    private async Task<byte[]> KeptOfAnotherAsync()
    {
        folder.Write("templates/other.text.cshtml", Greeting);
        await new MailTemplates(folder["templates"], Kept).RenderAsync("other.text.cshtml", "Anna");
        return await File.ReadAllBytesAsync(folder["kept/other.text.cshtml.compiled"]);
    }

    private sealed class Notebook : ILogger
    {
        public List<string> Sentences { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Sentences.Add(formatter(state, exception));
    }
}

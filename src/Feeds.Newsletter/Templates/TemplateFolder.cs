using RazorLight.Razor;

namespace Feeds.Newsletter.Templates;

/// <summary>The folder without watching: what was compiled at the start stays in force. A name can't leave it.</summary>
internal sealed class TemplateFolder(string root) : RazorLightProject
{
    public IReadOnlyList<string> Names() =>
        [.. Directory.EnumerateFiles(root, "*.cshtml").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public async Task<TemplateText> ReadAsync(string name)
    {
        var path = Path.Combine(root, Path.GetFileName(name));
        return new TemplateText(name, File.Exists(path) ? await File.ReadAllBytesAsync(path) : null);
    }

    public override async Task<RazorLightProjectItem> GetItemAsync(string templateKey) => await ReadAsync(templateKey);

    public override Task<IEnumerable<RazorLightProjectItem>> GetImportsAsync(string templateKey) => Task.FromResult<IEnumerable<RazorLightProjectItem>>([]);
}

/// <summary>One template as it was read, once: what is compiled are the bytes that the compiled form is kept for.</summary>
internal sealed class TemplateText(string name, byte[]? bytes) : RazorLightProjectItem
{
    public override string Key => name;

    public override bool Exists => bytes is not null;

    public ReadOnlySpan<byte> Bytes => bytes;

    public override Stream Read() => new MemoryStream(bytes!, writable: false);
}

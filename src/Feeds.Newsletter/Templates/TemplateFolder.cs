namespace Feeds.Newsletter.Templates;

/// <summary>The folder without watching: what was compiled at the start stays in force. A name can't leave it.</summary>
internal sealed class TemplateFolder(string root)
{
    public IReadOnlyList<string> Names() =>
        [.. Directory.EnumerateFiles(root, "*.cshtml").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    /// <summary>Null when there is none of that name.</summary>
    public async Task<TemplateText?> ReadAsync(string name)
    {
        var path = Path.Combine(root, Path.GetFileName(name));
        return File.Exists(path) ? new TemplateText(name, await File.ReadAllBytesAsync(path)) : null;
    }
}

/// <summary>One template as it was read, once: what is compiled are the bytes that the compiled form is kept for.</summary>
internal sealed class TemplateText(string name, byte[] bytes)
{
    public string Name => name;

    public ReadOnlySpan<byte> Bytes => bytes;

    public Stream Open() => new MemoryStream(bytes, writable: false);
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Feeds.Articles.Markup;

namespace Feeds.Articles.Files;

/// <summary>A Markdown file taken apart.</summary>
/// <param name="Name">Its path below the import folder, with <c>/</c>.</param>
/// <param name="Path">Its absolute path.</param>
/// <param name="Head">What it says of its article.</param>
/// <param name="Slug">From the front matter, else from the file's name, else from the title.</param>
/// <param name="Body">Markdown.</param>
/// <param name="Hash">Equal for equal bytes of which the same article is made.</param>
internal sealed partial record ArticleFile(string Name, string Path, FrontMatter Head, string Slug, string Body, string Hash)
{
    /// <summary>The most text one file may hold, in bytes.</summary>
    public const int LargestFile = 2 * 1024 * 1024;

    /// <summary>To be raised when another article than before is made of the same file: all are made anew then.</summary>
    public const int FormatVersion = 1;

    private const int LongestFrontMatter = 64 * 1024;
    /// <summary>What it is refused for when it changed meanwhile.</summary>
    public static readonly Refusal BeingWritten = new(0, "The file was being written while it was read. Import it again.", IsPassing: true);

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The parts of a file, or null and why.</summary>
    /// <param name="file">Which file.</param>
    /// <param name="zone">The zone of dates that name none.</param>
    /// <param name="refusal">Why it can't be used.</param>
    public static ArticleFile? Read(FoundFile file, TimeZoneInfo zone, out Refusal? refusal)
    {
        if (file.Stamp.Length > LargestFile)
        {
            refusal = new Refusal(0, $"The file has {file.Stamp.Length / 1024 / 1024} MB of text; an article may have 2 MB. Divide it.");
            return null;
        }

        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(file.Path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            refusal = new Refusal(0, $"The file can't be read: {unreadable.Message} Give the program’s user the right to read it.", IsPassing: true);
            return null;
        }

        if (bytes.Length != file.Stamp.Length || FileStamp.Of(file.Path) != file.Stamp)
        {
            refusal = BeingWritten;
            return null;
        }

        return Decode(bytes, out refusal) is { } text ? Split(file, text, HashOf(bytes, zone), zone, out refusal) : null;
    }

    private static string HashOf(byte[] bytes, TimeZoneInfo zone)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // Neither a number nor a zone has a line feed.
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{FormatVersion}\n{zone.Id}\n")));
        hash.AppendData(bytes);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string? Decode(byte[] bytes, out Refusal? refusal)
    {
        refusal = null;
        var start = bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        try
        {
            return StrictUtf8.GetString(bytes.AsSpan(start)).ReplaceLineEndings("\n");
        }
        catch (DecoderFallbackException invalid)
        {
            var line = 1 + bytes.AsSpan(0, Math.Clamp(start + invalid.Index, 0, bytes.Length)).Count((byte)'\n');
            refusal = new Refusal(line, "The file is not UTF-8 text. Save it as UTF-8.");
            return null;
        }
    }

    private static ArticleFile? Split(FoundFile file, string text, string hash, TimeZoneInfo zone, out Refusal? refusal)
    {
        var lines = text.AsSpan().EnumerateLines();
        if (!lines.MoveNext() || !lines.Current.TrimEnd().SequenceEqual("---"))
        {
            refusal = new Refusal(1, "The file does not begin with front matter. Begin it with a line ---, then title: and date:, then a line ---.");
            return null;
        }

        var end = FrontMatterEnd().Match(text, 3);
        if (!end.Success)
        {
            refusal = new Refusal(1, "The front matter has no end. Write a line --- below it.");
            return null;
        }

        if (end.Index > LongestFrontMatter)
        {
            refusal = new Refusal(1, $"The front matter is longer than {LongestFrontMatter / 1024} KB. Write a line --- where the text begins.");
            return null;
        }

        if (FrontMatterReader.Read(text[..(end.Index + 1)], zone, out refusal) is not { } head)
        {
            return null;
        }

        var slug = head.Slug?.Value ?? SlugOf(file.Name, head.Title);
        if (slug.Length == 0)
        {
            refusal = new Refusal(1, "Neither the file’s name nor the title makes an address. Write “slug: …” in the front matter.");
            return null;
        }

        return new ArticleFile(file.Name, file.Path, head, slug, text[(end.Index + end.Length)..], hash);
    }

    private static string SlugOf(string name, string title)
    {
        var stem = System.IO.Path.GetFileNameWithoutExtension(name);
        return AsciiSlug.From(LeadingDate().Replace(stem, "", 1)) is { Length: > 0 } slug ? slug : AsciiSlug.From(title);
    }

    [GeneratedRegex(@"\n(---|\.\.\.)[ \t]*(\n|\z)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FrontMatterEnd();

    [GeneratedRegex("^[0-9]{4}-[0-9]{2}-[0-9]{2}(-|$)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LeadingDate();
}

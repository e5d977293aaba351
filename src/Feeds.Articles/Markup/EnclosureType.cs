namespace Feeds.Articles.Markup;

/// <summary>The media types of sound and film, as podcast programs know them.</summary>
internal static class EnclosureType
{
    /// <summary>By the names of files. Those of Apple's podcast specification are written as it writes them.</summary>
    private static readonly Dictionary<string, string> ByExtension = new(StringComparer.OrdinalIgnoreCase)
    {
        [".mp3"] = "audio/mpeg",
        [".m4a"] = "audio/x-m4a",
        [".aac"] = "audio/aac",
        [".ogg"] = "audio/ogg",
        [".oga"] = "audio/ogg",
        [".opus"] = "audio/ogg",
        [".flac"] = "audio/flac",
        [".wav"] = "audio/wav",
        [".mp4"] = "video/mp4",
        [".m4v"] = "video/x-m4v",
        [".mov"] = "video/quicktime",
        [".webm"] = "video/webm",
    };

    /// <summary>The type of a file of that name, or null.</summary>
    /// <param name="path">Its path, without query.</param>
    /// <param name="kind"><c>audio</c> or <c>video</c>: a container may hold either.</param>
    public static string? Of(string path, string kind)
    {
        var extension = Path.GetExtension(path);
        return string.Equals(kind, "audio", StringComparison.Ordinal) && extension.ToLowerInvariant() is ".mp4" or ".webm"
            ? "audio" + extension.ToLowerInvariant().Replace('.', '/')
            : ByExtension.GetValueOrDefault(extension) is { } type && type.StartsWith(kind + "/", StringComparison.Ordinal) ? type : null;
    }

    /// <summary>Whether a file begins as one of that type does.</summary>
    public static bool Fits(string type, ReadOnlySpan<byte> file) => type[(type.IndexOf('/', StringComparison.Ordinal) + 1)..] switch
    {
        // A tag before the sound (ID3v2), or the first frame at once.
        "mpeg" => file.StartsWith("ID3"u8) || IsFrame(file, 0xE0),
        "aac" => file.StartsWith("ID3"u8) || IsFrame(file, 0xF0),
        "ogg" => file.StartsWith("OggS"u8),
        "flac" => file.StartsWith("fLaC"u8),
        "wav" => file.StartsWith("RIFF"u8) && file.Length >= 12 && file[8..].StartsWith("WAVE"u8),
        "webm" => file.StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3]),
        _ => file.Length >= 8 && file[4..].StartsWith("ftyp"u8),
    };

    private static bool IsFrame(ReadOnlySpan<byte> file, byte sync) => file.Length >= 2 && file[0] == 0xFF && (file[1] & sync) == sync;
}

namespace Feeds.Newsletter.Webhooks;

/// <summary>Reads the secret of a webhook, or says what is wrong with its file. Nothing of the file's content is in a sentence.</summary>
internal static class WebhookSecretFile
{
    /// <summary>A command that makes one.</summary>
    public const string Recipe = "(umask 077; { printf whsec_; openssl rand -base64 32; } > FILE)";

    private const string Prefix = "whsec_";

    // What the specification asks of a secret.
    private const int LeastOctets = 24;
    private const int MostOctets = 64;
    private const int LargestFile = 1024;

    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>The secret, or null with what a sentence says after the file's name: what is wrong; what mends it.</summary>
    public static byte[]? Read(string path, out string? reason)
    {
        string? text = null;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            reason = !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & Others) != UnixFileMode.None
                ? "is open to others than its owner; take their rights away (chmod 600) and make another secret if they may have read it."
                : null;
            if (reason is null && file.Length <= LargestFile)
            {
                using var reader = new StreamReader(file);
                text = reader.ReadToEnd().Trim();
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            reason = "can't be read; see that it exists and that this user may read it.";
        }

        if (reason is not null)
        {
            return null;
        }

        var octets = new byte[LargestFile];
        if (text is null || !text.StartsWith(Prefix, StringComparison.Ordinal)
            || !Convert.TryFromBase64String(text[Prefix.Length..], octets, out var length) || length is < LeastOctets or > MostOctets)
        {
            reason = $"holds no secret: {Prefix} and {LeastOctets} to {MostOctets} octets in Base64; make one with {Recipe}.";
            return null;
        }

        return octets[..length];
    }
}

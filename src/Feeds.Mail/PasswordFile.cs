namespace Feeds.Mail;

/// <summary>A file whose first line is a password; read when it is needed, so that a changed file counts at once.</summary>
internal static class PasswordFile
{
    private const int MaximumOctets = 64 * 1024;

    /// <param name="key">The setting, for the sentence where it can't be read.</param>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PasswordFileException">The file can't be read.</exception>
    public static async Task<string> ReadAsync(string key, string path, CancellationToken cancellationToken)
    {
        try
        {
            if (new FileInfo(path).Length > MaximumOctets)
            {
                throw new PasswordFileException($"{key} {path} is larger than 64 KB; its first line is to be the password.");
            }

            using var reader = new StreamReader(path);
            return await reader.ReadLineAsync(cancellationToken) ?? "";
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new PasswordFileException($"{key} {path} can't be read ({refused.GetType().Name}); see that it exists and that this user may read it.");
        }
    }

    public static bool IsReadable(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}

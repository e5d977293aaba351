namespace Feeds.Mail;

/// <summary>The password of <see cref="SmtpOptions.Username"/>; read when it is needed, so that a changed file counts at once.</summary>
internal static class SmtpPassword
{
    private const int MaximumOctets = 64 * 1024;

    /// <exception cref="PasswordFileException">The file can't be read.</exception>
    public static async Task<string> ReadAsync(SmtpOptions smtp, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(smtp.PasswordFile))
        {
            return smtp.Password ?? "";
        }

        try
        {
            if (new FileInfo(smtp.PasswordFile).Length > MaximumOctets)
            {
                throw new PasswordFileException($"{smtp.Section}:PasswordFile {smtp.PasswordFile} is larger than 64 KB; its first line is to be the password.");
            }

            using var reader = new StreamReader(smtp.PasswordFile);
            return await reader.ReadLineAsync(cancellationToken) ?? "";
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new PasswordFileException($"{smtp.Section}:PasswordFile {smtp.PasswordFile} can't be read ({refused.GetType().Name}); see that it exists and that this user may read it.");
        }
    }
}

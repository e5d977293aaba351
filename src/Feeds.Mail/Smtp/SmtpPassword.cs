namespace Feeds.Mail;

/// <summary>The password of <see cref="SmtpOptions.Username"/>; read when it is needed, so that a changed file counts at once.</summary>
internal static class SmtpPassword
{
    /// <exception cref="PasswordFileException">The file can't be read.</exception>
    public static async Task<string> ReadAsync(SmtpOptions smtp, CancellationToken cancellationToken) =>
        string.IsNullOrEmpty(smtp.PasswordFile) ? smtp.Password ?? "" : await PasswordFile.ReadAsync($"{smtp.Section}:PasswordFile", smtp.PasswordFile, cancellationToken);
}

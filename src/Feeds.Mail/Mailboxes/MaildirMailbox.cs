namespace Feeds.Mail;

/// <summary>
/// A Maildir. What had its effect goes from <c>new</c> to <c>cur</c>, as seen; what a person has to look at into the folder
/// <c>.Feeds-aside</c> in it (Maildir++), as new.
/// </summary>
internal sealed class MaildirMailbox(ReturnsOptions options, TimeProvider clock) : IReturnsMailbox
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public async Task<int> ReadAsync(TakeMail take, CancellationToken cancellationToken)
    {
        var mails = new DirectoryInfo(Path.Combine(options.Path, "new")).EnumerateFiles().OrderBy(file => file.Name, StringComparer.Ordinal).Take(IReturnsMailbox.AtOnce).ToList();
        var read = 0;
        foreach (var mail in mails)
        {
            try
            {
                await using var content = mail.OpenRead();
                var outcome = await take(content, cancellationToken);
                read++;
                if (outcome is { } known)
                {
                    Leave(mail, known);
                }
            }
            catch (FileNotFoundException)
            {
                // Another process was faster.
            }
        }

        return read;
    }

    /// <inheritdoc/>
    public Task WaitAsync(CancellationToken cancellationToken) => Task.Delay(Pause, clock, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Leave(FileInfo mail, ReturnOutcome outcome)
    {
        if (outcome == ReturnOutcome.Aside)
        {
            var aside = Path.Combine(options.Path, $".{MailboxFolders.Aside}");
            foreach (var part in (string[])["cur", "new", "tmp"])
            {
                Directory.CreateDirectory(Path.Combine(aside, part));
            }

            mail.MoveTo(Path.Combine(aside, "new", mail.Name));
            return;
        }

        var end = mail.Name.IndexOf(':', StringComparison.Ordinal);
        mail.MoveTo(Path.Combine(options.Path, "cur", $"{(end < 0 ? mail.Name : mail.Name[..end])}:2,S"));
    }
}

/// <summary>Folders that the program makes in a mailbox.</summary>
internal static class MailboxFolders
{
    /// <summary>What a person has to look at.</summary>
    public const string Aside = "Feeds-aside";
}

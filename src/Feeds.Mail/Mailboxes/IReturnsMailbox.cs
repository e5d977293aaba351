namespace Feeds.Mail;

/// <summary>Takes a mail that was read from a mailbox.</summary>
/// <returns>What became of it; null where it is to stay as it is, to be read again.</returns>
internal delegate Task<ReturnOutcome?> TakeMail(Stream mail, CancellationToken cancellationToken);

/// <summary>A mailbox of what comes back. Used by one caller at a time.</summary>
internal interface IReturnsMailbox : IAsyncDisposable
{
    /// <summary>So many mails are read at one look.</summary>
    const int AtOnce = 500;

    /// <summary>
    /// Reads what is there, at most <see cref="AtOnce"/>, the oldest first. A mail leaves the mailbox only after
    /// <paramref name="take"/> has returned: what is cut off in between is read again. One that is <see cref="ReturnOutcome.Aside"/> is
    /// kept where a person finds it.
    /// </summary>
    /// <returns>How many were read, including those that stay.</returns>
    /// <exception cref="Exception">The mailbox is out of reach; see <see cref="MailboxTrouble"/>. Or whatever take throws.</exception>
    Task<int> ReadAsync(TakeMail take, CancellationToken cancellationToken);

    /// <summary>Returns as soon as something may have come, at the latest after a while.</summary>
    Task WaitAsync(CancellationToken cancellationToken);
}

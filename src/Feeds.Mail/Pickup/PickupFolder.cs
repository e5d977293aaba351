namespace Feeds.Mail;

/// <summary>A mail of the pickup folder, for reading.</summary>
/// <param name="Name">File name.</param>
/// <param name="WrittenAt">When it was written (UTC).</param>
/// <param name="To">The recipient's address.</param>
/// <param name="Subject">Decoded.</param>
public sealed record PickedUpMail(string Name, DateTimeOffset WrittenAt, string To, string Subject);

/// <summary>The bodies of a mail of the pickup folder.</summary>
public sealed record PickedUpContent(PickedUpMail Mail, string Html, string Text);

/// <summary>Reads the pickup folder.</summary>
public sealed class PickupFolder
{
    /// <summary>The newest mails, newest first, at most <paramref name="count"/>.</summary>
    public Task<IReadOnlyList<PickedUpMail>> ListAsync(int count, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The mail of that file name, or null; a name that leaves the folder finds nothing.</summary>
    public Task<PickedUpContent?> ReadAsync(string name, CancellationToken cancellationToken) => throw new NotImplementedException();
}

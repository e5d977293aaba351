using LinqToDB.Data;

namespace Feeds.Mail;

/// <summary>Whoever adds mailings hears from here what their recipients want, where these say it by mail.</summary>
public interface IReturnListener
{
    /// <summary>
    /// The person wants no more of what the delivery was of. What this writes commits together with the note that it was
    /// done; it may be called again for the same person and must then change nothing. A key that it doesn't know is another's.
    /// </summary>
    /// <param name="transaction">To write in.</param>
    /// <param name="recipientKey"><see cref="MailRecipient.Key"/> of the delivery.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task LeaveAsync(DataConnection transaction, string recipientKey, CancellationToken cancellationToken);
}

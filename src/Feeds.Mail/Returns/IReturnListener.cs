using LinqToDB.Data;

namespace Feeds.Mail;

/// <summary>Whoever adds mailings hears from here what their recipients want, where these say it by mail, and whom no mail reaches.</summary>
public interface IReturnListener
{
    /// <summary>
    /// The person wants no more of what the delivery was of. What this writes commits together with the note that it was
    /// done; it may be called again for the same person and must then change nothing. A key that it doesn't know is another's.
    /// </summary>
    /// <param name="transaction">To write in.</param>
    /// <param name="recipientKey"><see cref="MailRecipient.Key"/> of the delivery.</param>
    /// <param name="isComplaint">Whether they called it unwanted, which also lists their address.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task LeaveAsync(DataConnection transaction, string recipientKey, bool isComplaint, CancellationToken cancellationToken);

    /// <summary>
    /// The address has just been listed because mail to it comes back; it was not before. What this writes commits together
    /// with that. A key that it doesn't know is another's.
    /// </summary>
    /// <param name="transaction">To write in.</param>
    /// <param name="recipientKey"><see cref="MailRecipient.Key"/> of the delivery.</param>
    /// <param name="address">Of the delivery; perhaps not that of the person any more.</param>
    /// <param name="cause"><see cref="SuppressionCause.HardBounce"/> or <see cref="SuppressionCause.SoftBounces"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task BounceAsync(DataConnection transaction, string recipientKey, string address, SuppressionCause cause, CancellationToken cancellationToken);
}

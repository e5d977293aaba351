namespace Feeds.Mail;

/// <summary>
/// The last word of whoever adds mailings: every process that sends asks it before it claims deliveries, so that what
/// has to be changed by then is changed (<see cref="Outbox.ReplaceAsync"/>, <see cref="Outbox.WithdrawAsync"/>).
/// </summary>
public interface IMailingReview
{
    /// <summary>
    /// Brings what is not sent yet up to date, in transactions of its own. Asked up to once a message, so it has to be cheap
    /// where there is nothing to do; while it throws, nothing more is sent.
    /// </summary>
    Task ReviewAsync(CancellationToken cancellationToken);
}

using Feeds.Newsletter.Content;
using Feeds.Newsletter.Subscribing;
using Microsoft.Extensions.Options;

namespace Feeds.Newsletter;

/// <summary>What the page about personal data says that depends on the configuration.</summary>
public sealed class PrivacyNotice
{
    private readonly SenderIdentity sender;
    private readonly IOptions<NewsletterOptions> options;

    internal PrivacyNotice(SenderIdentity sender, IOptions<NewsletterOptions> options) => (this.sender, this.options) = (sender, options);

    /// <summary>Who answers for it.</summary>
    public string Publisher => sender.Publisher;

    /// <summary>Where to write to.</summary>
    public string Contact => sender.Address;

    /// <summary>How long people are kept.</summary>
    public RetentionOptions Retention => options.Value.Retention;

    /// <summary>Whether other programs are told who joins and leaves.</summary>
    public bool TellsPrograms => options.Value.Webhooks.Count > 0;

    /// <summary>For how many days leaving can be undone.</summary>
    public int UndoDays => Math.Min((int)Answers.UndoLife.TotalDays, Retention.LeftDays);
}

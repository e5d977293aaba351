using LinqToDB.Mapping;

namespace Feeds.Mail;

/// <summary>Whether a mailing's deliveries may be claimed.</summary>
public enum MailingState
{
    /// <summary>They may.</summary>
    [MapValue("sending")]
    Sending,

    /// <summary>Nothing of it is claimed until it is resumed.</summary>
    [MapValue("paused")]
    Paused,

    /// <summary>What was not in flight ended as suppressed; nothing of it is claimed any more.</summary>
    [MapValue("cancelled")]
    Cancelled,
}

/// <summary>What is done about a delivery of which nobody knows whether it arrived.</summary>
public enum UncertainPolicy
{
    /// <summary>It is sent again with the same Message-ID: nobody is forgotten, somebody may get it twice.</summary>
    [MapValue("resend")]
    Resend,

    /// <summary>It stays uncertain and is not sent again: nobody gets it twice, somebody may not get it.</summary>
    [MapValue("hold")]
    Hold,

    /// <summary>It stays open until a person decides (<see cref="MailingControl.RetryAsync"/>, <see cref="MailingControl.HoldUncertainAsync"/>).</summary>
    [MapValue("ask")]
    Ask,
}

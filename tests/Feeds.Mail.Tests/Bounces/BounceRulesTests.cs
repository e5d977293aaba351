using FsCheck.Xunit;

namespace Feeds.Mail.Tests.Bounces;

public sealed class BounceRulesTests
{
    [Theory]
    [InlineData("5.1.1", "", "Hard", "5.1.1")]
    [InlineData("5.1.2", "", "Hard", "5.1.2")]
    [InlineData("5.1.6", "", "Hard", "5.1.6")]
    [InlineData("5.1.10", "", "Hard", "5.1.10")]
    [InlineData("5.2.2", "552 5.2.2 over quota, user unknown", "Soft", "5.2.2")]
    [InlineData("5.7.1", "550 user unknown", "Policy", "5.7.1")]
    [InlineData("5.7.0", "550 5.1.1 user unknown", "Policy", "5.7.0")]
    [InlineData("4.4.7", "550 user unknown", "Soft", "4.4.7")]
    [InlineData("5.1.1 (bad destination)", "", "Hard", "5.1.1")]
    [InlineData("5.0.0", "550 5.1.1 nobody", "Hard", "5.1.1")]
    [InlineData("5.0.0", "550 No such user", "Hard", "5.0.0")]
    [InlineData("5.5.0", "550 message blocked, no such user", "Policy", "5.5.0")]
    [InlineData("5.0.0", "4.2.2 later", "Soft", "5.0.0")]
    [InlineData("", "550 5.1.1 nobody", "Hard", "5.1.1")]
    [InlineData("", "550-5.7.26 unsigned", "Policy", "5.7.26")]
    [InlineData("", "Sorry, no host of that name. (#5.1.2)", "Hard", "5.1.2")]
    [InlineData("", "sent by 5.1.1.9 or 10.5.1.1: 550 No such user", "Hard", null)]
    [InlineData("", "Exim 4.98.1 was told 550 5.1.1 nobody", "Hard", "5.1.1")]
    [InlineData("", "Mailer 5.1.1 was told: User unknown", "Hard", null)]
    [InlineData("", "Mailer 5.1.1 was told: try again", "Soft", null)]
    [InlineData("", "550 the sender's domain does not exist", "Policy", null)]
    [InlineData("", "550 your client host doesn't have a PTR record", "Policy", null)]
    [InlineData("", "550 the host in HELO does not exist", "Policy", null)]
    [InlineData("", "450 user unknown for now", "Soft", null)]
    [InlineData("", "552 the mailbox has no room", "Soft", null)]
    [InlineData("", "551 lives elsewhere", "Hard", null)]
    [InlineData("", "550 no", "Soft", null)]
    [InlineData("", "554 the message looks like SPAM", "Policy", null)]
    [InlineData("", "Mailbox full", "Soft", null)]
    [InlineData("", "", "Soft", null)]
    [InlineData("nonsense", "User unknown", "Hard", null)]
    public void A_refusal_is_judged_by_status_then_code_then_words(string field, string text, string expected, string? status) =>
        Assert.Equal((expected, status), (BounceRules.Judge(field, text).Class.ToString(), BounceRules.Judge(field, text).Status));

    [Property(MaxTest = 2000)]
    public void Policy_and_what_may_pass_never_end_a_subscription(byte subject, byte detail, string? text)
    {
        foreach (var (status, expected) in new[] { ($"5.7.{detail}", BounceClass.Policy), ($"4.{subject}.{detail + 1}", BounceClass.Soft), ($"5.2.{detail + 1}", BounceClass.Soft) })
        {
            Assert.Equal(expected, BounceRules.Judge(status, $"550 user unknown {text}").Class);
        }
    }
}

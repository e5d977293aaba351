namespace Feeds.Mail;

/// <summary>What came of one step of <see cref="MailDoctor"/>.</summary>
public enum MailVerdict
{
    /// <summary>It is as it should be.</summary>
    Pass,

    /// <summary>Mail gets out; the sentence says what would be better, or what is optional and absent.</summary>
    Advice,

    /// <summary>It can't be known from this machine; the sentence says where it can.</summary>
    Unknown,

    /// <summary>Mail doesn't get out, or is distrusted where it arrives; the sentence ends with the mend.</summary>
    Fail,
}

/// <summary>One step, looked at.</summary>
/// <param name="Step">Its name, e.g. <c>SPF of example.org</c>.</param>
/// <param name="Verdict">What came of it.</param>
/// <param name="Sentence">What was seen, and on <see cref="MailVerdict.Fail"/> the mend; on one line, without secrets and personal addresses.</param>
public sealed record MailFinding(string Step, MailVerdict Verdict, string Sentence)
{
    // A DKIM record of an RSA key of 4096 bits and what is to be done with it.
    private const int Longest = 2000;

    internal static MailFinding Pass(string step, string sentence) => new(step, MailVerdict.Pass, ReplyText.Clean(sentence, Longest));

    internal static MailFinding Advice(string step, string sentence) => new(step, MailVerdict.Advice, ReplyText.Clean(sentence, Longest));

    internal static MailFinding Unknown(string step, string sentence) => new(step, MailVerdict.Unknown, ReplyText.Clean(sentence, Longest));

    internal static MailFinding Fail(string step, string sentence) => new(step, MailVerdict.Fail, ReplyText.Clean(sentence, Longest));
}

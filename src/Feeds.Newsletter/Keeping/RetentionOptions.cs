namespace Feeds.Newsletter;

/// <summary>Section <c>Newsletter:Retention</c>: how long people are kept. The page <c>/privacy</c> says what is set here.</summary>
public sealed class RetentionOptions
{
    /// <summary>Days after which a request that nobody confirmed is forgotten; 7–90, 7 by default, for as long the link works.</summary>
    public int UnconfirmedDays { get; set; } = 7;

    /// <summary>Days after which who left all newsletters is forgotten; 1–3650, 30 by default, for as long leaving can be undone.</summary>
    public int LeftDays { get; set; } = 30;

    /// <summary>
    /// Months without a sign of a subscriber after which they are asked whether they still want it: they confirmed, changed
    /// and chose nothing; whether they read isn't watched. 6–120, or 0: never. 36 by default, what the CNIL recommends.
    /// </summary>
    public int InactiveMonths { get; set; } = 36;

    /// <summary>Days after which who was asked and didn't answer is forgotten; 14–365, 30 by default.</summary>
    public int AnswerDays { get; set; } = 30;

    internal IEnumerable<string> Mistakes()
    {
        if (UnconfirmedDays is < 7 or > 90)
        {
            yield return $"Newsletter:Retention:UnconfirmedDays is {UnconfirmedDays}; write a number from 7 to 90.";
        }

        if (LeftDays is < 1 or > 3650)
        {
            yield return $"Newsletter:Retention:LeftDays is {LeftDays}; write a number from 1 to 3650.";
        }

        if (InactiveMonths is not 0 and (< 6 or > 120))
        {
            yield return $"Newsletter:Retention:InactiveMonths is {InactiveMonths}; write a number from 6 to 120, or 0 to keep silent subscribers.";
        }

        if (AnswerDays is < 14 or > 365)
        {
            yield return $"Newsletter:Retention:AnswerDays is {AnswerDays}; write a number from 14 to 365.";
        }
    }
}

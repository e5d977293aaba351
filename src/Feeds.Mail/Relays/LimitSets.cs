namespace Feeds.Mail;

/// <summary>The limits that the configuration names.</summary>
internal static class LimitSets
{
    public static LimitSet Of(SmtpOptions relay)
    {
        var key = $"relay:{relay.Called}";
        var day = (relay.MessagesPerDay, relay.WarmUp) switch
        {
            (null, null) => null,
            (var most, null) => new DayLimit($"{key}:day", _ => most!.Value),
            (var most, { } plan) => new DayLimit($"{key}:day", at => Math.Min(most ?? long.MaxValue, WarmUp(plan, at))),
        };
        return new LimitSet(Rates(key, relay.MessagesPerSecond, relay.MessagesPerMinute), day);
    }

    public static LimitSet Of(DomainOptions domains)
    {
        var key = $"domain:{domains.Names[0].ToLowerInvariant()}";
        return new LimitSet(
            Rates(key, domains.MessagesPerSecond, domains.MessagesPerMinute),
            domains.MessagesPerDay is { } most ? new DayLimit($"{key}:day", _ => most) : null);
    }

    /// <summary>How many messages that day's 24 hours may see.</summary>
    public static long WarmUp(WarmUpOptions plan, DateTimeOffset at)
    {
        var days = Math.Clamp(DateOnly.FromDateTime(at.UtcDateTime).DayNumber - plan.Begins.DayNumber, 0, 3650);
        var most = plan.FirstDay * Math.Pow(1 + (plan.GrowthPercent / 100.0), days);
        return most < long.MaxValue / 2 ? (long)most : long.MaxValue;
    }

    private static List<RateLimit> Rates(string key, int? perSecond, int? perMinute)
    {
        List<RateLimit> rates = [];
        if (perSecond is { } second)
        {
            rates.Add(new RateLimit($"{key}:second", TimeSpan.FromSeconds(1) / second));
        }

        if (perMinute is { } minute)
        {
            rates.Add(new RateLimit($"{key}:minute", TimeSpan.FromMinutes(1) / minute));
        }

        return rates;
    }
}

using Feeds.Newsletter;
using Microsoft.Extensions.Options;

namespace Feeds.Scheduling;

/// <summary>When a cadence sends, for people.</summary>
/// <param name="Cadence">The cadence as it is stored.</param>
/// <param name="Sentence">The schedule in words of the publication's language (“Every Monday at 08:00 (Europe/Paris)”).</param>
/// <param name="NextRuns">The next five slots in the cadence's zone with its offset; none where paused.</param>
public sealed record ScheduleListing(Cadence Cadence, string Sentence, IReadOnlyList<DateTimeOffset> NextRuns);

/// <summary>What an admin changes; null leaves a value as it is.</summary>
/// <param name="Cron">Quartz cron expression of six or seven fields.</param>
/// <param name="Zone">IANA zone.</param>
/// <param name="MinimumArticles">Fewest new articles for an edition, 1–100.</param>
/// <param name="Paused">While true no slot makes an edition; on resuming, the slots of the pause stay unsent.</param>
/// <param name="Revision">The <see cref="Feeds.Newsletter.Cadence.Revision"/> that the change was made from; null changes whatever is stored.</param>
public sealed record ScheduleChange(string? Cron = null, string? Zone = null, int? MinimumArticles = null, bool? Paused = null, long? Revision = null);

/// <summary>Shows, checks and changes schedules: the same checks for configuration, command line and admin.</summary>
public sealed class ScheduleBook
{
    private const int ListedRuns = 5;
    private const int MostRuns = 1000;
    private const int SaveAttempts = 5;
    private readonly CadenceStore cadences;
    private readonly ScheduleStore schedules;
    private readonly IOptions<SchedulingOptions> options;
    private readonly TimeProvider clock;
    private readonly ScheduleFollower? follower;

    internal ScheduleBook(
        CadenceStore cadences, ScheduleStore schedules, IOptions<SchedulingOptions> options, TimeProvider clock, ScheduleFollower? follower)
    {
        this.cadences = cadences;
        this.schedules = schedules;
        this.options = options;
        this.clock = clock;
        this.follower = follower;
    }

    /// <summary>All cadences, by name, explained in the publication's language.</summary>
    public Task<IReadOnlyList<ScheduleListing>> ListAsync(CancellationToken cancellationToken) => ListAsync(options.Value.Language, cancellationToken);

    /// <summary>All cadences, by name, explained in a language (BCP 47 tag): French, or English for any other.</summary>
    public async Task<IReadOnlyList<ScheduleListing>> ListAsync(string language, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var stored = await cadences.ListAsync(cancellationToken);
        return [.. stored.Select(cadence => Explain(cadence, now, language))];
    }

    /// <summary>Checks and stores a change; running workers follow within seconds, the one in this process at once.</summary>
    /// <returns>Null, or a sentence that says which value is wrong and how to mend it, in the publication's language.</returns>
    public Task<string?> ChangeAsync(string cadence, ScheduleChange change, CancellationToken cancellationToken) =>
        ChangeAsync(cadence, change, options.Value.Language, cancellationToken);

    /// <inheritdoc cref="ChangeAsync(string, ScheduleChange, CancellationToken)"/>
    public async Task<string?> ChangeAsync(string cadence, ScheduleChange change, string language, CancellationToken cancellationToken)
    {
        var french = Language.IsFrench(language);
        for (var attempt = 0; attempt < SaveAttempts; attempt++)
        {
            if (await cadences.FindAsync(cadence, cancellationToken) is not { } stored)
            {
                return await UnknownAsync(cadence, french, cancellationToken);
            }

            if (change.Revision is { } seen && seen != stored.Revision)
            {
                break;
            }

            if (Refusal(stored, change, french, language) is { } refusal)
            {
                return refusal;
            }

            var changed = Apply(stored, change);
            if (changed == stored)
            {
                return null;
            }

            if (await cadences.SaveAsync(changed, cancellationToken))
            {
                await TakeForceAsync(cadence, cancellationToken);
                return null;
            }
        }

        return french
            ? $"La cadence {cadence} a été modifiée entre-temps ; rechargez-la et refaites votre modification."
            : $"The cadence {cadence} was changed in the meantime; load it again and repeat your change.";
    }

    /// <summary>The next slots of a cron expression in a zone that fall after an instant.</summary>
    /// <param name="cron">Quartz cron expression of six or seven fields.</param>
    /// <param name="zone">IANA zone.</param>
    /// <param name="after">The slots come later than this.</param>
    /// <param name="count">How many at most, 1–1000.</param>
    /// <returns>
    /// Local times with the zone's offset at each. A time that the clocks skip appears as the first valid instant after the
    /// gap; one that they show twice, as its first occurrence; several that fall on one instant, once.
    /// </returns>
    /// <exception cref="FormatException">Expression or zone can't be read; <see cref="CronCheck"/> says why in a sentence.</exception>
    public static IReadOnlyList<DateTimeOffset> NextRuns(string cron, string zone, DateTimeOffset after, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MostRuns);
        return [.. new SlotCalendar(cron, zone).After(after).Take(count)];
    }

    /// <summary>
    /// A schedule in words, without a full stop: “Every Monday at 08:00 (Europe/Paris)”. One that needs more words than a
    /// form has is shown as its cron expression. It isn't checked here.
    /// </summary>
    /// <param name="cron">Quartz cron expression of six or seven fields.</param>
    /// <param name="zone">IANA zone.</param>
    /// <param name="language">BCP 47 tag: French, or English for any other.</param>
    public static string Describe(string cron, string zone, string language) => ScheduleSentence.Of(cron, zone, language);

    /// <summary>
    /// Whether the subscribers of a cadence may choose an hour of their own day: its expression has one time a day, and so
    /// says on which days they get it.
    /// </summary>
    /// <param name="cron">Quartz cron expression of six or seven fields.</param>
    public static bool OffersHours(string cron) => OwnHour.IsOffered(cron);

    /// <summary>The next slots of a cadence for somebody with that time.</summary>
    /// <param name="cadence">The cadence as it is stored.</param>
    /// <param name="time">When they get it; counts where the cadence <see cref="OffersHours"/>.</param>
    /// <param name="after">The slots come later than this.</param>
    /// <param name="count">How many at most, 1–1000.</param>
    /// <returns>Local times of their zone as in the other overload; none where the cadence is paused or its schedule unreadable.</returns>
    public static IReadOnlyList<DateTimeOffset> NextRuns(Cadence cadence, SendTime time, DateTimeOffset after, int count)
    {
        var (cron, zone) = OwnHour.Schedule(cadence.Cron, cadence.Zone, time);
        return cadence.Paused || SlotCalendar.TryCreate(cron, zone) is null ? [] : NextRuns(cron, zone, after, count);
    }

    /// <summary>When somebody with that time gets a cadence, in words: “Every Monday at 09:00 (Asia/Tokyo)”.</summary>
    /// <inheritdoc cref="Describe(string, string, string)"/>
    public static string Describe(Cadence cadence, SendTime time, string language)
    {
        var (cron, zone) = OwnHour.Schedule(cadence.Cron, cadence.Zone, time);
        return Describe(cron, zone, language);
    }

    private static ScheduleListing Explain(Cadence cadence, DateTimeOffset now, string language)
    {
        // What was stored once may be unreadable now: zone data can lose a name.
        if (SlotCalendar.TryCreate(cadence.Cron, cadence.Zone) is not { } calendar)
        {
            return new ScheduleListing(cadence, CronCheck.Refusal(cadence.Cron, cadence.Zone, now, language) ?? cadence.Cron, []);
        }

        return new ScheduleListing(
            cadence,
            ScheduleSentence.Of(cadence.Cron, cadence.Zone, language),
            cadence.Paused ? [] : [.. calendar.After(now).Take(ListedRuns)]);
    }

    // A worker would do it within a second; done here the change has its own instant, not that of the next tick.
    private async Task TakeForceAsync(string cadence, CancellationToken cancellationToken)
    {
        if (await cadences.FindAsync(cadence, cancellationToken) is { } saved)
        {
            await schedules.FollowAsync(saved, clock.GetUtcNow(), cancellationToken);
        }

        if (follower is not null)
        {
            await follower.FollowAsync(cancellationToken);
        }
    }

    private string? Refusal(Cadence stored, ScheduleChange change, bool french, string language)
    {
        if (change.MinimumArticles is < 1 or > 100)
        {
            return french
                ? $"Le minimum d’articles est {change.MinimumArticles} ; écrivez un nombre de 1 à 100."
                : $"The minimum of articles is {change.MinimumArticles}; write a number from 1 to 100.";
        }

        // An old expression that has run out must not keep anybody from pausing it.
        return change.Cron is null && change.Zone is null && change.Paused is not false
            ? null
            : CronCheck.Refusal(change.Cron ?? stored.Cron, change.Zone ?? stored.Zone, clock.GetUtcNow(), language);
    }

    private static Cadence Apply(Cadence stored, ScheduleChange change) => stored with
    {
        Cron = change.Cron is { } cron ? string.Join(' ', cron.Split(' ', StringSplitOptions.RemoveEmptyEntries)) : stored.Cron,
        Zone = change.Zone ?? stored.Zone,
        MinimumArticles = change.MinimumArticles ?? stored.MinimumArticles,
        Paused = change.Paused ?? stored.Paused,
    };

    private async Task<string> UnknownAsync(string cadence, bool french, CancellationToken cancellationToken)
    {
        var known = string.Join(", ", (await cadences.ListAsync(cancellationToken)).Select(one => one.Name));
        var shown = new string([.. cadence.Take(40).Where(letter => !char.IsControl(letter))]);
        return french ? $"Il n’y a pas de cadence « {shown} » ; il y a : {known}." : $"There is no cadence “{shown}”; there are: {known}.";
    }
}

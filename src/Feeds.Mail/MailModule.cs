using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Mail;

/// <summary>The door of Mail: from prepared messages to durable outcomes.</summary>
public static class MailModule
{
    /// <summary>Registers <see cref="Outbox"/>, <see cref="DeliveryLoop"/>, <see cref="MessageComposer"/> and <see cref="PickupFolder"/>.</summary>
    public static IServiceCollection AddMail(this IServiceCollection services)
    {
        services.AddOptions<MailOptions>().BindConfiguration("Mail");
        services.AddSingleton<DeliverySignal>().AddSingleton<Outbox>().AddSingleton<DeliveryLoop>().AddSingleton<MessageComposer>().AddSingleton<PickupFolder>();
        return services.AddMigrations(typeof(MailModule).Assembly);
    }

    /// <summary>Adds what runs while serving: <see cref="DeliveryLoop"/>, ticking.</summary>
    public static IServiceCollection AddMailWorker(this IServiceCollection services) => services;
}

using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Feeds.Newsletter.Webhooks;

/// <summary>What webhooks are made of; the room's door registers it.</summary>
internal static class WebhookServices
{
    public static IServiceCollection AddWebhooks(this IServiceCollection services) => services
        .AddSingleton<IValidateOptions<NewsletterOptions>, WebhookOptionsCheck>()
        .AddSingleton<ConfiguredWebhooks>().AddSingleton<WebhookBook>().AddSingleton<WebhookHttp>()
        .AddSingleton<WebhookSignal>().AddSingleton<RunningExchanges>().AddSingleton<WebhookDesk>()
        .AddSingleton(provider => new WebhookList(
            provider.GetRequiredService<ConfiguredWebhooks>(), provider.GetRequiredService<WebhookHttp>(), provider.GetRequiredService<Database>(), provider.GetRequiredService<TimeProvider>()));
}

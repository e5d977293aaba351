using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Mail;

/// <summary>What follows from mails that come back.</summary>
internal static class ReturnsServices
{
    public static IServiceCollection AddReturns(this IServiceCollection services) => services
        .AddSingleton<SuppressionList>()
        .AddSingleton<ReturnEffects>()
        .AddSingleton(provider => new Returns(provider.GetRequiredService<EnvelopeSender>(), provider.GetRequiredService<ReturnEffects>()));
}

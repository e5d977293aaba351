using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter.Content;
using Feeds.Newsletter.Joining;
using Feeds.Newsletter.Subscribing;
using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Feeds.Newsletter;

/// <summary>What is kept of people, and for how long.</summary>
internal static class KeepingServices
{
    public static IServiceCollection AddKeeping(this IServiceCollection services) => services
        .AddSingleton(provider => new Held(provider.GetRequiredService<Database>(), provider.GetRequiredService<RecipientRecords>()))
        .AddSingleton<Retention>()
        .AddSingleton(provider => new StillWanted(
            provider.GetRequiredService<Database>(),
            provider.GetRequiredService<Outbox>(),
            provider.GetRequiredService<LinkTokens>(),
            provider.GetRequiredService<PersonalAddresses>(),
            provider.GetRequiredService<MailWriter>(),
            provider.GetRequiredService<SenderIdentity>(),
            provider.GetRequiredService<IOptions<PublicationOptions>>(),
            provider.GetRequiredService<IOptions<NewsletterOptions>>(),
            provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(provider => new AddressChanges(
            provider.GetRequiredService<Database>(),
            provider.GetRequiredService<Preferences>(),
            provider.GetRequiredService<LinkTokens>(),
            provider.GetRequiredService<JoinForms>(),
            provider.GetRequiredService<RecipientRecords>(),
            provider.GetRequiredService<Outbox>(),
            provider.GetRequiredService<AddressMails>(),
            provider.GetRequiredService<Erasure>(),
            provider.GetRequiredService<IOptions<NewsletterOptions>>(),
            provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(provider => new PrivacyNotice(provider.GetRequiredService<SenderIdentity>(), provider.GetRequiredService<IOptions<NewsletterOptions>>()))
        .AddSingleton(provider => new Erasure(provider.GetRequiredService<Database>(), provider.GetRequiredService<RecipientRecords>(), provider.GetRequiredService<TimeProvider>()));
}

using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Feeds.Mail;

/// <summary>What follows from mails that come back, and where they are read.</summary>
internal static class ReturnsServices
{
    public static IServiceCollection AddReturns(this IServiceCollection services) => services
        .AddSingleton<IValidateOptions<MailOptions>, ReturnsOptionsRules>()
        .AddSingleton<IValidateOptions<MailOptions>, EventsOptionsRules>()
        .AddSingleton<Pseudonyms>()
        .AddSingleton(provider => new SuppressionList(provider.GetRequiredService<Database>(), provider.GetRequiredService<Pseudonyms>(), provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(provider => new RecipientRecords(provider.GetRequiredService<Pseudonyms>(), provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<ReturnEffects>()
        .AddSingleton(provider => new Returns(provider.GetRequiredService<EnvelopeSender>(), provider.GetRequiredService<ReturnEffects>()))
        .AddSingleton(_ => new SnsWeb(SnsWeb.Web()))
        .AddSingleton(provider => new RelayEvents(
            provider.GetRequiredService<IOptions<MailOptions>>(),
            provider.GetRequiredService<Database>(),
            provider.GetRequiredService<EnvelopeSender>(),
            provider.GetRequiredService<ReturnEffects>(),
            provider.GetRequiredService<Pseudonyms>(),
            provider.GetRequiredService<SnsWeb>(),
            provider.GetRequiredService<TimeProvider>()));

    /// <summary>The worker; it ends at once where no mailbox is set.</summary>
    public static IServiceCollection AddReturnsWorker(this IServiceCollection services) => services.AddHostedService(provider =>
    {
        var clock = provider.GetRequiredService<TimeProvider>();
        var mailbox = OpenMailbox(provider.GetRequiredService<IOptions<MailOptions>>().Value.Returns, clock);
        return new ReturnsWorker(mailbox, mailbox is null ? null : Reader(provider, mailbox), clock, provider.GetRequiredService<ILogger<ReturnsWorker>>());
    });

    /// <summary>The mailbox of the settings, or null.</summary>
    public static IReturnsMailbox? OpenMailbox(ReturnsOptions options, TimeProvider clock) => options.Kind switch
    {
        ReturnsKind.Imap => new ImapMailbox(options, clock),
        ReturnsKind.Pop3 => new Pop3Mailbox(options, clock),
        ReturnsKind.Maildir => new MaildirMailbox(options, clock),
        _ => null,
    };

    /// <summary>Reads that mailbox.</summary>
    public static MailboxReader Reader(IServiceProvider provider, IReturnsMailbox mailbox) => new(
        mailbox, provider.GetRequiredService<Returns>(), provider.GetRequiredService<IOptions<MailOptions>>().Value.Returns, provider.GetRequiredService<ILogger<MailboxReader>>());
}

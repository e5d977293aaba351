using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter.Archive;
using Feeds.Newsletter.Content;
using Feeds.Newsletter.Importing;
using Feeds.Newsletter.Joining;
using Feeds.Newsletter.Making;
using Feeds.Newsletter.Subscribing;
using Feeds.Newsletter.Templates;
using Feeds.Newsletter.Webhooks;
using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Feeds.Newsletter;

/// <summary>The door of Newsletter: from subscribers, cadences and articles to editions.</summary>
public static class NewsletterModule
{
    /// <summary>
    /// Registers <see cref="CadenceStore"/>, <see cref="SendTimes"/>, <see cref="Subscribers"/>, <see cref="SubscriberFiles"/>, <see cref="Preferences"/>, <see cref="AddressChanges"/>, <see cref="SubscriberDirectory"/>,
    /// <see cref="Editions"/>, <see cref="EditionArchive"/>,
    /// <see cref="Held"/>, <see cref="Erasure"/>, <see cref="StillWanted"/>, <see cref="PrivacyNotice"/>, <see cref="WebhookList"/> and <see cref="MailTemplates"/>.
    /// </summary>
    /// <param name="services">The services of the program.</param>
    /// <param name="templatesFolder">Absolute path of the folder <c>templates</c>.</param>
    public static IServiceCollection AddNewsletter(this IServiceCollection services, string templatesFolder)
    {
        ArgumentException.ThrowIfNullOrEmpty(templatesFolder);
        services.AddOptions<NewsletterOptions>().BindConfiguration("Newsletter").ValidateOnStart();
        services.AddSingleton<IValidateOptions<NewsletterOptions>, NewsletterOptionsCheck>().AddSingleton<IValidateOptions<NewsletterOptions>, JoinOptionsCheck>();
        services.AddSingleton<CadenceStore>().AddSingleton<SendTimes>().AddSingleton(provider => new MailTemplates(templatesFolder, new CompiledTemplates(
            CompiledTemplatesFolder(provider.GetRequiredService<Database>()),
            provider.GetRequiredService<ILogger<MailTemplates>>(),
            Path.Combine(AppContext.BaseDirectory, CompiledTemplates.FolderName))));
        services.AddSingleton<SenderIdentity>().AddSingleton<MailWriter>();
        services.AddSingleton<LinkTokens>().AddSingleton<PersonalAddresses>().AddSingleton<ConfirmationMails>().AddSingleton<AddressMails>().AddSingleton<Requests>().AddSingleton<Answers>().AddSingleton<Changes>();
        services.AddSingleton<JoinSignal>().AddSingleton<JoinIntake>().AddSingleton<JoinForms>().AddSingleton<JoinDoor>().AddSingleton<Unanswered>().AddSingleton<Welcomes>().AddSingleton<JoinDesk>();
        services.AddSingleton<IReturnListener>(provider => provider.GetRequiredService<Answers>());
        services.AddSingleton<Audience>().AddSingleton<ArchiveWriter>().AddSingleton<EditionFreezer>().AddSingleton<PreviewMail>().AddSingleton<IMailingReview, EditionRevision>();
        services.AddSingleton(provider => new Subscribers(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<Requests>(), provider.GetRequiredService<Answers>(),
            provider.GetRequiredService<JoinDoor>(), provider.GetRequiredService<JoinForms>()));
        services.AddSingleton(provider => new Preferences(
            provider.GetRequiredService<Database>(),
            provider.GetRequiredService<CadenceStore>(),
            provider.GetRequiredService<Changes>(),
            provider.GetRequiredService<LinkTokens>(),
            provider.GetRequiredService<Answers>(),
            provider.GetRequiredService<IOptions<PublicationOptions>>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new SubscriberDirectory(
            provider.GetRequiredService<Database>(),
            provider.GetRequiredService<CadenceStore>(),
            provider.GetRequiredService<ArticleStore>(),
            provider.GetRequiredService<Requests>(),
            provider.GetRequiredService<Changes>(),
            provider.GetRequiredService<Answers>(),
            provider.GetRequiredService<JoinDoor>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<SubscriberImport>().AddSingleton<SubscriberExport>().AddSingleton(provider => new SubscriberFiles(
            provider.GetRequiredService<SubscriberImport>(), provider.GetRequiredService<SubscriberExport>()));
        services.AddKeeping().AddWebhooks();
        services.AddSingleton(provider => new EditionArchive(
            provider.GetRequiredService<Database>(),
            provider.GetRequiredService<CadenceStore>(),
            provider.GetRequiredService<ArticleStore>(),
            provider.GetRequiredService<ArticlePages>(),
            provider.GetRequiredService<MailingControl>(),
            provider.GetRequiredService<LinkTokens>(),
            provider.GetRequiredService<IOptions<PublicationOptions>>()));
        services.AddSingleton(provider => new Editions(
            provider.GetRequiredService<Database>(),
            provider.GetRequiredService<CadenceStore>(),
            provider.GetRequiredService<ArticleStore>(),
            provider.GetRequiredService<MailingControl>(),
            provider.GetRequiredService<LinkTokens>(),
            provider.GetRequiredService<MailWriter>(),
            provider.GetRequiredService<EditionFreezer>(),
            provider.GetRequiredService<PreviewMail>(),
            provider.GetRequiredService<ILogger<Editions>>()));
        return services.AddMigrations(typeof(NewsletterModule).Assembly);
    }

    /// <summary>Adds what runs while serving: the mails to those who asked and their reminders, once a day forgetting who is to be forgotten, and what webhooks are told.</summary>
    public static IServiceCollection AddNewsletterWorker(this IServiceCollection services) => services.AddHostedService<JoinWorker>().AddHostedService<RetentionWorker>().AddHostedService<WebhookWorker>();

    // Beside the store, as nothing else that the program writes to is sure to be its own.
    private static string CompiledTemplatesFolder(Database database) =>
        Path.GetFullPath(Path.Combine(database.File is { } file ? Path.GetDirectoryName(file)! : "data", CompiledTemplates.FolderName));
}

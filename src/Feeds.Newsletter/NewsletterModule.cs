using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter.Content;
using Feeds.Newsletter.Making;
using Feeds.Newsletter.Subscribing;
using Feeds.Newsletter.Templates;
using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Feeds.Newsletter;

/// <summary>The door of Newsletter: from subscribers, cadences and articles to editions.</summary>
public static class NewsletterModule
{
    /// <summary>Registers <see cref="CadenceStore"/>, <see cref="Subscribers"/>, <see cref="Editions"/> and <see cref="MailTemplates"/>.</summary>
    /// <param name="services">The services of the program.</param>
    /// <param name="templatesFolder">Absolute path of the folder <c>templates</c>.</param>
    public static IServiceCollection AddNewsletter(this IServiceCollection services, string templatesFolder)
    {
        ArgumentException.ThrowIfNullOrEmpty(templatesFolder);
        services.AddOptions<NewsletterOptions>().BindConfiguration("Newsletter").ValidateOnStart();
        services.AddSingleton<IValidateOptions<NewsletterOptions>, NewsletterOptionsCheck>();
        services.AddSingleton<CadenceStore>().AddSingleton(provider => new MailTemplates(templatesFolder, new CompiledTemplates(
            CompiledTemplatesFolder(provider.GetRequiredService<Database>()), provider.GetRequiredService<ILogger<MailTemplates>>())));
        services.AddSingleton<SenderIdentity>().AddSingleton<MailWriter>();
        services.AddSingleton<LinkTokens>().AddSingleton<PersonalAddresses>().AddSingleton<Requests>().AddSingleton<Answers>();
        services.AddSingleton<IReturnListener>(provider => provider.GetRequiredService<Answers>());
        services.AddSingleton<Audience>().AddSingleton<EditionFreezer>().AddSingleton<PreviewMail>().AddSingleton<IMailingReview, EditionRevision>();
        services.AddSingleton(provider => new Subscribers(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<Requests>(), provider.GetRequiredService<Answers>()));
        services.AddSingleton(provider => new Editions(
            provider.GetRequiredService<Database>(),
            provider.GetRequiredService<CadenceStore>(),
            provider.GetRequiredService<ArticleStore>(),
            provider.GetRequiredService<MailingControl>(),
            provider.GetRequiredService<MailWriter>(),
            provider.GetRequiredService<EditionFreezer>(),
            provider.GetRequiredService<PreviewMail>(),
            provider.GetRequiredService<ILogger<Editions>>()));
        return services.AddMigrations(typeof(NewsletterModule).Assembly);
    }

    // Beside the store, as nothing else that the program writes to is sure to be its own.
    private static string CompiledTemplatesFolder(Database database) =>
        Path.GetFullPath(Path.Combine(database.File is { } file ? Path.GetDirectoryName(file)! : "data", "compiled-templates"));
}

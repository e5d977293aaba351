using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;

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
        services.AddOptions<NewsletterOptions>().BindConfiguration("Newsletter");
        services.AddSingleton<CadenceStore>().AddSingleton<Subscribers>().AddSingleton<Editions>().AddSingleton<MailTemplates>();
        return services.AddMigrations(typeof(NewsletterModule).Assembly);
    }
}

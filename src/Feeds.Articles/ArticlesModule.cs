using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Articles;

/// <summary>The door of Articles: from Markdown folders to the article store.</summary>
public static class ArticlesModule
{
    /// <summary>Registers <see cref="ArticleStore"/> and <see cref="FolderImport"/>.</summary>
    public static IServiceCollection AddArticles(this IServiceCollection services)
    {
        services.AddOptions<PublicationOptions>().BindConfiguration("Publication");
        services.AddOptions<ArticlesOptions>().BindConfiguration("Articles");
        services.AddSingleton<ArticleStore>();
        services.AddSingleton<FolderImport>();
        return services.AddMigrations(typeof(ArticlesModule).Assembly);
    }

    /// <summary>Adds what runs while serving: due articles publish themselves, the folder is watched.</summary>
    public static IServiceCollection AddArticlesWorker(this IServiceCollection services) => services;
}

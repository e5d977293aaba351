using Feeds.Articles.Store;
using Feeds.Articles.Worker;
using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Feeds.Articles;

/// <summary>The door of Articles: from Markdown folders to the article store.</summary>
public static class ArticlesModule
{
    /// <summary>Registers what other rooms ask: <see cref="ArticleStore"/> and the lists beside it, <see cref="FolderImport"/>, <see cref="CategoryRenaming"/>, <see cref="ChangeSignal"/>.</summary>
    public static IServiceCollection AddArticles(this IServiceCollection services)
    {
        services.AddOptions<PublicationOptions>().BindConfiguration("Publication").ValidateOnStart();
        services.AddOptions<ArticlesOptions>().BindConfiguration("Articles").ValidateOnStart();
        services.AddSingleton<IValidateOptions<PublicationOptions>, PublicationOptionsCheck>();
        services.AddSingleton<IValidateOptions<ArticlesOptions>, ArticlesOptionsCheck>();
        services.AddSingleton<ChangeSignal>();
        services.AddSingleton<ArticleStore>();
        services.AddSingleton<ArticleHistory>();
        services.AddSingleton<ArticlePages>();
        services.AddSingleton<CategoryRenaming>();
        services.AddSingleton<RelatedArticles>();
        services.AddSingleton<ArticleWriter>();
        services.AddSingleton<MediaStore>();
        services.AddSingleton<Publisher>();
        services.AddSingleton(provider => new FolderImport(
            provider.GetRequiredService<Database>(),
            provider.GetRequiredService<ArticleWriter>(),
            provider.GetRequiredService<MediaStore>(),
            provider.GetRequiredService<IOptions<PublicationOptions>>(),
            provider.GetRequiredService<TimeProvider>()));
        return services.AddMigrations(typeof(ArticlesModule).Assembly);
    }

    /// <summary>Adds what runs while serving: due articles publish themselves, the folder is watched.</summary>
    public static IServiceCollection AddArticlesWorker(this IServiceCollection services)
    {
        services.AddSingleton<PublisherLoop>();
        services.AddSingleton<FolderWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<PublisherLoop>());
        return services.AddHostedService(provider => provider.GetRequiredService<FolderWatch>());
    }
}

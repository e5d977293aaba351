using Feeds.Articles;
using Feeds.Host.Api;
using Feeds.Host.Commands;
using Feeds.Host.FeedHttp;
using Feeds.Host.Pages;
using Feeds.Host.Security;
using Feeds.Host.Startup;
using Feeds.Mail;
using Feeds.Newsletter;
using Feeds.Scheduling;
using Feeds.Storage;
using Feeds.Syndication;
using Microsoft.Extensions.Options;

namespace Feeds.Host;

/// <summary>The program: its rooms, what runs while it serves, and what it answers to.</summary>
public static class Program
{
    /// <summary>Runs a command of <c>feeds</c>; exit code 0 done, 1 refused, 2 wrong use.</summary>
    public static Task<int> Main(string[] arguments) => CommandLine.RunAsync(arguments);

    /// <summary>What every command has.</summary>
    internal static IServiceCollection AddRooms(this IServiceCollection services) => services
        .AddStorage()
        .AddArticles()
        .AddSyndication()
        .AddMail(provider => provider.GetRequiredService<IOptions<PublicationOptions>>().Value.BaseUrl)
        .AddNewsletter(ProgramFolders.Templates)
        .AddScheduling()
        .AddApiTokens();

    /// <summary>What runs in the background of <c>serve</c>.</summary>
    internal static IServiceCollection AddWorkers(this IServiceCollection services) => services
        .AddArticlesWorker()
        .AddSyndicationWorker()
        .AddMailWorker()
        .AddNewsletterWorker()
        .AddSchedulingWorker();

    /// <summary>What <c>serve</c> shows to people.</summary>
    internal static IServiceCollection AddSite(this IServiceCollection services) => services
        .AddFeedHttp()
        .AddSiteSecurity()
        .AddApi()
        .AddSitePages();

    /// <summary>What <c>serve</c> answers to, in the order in which a request meets it.</summary>
    internal static void UseSite(this WebApplication application)
    {
        application.UseProxyOfThisMachine();
        application.UseMiddleware<FeedMiddleware>();
        application.UseSiteSecurity();
        application.MapHub();
        application.MapMailEvents();
        application.MapApi();
        application.MapSiteHealth();
        application.UseSitePages();
    }
}

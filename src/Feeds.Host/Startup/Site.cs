using Feeds.Articles;
using Feeds.Host.Configuration;
using Feeds.Newsletter;
using Feeds.Storage;
using Feeds.Syndication;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace Feeds.Host.Startup;

/// <summary>The running program: everything that <c>serve</c> is.</summary>
internal sealed class Site : IAsyncDisposable
{
    private readonly WebApplication web;

    private Site(WebApplication web) => this.web = web;

    /// <summary>The services, for tests of the whole program.</summary>
    public IServiceProvider Services => web.Services;

    /// <summary>Where the web server listens.</summary>
    public ICollection<string> Addresses =>
        web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;

    /// <summary>Prepares the store, starts everything and says where it is.</summary>
    /// <param name="settings">Settings of the command line.</param>
    /// <param name="replace">What a test of the whole program gives in place of a service: its clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<Site> StartAsync(IReadOnlyList<string> settings, Action<IServiceCollection> replace, CancellationToken cancellationToken)
    {
        var application = Build(settings, replace);
        try
        {
            var log = application.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Feeds");
            foreach (var warning in KnownKeys.Warnings((IConfigurationRoot)application.Configuration))
            {
                Log.UnknownSetting(log, warning);
            }

            await PrepareAsync(application.Services, log, cancellationToken);
            await application.StartAsync(cancellationToken);
            var site = new Site(application);
            using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, application.Lifetime.ApplicationStopping);
            try
            {
                // Feeds need no templates, and their readers need not wait for the compiler.
                await CompileTemplatesAsync(application.Services, settings, stopping.Token);
                await application.Services.GetRequiredService<Welcome>().WriteAsync(site.Addresses, stopping.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Told to end: the caller waits for the end next.
            }

            return site;
        }
        catch
        {
            if (application.Lifetime.ApplicationStarted.IsCancellationRequested)
            {
                // Workers that are only disposed of don't let the process end.
                await application.StopAsync(CancellationToken.None);
            }

            await application.DisposeAsync();
            throw;
        }
    }

    public Task WaitForShutdownAsync(CancellationToken cancellationToken) => web.WaitForShutdownAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await web.StopAsync();
        await web.DisposeAsync();
    }

    private static WebApplication Build(IReadOnlyList<string> settings, Action<IServiceCollection> replace)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(Program).Assembly.GetName().Name,
            ContentRootPath = Environment.CurrentDirectory,
            WebRootPath = ProgramFolders.WebRoot,
        });
        builder.Configuration.AddProgramSettings(settings);
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Limits.MaxRequestBodySize = 64 * 1024;
        });
        builder.WebHost.UseSockets(sockets =>
        {
            // Most requests are for feeds in memory, and wait for nothing: each is read, answered and sent in one go, on
            // the thread that heard of it. What does wait, waits asynchronously.
            sockets.UnsafePreferInlineScheduling = true;
            // An open connection keeps its 4 KB, which saves a system call a request.
            sockets.WaitForDataBeforeAllocatingBuffer = false;
        });
        builder.Logging
            .ClearProviders()
            .AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "HH:mm:ss ";
            })
            .SetMinimumLevel(LogLevel.Information)
            .AddFilter("Microsoft", LogLevel.Warning)
            // A start that fails is told of by whoever started it, in a sentence; a worker that fails is critical.
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical)
            // It tells of every request, or nothing; as long as it may tell, each request gets a scope and an activity.
            .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None)
            // It tells what a form's handler is given, addresses too, where all of the framework is to tell much.
            .AddFilter("Microsoft.AspNetCore.Mvc", LogLevel.Warning)
            // It warns that the database holds the keys in clear, which the README says too.
            .AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error)
            .AddConfiguration(builder.Configuration.GetSection("Logging"));
        builder.Services.AddRooms().AddWorkers().AddSite();
        builder.Services.AddSingleton<FirstStart>().AddSingleton<Welcome>().AddSingleton<IHostLifetime, SignalLifetime>();
        replace(builder.Services);
        var application = builder.Build();
        application.UseExceptionHandler("/status/500");
        // Run again as GET would be, so only for the methods that the page answers.
        application.UseWhen(
            context => context.Request.Method is "GET" or "HEAD" or "POST",
            pages => pages.UseStatusCodePagesWithReExecute("/status/{0}"));
        application.UseSite();
        return application;
    }

    private static async Task PrepareAsync(IServiceProvider services, ILogger log, CancellationToken cancellationToken)
    {
        services.GetService<IStartupValidator>()?.Validate();
        await services.GetRequiredService<DatabaseMigrator>().MigrateAsync(cancellationToken);
        foreach (var difference in await SeedStore.RunAsync(services, cancellationToken))
        {
            Log.CadenceDiffers(log, difference);
        }

        await services.GetRequiredService<FirstStart>().RunAsync(cancellationToken);
        await services.GetRequiredService<FeedLibrary>().RefreshAsync(cancellationToken);
    }

    private static async Task CompileTemplatesAsync(IServiceProvider services, IReadOnlyList<string> settings, CancellationToken cancellationToken)
    {
        var templates = services.GetRequiredService<MailTemplates>();
        if (await templates.AwaitCompilerAsync())
        {
            await CompilerProcess.RunAsync(settings, services.GetRequiredService<TimeProvider>(), cancellationToken);
        }

        var mistakes = await templates.CompileAsync(cancellationToken);
        if (mistakes.Count > 0)
        {
            throw new InvalidDataException(string.Join(Environment.NewLine, mistakes));
        }

        // A start takes much memory that nothing after it needs.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}

using Feeds.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Feeds.Mail.Tests;

/// <summary>The room as one process of the program has it, on a migrated database of the test's.</summary>
internal sealed class MailRoom : IAsyncDisposable
{
    private readonly ServiceProvider services;

    private MailRoom(ServiceProvider services) => this.services = services;

    public Database Database => Get<Database>();

    public Outbox Outbox => Get<Outbox>();

    public DeliveryLoop Loop => Get<DeliveryLoop>();

    public LogBook Log => Get<LogBook>();

    /// <param name="database">Where its tables are; several rooms on one are several processes.</param>
    /// <param name="clock">What it takes for the time.</param>
    /// <param name="settings">Configuration beside the database; the last of a key counts.</param>
    public static Task<MailRoom> OpenAsync(TestDatabase database, TimeProvider clock, params (string Key, string? Value)[] settings) =>
        OpenAsync(database, clock, null, null, settings);

    /// <inheritdoc cref="OpenAsync(TestDatabase, TimeProvider, ValueTuple{string, string}[])"/>
    /// <param name="review">What another room would do before claims.</param>
    /// <param name="line">What stands between it and its database.</param>
    public static async Task<MailRoom> OpenAsync(TestDatabase database, TimeProvider clock, IMailingReview? review, DatabaseLine? line, params (string Key, string? Value)[] settings)
    {
        var room = new MailRoom(new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder()
                .AddInMemoryCollection([.. settings.Prepend((Key: "Storage:ConnectionString", Value: database.ConnectionString)).GroupBy(setting => setting.Key, StringComparer.OrdinalIgnoreCase).Select(settings => new KeyValuePair<string, string?>(settings.Key, settings.Last().Value))])
                .Build())
            .AddSingleton(clock)
            .AddSingleton<LogBook>()
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).Services.AddSingleton<ILoggerProvider>(provider => provider.GetRequiredService<LogBook>()))
            .AddStorage()
            .AddLine(line)
            .AddMail(provider => provider.GetRequiredService<IConfiguration>()["Publication:BaseUrl"] ?? "https://example.org")
            .AddMailWorker()
            .AddReview(review)
            .BuildServiceProvider());
        await database.MigrateAsync(room.services);
        return room;
    }

    public static FakeTimeProvider Clock() => new(new DateTimeOffset(2026, 11, 23, 7, 0, 0, TimeSpan.Zero));

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    public Task<IReadOnlyList<long>> AddAsync(Mailing mailing) => Database.WriteAsync(connection => Outbox.AddAsync(connection, mailing, default), default);

    public Task<int> SuppressAsync(string recipientKey) => Database.WriteAsync(connection => Outbox.SuppressAsync(connection, recipientKey, default), default);

    public Task<long> ReplaceAsync(long contentId, MailContent content) => Database.WriteAsync(connection => Outbox.ReplaceAsync(connection, contentId, content, default), default);

    public Task<int> WithdrawAsync(long contentId) => Database.WriteAsync(connection => Outbox.WithdrawAsync(connection, contentId, default), default);

    public async Task<DeliveryCounts> CountAsync(string mailingKey) => (await Outbox.CountAsync([mailingKey], default))[mailingKey];

    public ValueTask DisposeAsync() => services.DisposeAsync();
}

file static class Additions
{
    public static IServiceCollection AddLine(this IServiceCollection services, DatabaseLine? line) => line is null ? services : services.AddSingleton(
        provider => new Database(provider.GetRequiredService<IOptions<StorageOptions>>(), provider.GetRequiredService<TimeProvider>(), line.Lay));

    public static IServiceCollection AddReview(this IServiceCollection services, IMailingReview? review) => review is null ? services : services.AddSingleton(review);
}

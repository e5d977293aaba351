using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Feeds.Scheduling.Tests;

/// <summary>Keeps what was logged, as it would read.</summary>
internal sealed class LogBook : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(int Event, string Text)> entries = new();

    public IReadOnlyList<string> Of(int number) => [.. entries.Where(entry => entry.Event == number).Select(entry => entry.Text)];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        entries.Enqueue((eventId.Id, formatter(state, exception)));

    public void Dispose()
    {
    }
}

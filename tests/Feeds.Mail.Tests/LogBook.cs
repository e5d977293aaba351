using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Feeds.Mail.Tests;

/// <summary>Keeps what was logged, as it would read.</summary>
internal sealed class LogBook : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> entries = new();

    public IReadOnlyList<string> Warnings => [.. entries.Where(entry => entry.Level >= LogLevel.Warning).Select(entry => entry.Text)];

    public string Everything => string.Join('\n', entries.Select(entry => entry.Text));

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        entries.Enqueue((logLevel, $"{formatter(state, exception)} {exception}"));

    public void Dispose()
    {
    }
}

using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Feeds.Testing;

/// <summary>Keeps what was logged as it would read, exceptions included.</summary>
public sealed class LogBook : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, int Event, string Text)> entries = new();

    /// <summary>All of it.</summary>
    public string Text => string.Join('\n', entries.Select(entry => entry.Text));

    /// <summary>Warnings and worse.</summary>
    public IReadOnlyList<string> Warnings => [.. entries.Where(entry => entry.Level >= LogLevel.Warning).Select(entry => entry.Text)];

    /// <summary>What was logged under that event id.</summary>
    public IReadOnlyList<string> Of(int eventId) => [.. entries.Where(entry => entry.Event == eventId).Select(entry => entry.Text)];

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => this;

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => true;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        entries.Enqueue((logLevel, eventId.Id, $"{formatter(state, exception)}{(exception is null ? "" : $" {exception}")}"));

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}

using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Feeds.Newsletter.Tests.Webhooks;

/// <summary>Keeps what was logged, by event id.</summary>
internal sealed class LogBook : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(int Event, string Message)> lines = new();

    public IReadOnlyList<string> Of(int eventId) => [.. lines.Where(line => line.Event == eventId).Select(line => line.Message)];

    /// <summary>Everything that was written, exceptions included.</summary>
    public string Text => string.Join('\n', lines.Select(line => line.Message));

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        lines.Enqueue((eventId.Id, formatter(state, exception) + exception));

    public void Dispose()
    {
    }
}

using Microsoft.Extensions.Logging;

namespace Grid.Tests.Runtime;

/// <summary>What was logged, oldest first.</summary>
internal sealed class ListLog : ILoggerFactory, ILogger
{
    private readonly List<(LogLevel Level, string Line)> _entries = [];

    public IReadOnlyList<string> Lines => [.. Entries.Select(entry => entry.Line)];

    public IReadOnlyList<(LogLevel Level, string Line)> Entries
    {
        get
        {
            lock (_entries)
                return [.. _entries];
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_entries)
            _entries.Add((logLevel, formatter(state, exception)));
    }

    public void Dispose()
    {
    }
}

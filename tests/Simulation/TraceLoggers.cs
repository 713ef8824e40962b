using Microsoft.Extensions.Logging;

namespace Grid.Simulation;

/// <summary>What the grid logs, among the lines of the trace.</summary>
internal sealed class TraceLoggers(Trace trace) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new Logger(trace);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("Logs of a world go to its trace.");

    public void Dispose()
    {
        // Nothing is held.
    }

    private sealed class Logger(Trace trace) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => trace.HasLines && logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                trace.Say($"{logLevel} {eventId.Id}: {formatter(state, exception)} {(exception is null ? "" : $"({exception.GetType().Name}: {exception.Message})")}");
            }
        }
    }
}

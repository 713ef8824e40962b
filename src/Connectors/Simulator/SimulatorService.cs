using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Grid.Connectors.Simulator;

/// <summary>
/// Drives the registered devices whose connector is the simulator, the way a network server would: through the same door as everyone, ten times a second. What an
/// overloaded grid refuses is dropped and counted: the next report says it again.
/// </summary>
/// <param name="driver">The devices.</param>
/// <param name="whenReady">Completes when the grid takes readings.</param>
/// <param name="clock">Time.</param>
/// <param name="logger">Log.</param>
public sealed partial class SimulatorService(
    SimulatorDriver driver,
    Func<CancellationToken, Task> whenReady,
    TimeProvider clock,
    ILogger<SimulatorService> logger) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await whenReady(stoppingToken);
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            // Who starts the grid has said why, and stops the program.
            LogNeverReady(logger, exception.Message);
            return;
        }

        using var timer = new PeriodicTimer(Tick, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (await driver.TickAsync(clock.GetUtcNow(), stoppingToken) is { } pause) await Task.Delay(pause, clock, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogFailed(logger, exception);
                await Task.Delay(PauseAfterFailure, clock, stoppingToken);
            }
        }
    }

    [LoggerMessage(EventId = 2210, Level = LogLevel.Error, Message = "A tick of the simulator failed; it goes on")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 2211, Level = LogLevel.Warning, Message = "The simulator does not start, because the grid did not: {Reason}")]
    private static partial void LogNeverReady(ILogger logger, string reason);
}

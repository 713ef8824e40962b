using System.Globalization;
using Grid.Client.Health;
using Grid.Contracts.Intake;
using Grid.Contracts.Storage;
using Grid.Grains.History;
using Grid.Grains.Intake;
using Microsoft.Extensions.Logging;

namespace Grid.Silo.Startup;

/// <summary>
/// Brings the grid to life in order – directory, what was interrupted, demo, warm-up – and takes it down in order: nothing new, everything
/// applied, everything persisted. The web server answers meanwhile, and says "not ready".
/// </summary>
internal sealed partial class GridStartup(
    Registrar registrar,
    LogWriter writer,
    IHistory history,
    HistoryFeed feed,
    LogRelease release,
    DemoProvisioning demo,
    WarmUp warmUp,
    Readiness readiness,
    IDeviceDirectory directory,
    StartupProgress progress,
    IHostApplicationLifetime lifetime,
    TimeProvider clock,
    ILogger<GridStartup> logger) : BackgroundService
{
    private static readonly TimeSpan DrainFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CheckpointFor = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan CatchUpAgainAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DrainPoll = TimeSpan.FromMilliseconds(20);

    /// <summary>Completes when the grid is ready, or failed.</summary>
    public TaskCompletionSource Ready { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits until it is ready; false when it failed, or when a stop is asked for before.</summary>
    public async Task<bool> IsReadyAsync()
    {
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var asked = lifetime.ApplicationStopping.UnsafeRegister(static stopping => ((TaskCompletionSource)stopping!).TrySetResult(), stopping);
        await Task.WhenAny(Ready.Task, stopping.Task);
        return Ready.Task.IsCompletedSuccessfully;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        readiness.Set("the stop");
        await base.StopAsync(cancellationToken);
        var started = clock.GetTimestamp();
        while ((writer.Waiting > 0 || feed.Behind > 0) && clock.GetElapsedTime(started) < DrainFor && !cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(DrainPoll, clock, CancellationToken.None);
        }

        using var limit = new CancellationTokenSource(CheckpointFor, clock);
        try
        {
            await history.FlushAsync(limit.Token);
            await warmUp.CheckpointAsync(limit.Token);
        }
        catch (Exception exception)
        {
            // Nothing is lost: the log has it, and the next start replays it.
            LogCheckpointFailed(logger, exception);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await registrar.LoadAsync(stoppingToken);
            feed.Start();
            release.Start();
            writer.Start();
            await registrar.CompletePendingAsync(stoppingToken);
            await demo.RunAsync(stoppingToken);
            await warmUp.WakeAsync(stoppingToken);
            readiness.Set(null);
            progress.Say(string.Create(CultureInfo.InvariantCulture, $"Ready with {directory.Count:N0} devices."));
            Ready.TrySetResult();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            Ready.TrySetCanceled(stoppingToken);
        }
        catch (Exception exception)
        {
            LogFailed(logger, exception);
            Ready.TrySetException(exception);
            lifetime.StopApplication();
        }

        if (Ready.Task.IsCompletedSuccessfully)
        {
            await CatchUpAsync(stoppingToken);
        }
    }

    /// <summary>Beside the work. What fails here is tried again: a sector that is not caught up reads the log before it takes anything new.</summary>
    private async Task CatchUpAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await warmUp.CatchUpAsync((done, sectors) => readiness.SetRecovery(new RecoveryProgress(false, done, sectors)), stoppingToken);
                readiness.SetRecovery(readiness.Recovery with { IsComplete = true });
                progress.Say("All figures are whole.");
                return;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogNotCaughtUp(logger, CatchUpAgainAfter.TotalSeconds, exception);
                await Task.Delay(CatchUpAgainAfter, clock, stoppingToken).ContinueWith(static _ => { }, TaskScheduler.Default);
            }
        }
    }

    [LoggerMessage(EventId = 100, Level = LogLevel.Critical, Message = "The grid could not be started")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 102, Level = LogLevel.Error, Message = "Not all sectors could catch up from the reading log; they are asked again in {Seconds} s")]
    private static partial void LogNotCaughtUp(ILogger logger, double seconds, Exception exception);

    [LoggerMessage(EventId = 101, Level = LogLevel.Warning, Message = "Not everything was persisted at the stop; the next start reads it from the log")]
    private static partial void LogCheckpointFailed(ILogger logger, Exception exception);
}

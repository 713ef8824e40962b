using Grid.Grains.History;

namespace Grid.Silo.Startup;

/// <summary>Runs the daily retention as long as the program runs.</summary>
internal sealed class DailyRetention(RetentionJob job) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => job.RunAsync(stoppingToken);
}

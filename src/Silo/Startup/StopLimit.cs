using System.Globalization;

namespace Grid.Silo.Startup;

/// <summary>
/// A stop that was asked for always ends. Parts of the program stop one after the other, and each says that it is due; when the last has not ended in
/// time, the one that it waits for is named and the process ends as by a kill: what was acknowledged is durable, and the next start goes on from it.
/// </summary>
public sealed class StopLimit(TimeProvider clock)
{
    /// <summary>Exit code of a stop that was given up.</summary>
    public const int GivenUp = 3;

    /// <summary>What is not registered as a part, and so is stopped before all of them.</summary>
    private const string First = "the web server and its open requests";

    private const string Last = "the parts to be freed, after all of them have stopped";

    private volatile string _waitsFor = First;
    private ITimer? _timer;

    /// <summary>How long a stop may take: the host gives its parts 45 s and then tells them to hurry; stores that are being closed may take longer.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(80);

    /// <summary>Begins to count when a stop is asked for. What ends the process is called at most once, from a thread of the clock.</summary>
    /// <param name="lifetime">Tells that a stop is asked for.</param>
    /// <param name="output">Where it is said.</param>
    /// <param name="end">Ends the process with an exit code.</param>
    public void Watch(IHostApplicationLifetime lifetime, TextWriter output, Action<int> end)
    {
        lifetime.ApplicationStopping.Register(() => _timer = clock.CreateTimer(_ => GiveUp(output, end), null, Limit, Timeout.InfiniteTimeSpan));
        lifetime.ApplicationStopped.Register(() => _waitsFor = Last);
    }

    /// <summary>Names what was registered since the mark before it: hosted services are stopped in the reverse order of their registration.</summary>
    internal static void Mark(IServiceCollection services, string part) =>
        services.AddSingleton<IHostedService>(provider => new PartToStop(provider.GetRequiredService<StopLimit>(), part));

    private void GiveUp(TextWriter output, Action<int> end)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"The stop has not ended in {Limit.TotalSeconds:N0} s: it still waits for {_waitsFor}. The process ends now, as by a kill; what was acknowledged is durable, and the next start goes on from it."));
        end(GivenUp);
    }

    private sealed class PartToStop(StopLimit limit, string part) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            limit._waitsFor = part;
            return Task.CompletedTask;
        }
    }
}

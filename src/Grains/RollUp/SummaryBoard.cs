using Grid.Contracts.Territories;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;
using Orleans.Utilities;

namespace Grid.Grains.RollUp;

/// <summary>
/// Tells a territory's observers its figures: once for whatever changed within the pace, never more often. The owner says what a change is.
/// </summary>
internal sealed class SummaryBoard
{
    /// <summary>At most 5 times a second.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan ObserverLease = TimeSpan.FromMinutes(2);

    private readonly ObserverManager<ITerritoryObserver> _observers;
    private readonly Func<Task> _publish;
    private readonly IGrainTimer _timer;
    private bool _isDue;

    /// <param name="grain">The owner.</param>
    /// <param name="publish">Sends the sum upwards, on the owner's turn.</param>
    /// <param name="logger">For observers that fail.</param>
    public SummaryBoard(Grain grain, Func<Task> publish, ILogger logger)
    {
        _observers = new ObserverManager<ITerritoryObserver>(ObserverLease, logger);
        _publish = publish;
        _timer = grain.RegisterGrainTimer(PublishAsync, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Changed()
    {
        if (!_isDue)
        {
            _isDue = true;
            _timer.Change(Pace, Timeout.InfiniteTimeSpan);
        }
    }

    public void Watch(ITerritoryObserver observer) => _observers.Subscribe(observer, observer);

    public void Unwatch(ITerritoryObserver observer) => _observers.Unsubscribe(observer);

    public Task NotifyAsync(Func<TerritorySummary> summary)
    {
        if (_observers.Count == 0)
        {
            return Task.CompletedTask;
        }

        var figures = summary();
        return _observers.Notify(observer => observer.OnSummary(figures));
    }

    private async Task PublishAsync(CancellationToken cancellationToken)
    {
        _isDue = false;
        try
        {
            await _publish();
        }
        catch
        {
            // Not accepted, such as when a body is too far behind: told again, without waiting for the next change.
            Changed();
            throw;
        }
    }
}

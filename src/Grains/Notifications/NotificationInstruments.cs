using System.Diagnostics.Metrics;
using Grid.Contracts.Notifications;

namespace Grid.Grains.Notifications;

/// <summary>Counts what is to be told, and what became of pages.</summary>
public sealed class NotificationInstruments
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Grid.Notifications";

    private readonly Counter<long> _asked;
    private readonly Counter<long> _displaced;
    private readonly Counter<long> _pages;

    /// <param name="meters">Makes the meter.</param>
    public NotificationInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _asked = meter.CreateCounter<long>("grid.notifications.asked", "{notification}", "Notifications that were asked for, by outcome");
        _displaced = meter.CreateCounter<long>("grid.notifications.displaced", "{notification}", "Notifications that expired since newer ones of their endpoint needed their place");
        _pages = meter.CreateCounter<long>("grid.oncall.pages", "{page}", "Pages of alarms, by outcome");
    }

    internal void Asked(NotifyOutcome outcome, int displaced)
    {
        _asked.Add(1, new KeyValuePair<string, object?>("outcome", outcome.ToString()));
        if (displaced > 0)
        {
            _displaced.Add(displaced);
        }
    }

    internal void Page(PageOutcome outcome) => _pages.Add(1, new KeyValuePair<string, object?>("outcome", outcome.ToString()));
}

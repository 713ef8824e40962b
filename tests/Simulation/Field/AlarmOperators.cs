using System.Collections.Immutable;
using System.Globalization;
using Grid.Client;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Simulation.Faults;
using Grid.Simulation.Machine;

namespace Grid.Simulation.Field;

/// <summary>
/// People who acknowledge and shelve alarms. Each order is asked for again under its id until it is answered. What was accepted is remembered here, outside the grid: the truth of what
/// must be neither lost nor done twice.
/// </summary>
internal sealed class AlarmOperators
{
    private static readonly TimeSpan LongestShelving = TimeSpan.FromHours(3);

    private readonly World _world;
    private readonly Chance _chance;
    private readonly Asking _looking;
    private readonly Asking _ordering;
    private readonly List<AcceptedOrder> _accepted = [];
    private int _open;
    private int _number;

    public AlarmOperators(World world)
    {
        _world = world;
        _chance = world.ChanceOf("alarm operators");
        _looking = new Asking(world, _chance, "alarms");
        _ordering = new Asking(world, _chance, "alarm order");
    }

    /// <summary>True while something is not answered.</summary>
    public bool IsBusy => _open > 0;

    /// <summary>Orders that were accepted, oldest first.</summary>
    public IReadOnlyList<AcceptedOrder> Accepted => _accepted;

    /// <summary>Begins to look at the alarms of a sector now and then.</summary>
    public void Work()
    {
        if (_world.Options.AlarmOrdersPerHour > 0)
        {
            _world.After(_chance.Until(_world.Options.AlarmOrdersPerHour), () =>
            {
                if (_world.IsBusyTime)
                {
                    Look();
                }

                Work();
            });
        }
    }

    private void Look()
    {
        var devices = _world.Registry.Devices.Values.ToList();
        if (devices.Count == 0)
        {
            return;
        }

        var sector = _chance.OneOf(devices).Sector;
        _open++;
        _looking.Ask(
            sector,
            async process => await process.Get<IGridGrains>().Sector(sector).GetAlarms(new AlarmFilter { Limit = 100 }),
            alarms =>
            {
                _open--;
                var open = alarms.Where(alarm => alarm.State is AlarmState.Unacknowledged or AlarmState.ReturnedUnacknowledged).ToList();
                if (open.Count > 0)
                {
                    Order(sector, _chance.OneOf(open));
                }
            });
    }

    private void Order(string sector, AlarmView alarm)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"order-{++_number}");
        var isShelving = _chance.Happens(0.3);
        var order = new AlarmOrder
        {
            Action = isShelving ? AlarmAction.Shelve : AlarmAction.Acknowledge,
            By = "operator",
            Note = id,
            Until = isShelving ? DateTimeOffset.FromUnixTimeMilliseconds((_world.Clock.GetUtcNow() + _chance.Between(TimeSpan.FromMinutes(30), LongestShelving)).ToUnixTimeMilliseconds()) : null,
            Id = id,
        };
        _open++;
        _ordering.Ask(
            id,
            async process => (await process.Get<IGridGrains>().Sector(sector).OrderAlarms([alarm.Id], order))[0],
            answer =>
            {
                _open--;
                _world.Trace.Add("alarm order answered", id, answer.Field is null ? 1 : 0);

                // Somebody may have acknowledged it before, or it may have been removed: then there was nothing to do, and no event says so.
                if (answer.Field is null && answer.Alarm?.History.Any(one => one.Note == id) == true)
                {
                    _accepted.Add(new AcceptedOrder(id, sector, alarm.Id));
                }
            });
    }
}

/// <summary>An order that was accepted.</summary>
/// <param name="Id">Which one; it stands as a note in the alarm's history.</param>
/// <param name="Sector">Where.</param>
/// <param name="Alarm">To which alarm.</param>
internal sealed record AcceptedOrder(string Id, string Sector, string Alarm);

using Grid.Contracts.Devices;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Buildings;

/// <summary>A building that reports every quarter of an hour, by the local clock of Paris in winter (UTC+1).</summary>
internal sealed class BuildingDays(params (string Name, object Value)[] attributes)
{
    private readonly TestDevice _building = TestDevice.Of(DeviceKind.Building, attributes);
    private double _electricWattHours = 1_000_000;
    private double _heatWattHours = 5_000_000;

    public TestDevice Building => _building;

    /// <summary>What a building does at an instant.</summary>
    /// <param name="Indoor">Indoor temperature; null for none.</param>
    /// <param name="Outdoor">Outdoor temperature.</param>
    /// <param name="Watts">Electric power.</param>
    /// <param name="HeatWatts">Power of its heating; null without a heat meter.</param>
    /// <param name="Occupied">Whether people are there; null when it does not say.</param>
    public readonly record struct Moment(double? Indoor, double Outdoor = 5, double Watts = 1_000, double? HeatWatts = 10_000, bool? Occupied = null);

    public static DateTimeOffset At(string local) => DateTimeOffset.Parse($"{local}+01:00", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Reports from one local time to another, and when each named condition was first seen and last seen.</summary>
    public BuildingDays Run(string from, string to, Func<DateTimeOffset, Moment> moment, Action<DateTimeOffset, string[]>? look = null)
    {
        for (var at = At(from); at < At(to); at = at.AddMinutes(15))
        {
            Report(at, moment(at));
            look?.Invoke(at, [.. _building.View(at).Conditions.Select(condition => condition.Condition)]);
        }

        return this;
    }

    /// <summary>A quarter of an hour goes by, and is reported unless that is lost.</summary>
    public void Report(DateTimeOffset at, Moment moment, bool isLost = false)
    {
        _electricWattHours += moment.Watts / 4;
        _heatWattHours += (moment.HeatWatts ?? 0) / 4;
        if (isLost)
        {
            return;
        }

        List<(string, double)> metrics = [("outdoorCelsius", moment.Outdoor), ("powerWatts", moment.Watts), ("energyWattHours", Math.Floor(_electricWattHours))];
        if (moment.Indoor is { } indoor)
        {
            metrics.Add(("temperatureCelsius", indoor));
        }

        if (moment.HeatWatts is not null)
        {
            metrics.Add(("heatWattHours", Math.Floor(_heatWattHours)));
        }

        if (moment.Occupied is { } occupied)
        {
            metrics.Add(("occupied", occupied ? 1 : 0));
        }

        _building.Report(at, [.. metrics]);
    }

    /// <summary>The times, to the quarter of an hour, at which a condition began and ended, as local times.</summary>
    public string[] Edges(string condition, string from, string to, Func<DateTimeOffset, Moment> moment)
    {
        var edges = new List<string>();
        var was = false;
        Run(from, to, moment, (at, conditions) =>
        {
            var holds = conditions.Contains(condition);
            if (holds != was)
            {
                edges.Add(at.ToOffset(TimeSpan.FromHours(1)).ToString("ddd HH:mm", System.Globalization.CultureInfo.InvariantCulture));
                was = holds;
            }
        });
        return [.. edges];
    }

    public DerivedFigure? Figure(string name, DateTimeOffset at) => _building.View(at).Derived.FirstOrDefault(figure => figure.Name == name);
}

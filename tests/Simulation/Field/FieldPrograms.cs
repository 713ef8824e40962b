using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Lighting;
using Grid.Simulation.Faults;

namespace Grid.Simulation.Field;

/// <summary>Programs that were put into the controllers of a territory by hand, before Grid ever spoke to them: one for each commune and kind, different from place to place.</summary>
internal sealed class FieldPrograms(World world)
{
    private readonly Chance _chance = world.ChanceOf("programs");
    private readonly Dictionary<(string Commune, DeviceKind Kind), ControllerProgram> _programs = [];

    /// <summary>The program of a controller that keeps one; null where nobody knows its place.</summary>
    public ControllerProgram? Of(DeviceDescriptor device)
    {
        if (_programs.TryGetValue((device.Commune, device.Kind), out var known))
        {
            return known;
        }

        if (world.Territory.FindCommune(device.Commune) is not { } commune || world.Territory.FindDepartment(commune.Department) is not { } department)
        {
            return null;
        }

        // A cabinet only switches: it is off by night where a lamp is dimmed.
        var isCabinet = device.Kind == DeviceKind.Cabinet;
        var dimmed = isCabinet ? 0 : 10 * (1 + _chance.Below(8));
        return _programs[(device.Commune, device.Kind)] = new ControllerProgram
        {
            Version = 1 + _chance.Below(1_000),
            Plan = "by-hand",
            PlanVersion = 1,
            ZoneId = department.ZoneId,
            Longitude = commune.Longitude,
            Latitude = commune.Latitude,
            MinimumPercent = isCabinet || _chance.Happens(0.5) ? 0 : 20,
            Programs =
            [
                [Point(SwitchAnchor.Sunset, _chance.Below(60) - 30, 100), Point(SwitchAnchor.Clock, (22 * 60) + _chance.Below(120), dimmed), Point(SwitchAnchor.Clock, (4 * 60) + _chance.Below(120), 100), Point(SwitchAnchor.CivilDawn, 0, 0)],
                [Point(SwitchAnchor.CivilDusk, 0, 80), Point(SwitchAnchor.Sunrise, -_chance.Below(60), 0)],
            ],
            Calendar = [.. Enumerable.Range(0, 8).Select(night => new ProgramNight(DateOnly.FromDateTime(SimulationOptions.Start.UtcDateTime).AddDays(night - 1), night % 2))],
            Spans = _chance.Happens(0.5) ? [] : [new ProgramSpan(SimulationOptions.Start.UtcDateTime.Date.AddHours(21), SimulationOptions.Start.UtcDateTime.Date.AddHours(28), 0, 60)],
        };
    }

    private ProgramPoint Point(SwitchAnchor anchor, int minutes, double percent) => new(anchor, minutes, percent, _chance.Happens(0.5) ? 0 : _chance.Below(600));
}

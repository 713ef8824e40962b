using System.Collections.Concurrent;
using Grid.Contracts.Devices;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Contracts.Zones;
using Grid.Grains.Devices;
using Grid.Grains.Intake;
using Grid.Grains.Territory;

namespace Grid.Grains.History;

/// <summary>
/// What history must know of its series, from memory: of devices by the directory, of territories by the country's table, and of bodies by what their
/// grains have said.
/// </summary>
public sealed class HistorySubjects(DeviceDirectory directory, ITerritoryTable territory, LocalCalendars calendars, ISubscriberKeys keys) : IHistorySubjects
{
    private static readonly DateOnly Epoch = new(1970, 1, 1);

    // One for each kind and commune.
    private readonly ConcurrentDictionary<(DeviceKind Kind, string Commune), HistorySubject> _devices = new();
    private readonly ConcurrentDictionary<string, HistorySubject> _bodies = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public HistorySubject? Find(string series)
    {
        if (FigureCatalog.ScopeOf(series) is { } scope)
        {
            return OfScope(scope);
        }

        if (directory.Find(series) is not { } address)
        {
            return null;
        }

        var subject = _devices.GetOrAdd((address.Kind, SectorMap.CommuneOf(address.Sector)), static (key, calendars) => new HistorySubject
        {
            Kind = key.Kind,
            Commune = key.Commune,
            Zone = calendars.OfCommune(key.Commune).ZoneId,
        }, calendars);
        var maximum = directory.IndexMaximumOf(series);
        var subscriber = address.IsPersonal ? directory.FindPersonal(series)?.PseudonymBy(keys) : null;
        return maximum == 0 && subscriber is null ? subject : subject with { IndexMaximum = maximum, Subscriber = subscriber };
    }

    /// <inheritdoc/>
    public HistoryDay DayOf(string zone, DateTimeOffset instant)
    {
        var day = calendars.OfZone(zone).DayOf(instant.ToUnixTimeMilliseconds());
        return new HistoryDay(Epoch.AddDays(day.Day), DateTimeOffset.FromUnixTimeMilliseconds(day.Start), DateTimeOffset.FromUnixTimeMilliseconds(day.End));
    }

    /// <inheritdoc/>
    public bool StandsForDay(string series, DateTimeOffset instant) => directory.FindPersonal(series)?.StandsForDay(instant) == true;

    /// <summary>A body's local days are those of a zone.</summary>
    internal void Know(string scope, string zone)
    {
        if (!_bodies.TryGetValue(scope, out var known) || known.Zone != zone)
        {
            _bodies[scope] = OfTerritory(null, zone);
        }
    }

    private HistorySubject OfScope(string scope)
    {
        var colon = scope.IndexOf(':', StringComparison.Ordinal);
        var code = scope[(colon + 1)..];
        return scope[..Math.Max(0, colon)] switch
        {
            "commune" => OfTerritory(code, calendars.OfCommune(code).ZoneId),
            "department" when territory.FindDepartment(code) is { } department => OfTerritory(null, department.ZoneId),
            ZoneFigures.ScopeKind when territory.FindDepartment(code.Split(':', 2)[0]) is { } department => OfTerritory(null, department.ZoneId),
            _ => _bodies.TryGetValue(scope, out var known) ? known : OfTerritory(null, LocalCalendars.DefaultZone),
        };
    }

    private static HistorySubject OfTerritory(string? commune, string zone) => new() { Kind = null, Commune = commune, Zone = zone };
}

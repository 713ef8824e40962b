using System.Collections.Concurrent;
using Grid.Contracts.Territories;

namespace Grid.Grains.Devices;

/// <summary>The calendars of the country's zones, one for each: a commune's local day is that of its department.</summary>
/// <param name="table">Communes and departments.</param>
public sealed class LocalCalendars(ITerritoryTable table)
{
    /// <summary>The zone of a commune that the table does not know, such as one that was merged away.</summary>
    public const string DefaultZone = "Europe/Paris";

    // Bounded by the zones of the departments table.
    private readonly ConcurrentDictionary<string, LocalCalendar> _byZone = new(StringComparer.Ordinal);

    /// <summary>The calendar of a commune, by INSEE code.</summary>
    public LocalCalendar OfCommune(string inseeCode) =>
        OfZone(table.FindCommune(inseeCode) is { } commune && table.FindDepartment(commune.Department) is { } department ? department.ZoneId : DefaultZone);

    /// <summary>The calendar of an IANA zone.</summary>
    public LocalCalendar OfZone(string zoneId) => _byZone.GetOrAdd(zoneId, static id => new LocalCalendar(id));
}

using Grid.Contracts.Territories;
using Grid.Grains.Devices;

namespace Grid.Grains.Lighting;

/// <summary>Where plans are carried out.</summary>
internal static class LightingPlaces
{
    /// <summary>The place of a commune.</summary>
    public static LightingPlace Of(ITerritoryTable table, Commune commune) =>
        new(commune.InseeCode, commune.Department, table.FindDepartment(commune.Department)?.ZoneId ?? LocalCalendars.DefaultZone, commune.Longitude, commune.Latitude);
}

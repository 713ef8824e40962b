namespace Grid.Client.Json;

/// <summary>Local dates of a zone as instants.</summary>
internal static class LocalDates
{
    private const string DefaultZone = "Europe/Paris";

    /// <summary>Where a date begins: its first instant, also where the clock skips midnight.</summary>
    public static DateTimeOffset StartOf(DateOnly date, string? zone)
    {
        var clock = TimeZoneInfo.FindSystemTimeZoneById(zone ?? DefaultZone);
        var midnight = date.ToDateTime(TimeOnly.MinValue);
        while (clock.IsInvalidTime(midnight))
        {
            midnight = midnight.AddMinutes(15);
        }

        return new DateTimeOffset(midnight, clock.IsAmbiguousTime(midnight) ? clock.GetAmbiguousTimeOffsets(midnight).Max() : clock.GetUtcOffset(midnight)).ToUniversalTime();
    }

    /// <summary>The date of an instant.</summary>
    public static DateOnly Of(DateTimeOffset instant, string? zone) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, TimeZoneInfo.FindSystemTimeZoneById(zone ?? DefaultZone)).DateTime);
}

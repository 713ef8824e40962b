namespace Grid.Client.History;

/// <summary>The unit that ends a metric's name, as a symbol.</summary>
internal static class MetricUnits
{
    // A longer ending comes before the one that it ends with.
    private static readonly (string Ending, string Symbol)[] Units =
    [
        ("WattHours", "Wh"),
        ("LitresPerHour", "L/h"),
        ("MillimetresPerHour", "mm/h"),
        ("MicrogramsPerCubicMetre", "µg/m³"),
        ("Milliamperes", "mA"),
        ("Watts", "W"),
        ("Volts", "V"),
        ("Litres", "L"),
        ("Millimetres", "mm"),
        ("Percent", "%"),
        ("Celsius", "°C"),
        ("Decibels", "dB"),
        ("Ppm", "ppm"),
        ("Hours", "h"),
    ];

    /// <summary>The symbol; null for a flag, a count, and a name that ends with no unit.</summary>
    public static string? Of(string name)
    {
        foreach (var (ending, symbol) in Units)
        {
            if (name.EndsWith(ending, StringComparison.Ordinal))
            {
                // "bins.over80Percent" counts bins.
                return name.EndsWith("over80Percent", StringComparison.Ordinal) ? null : symbol;
            }
        }

        return null;
    }
}

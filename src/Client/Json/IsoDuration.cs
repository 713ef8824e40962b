using System.Xml;

namespace Grid.Client.Json;

/// <summary>Durations on the wire: ISO 8601 of a fixed length, in days and smaller: <c>PT1H</c>, <c>P1DT30M</c>, <c>PT0.5S</c>.</summary>
public static class IsoDuration
{
    /// <summary>Reads a duration; false for what is none, and for months and years, which have no fixed length.</summary>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = default;
        if (text is null or { Length: 0 or > 64 })
        {
            return false;
        }

        var time = text.IndexOf('T', StringComparison.Ordinal);
        var date = time < 0 ? text : text[..time];
        if (date.Contains('Y', StringComparison.Ordinal) || date.Contains('M', StringComparison.Ordinal))
        {
            return false;
        }

        try
        {
            duration = XmlConvert.ToTimeSpan(text);
            return true;
        }
        catch (Exception fault) when (fault is FormatException or OverflowException)
        {
            return false;
        }
    }

    /// <summary>A duration as text.</summary>
    public static string ToText(TimeSpan duration) => XmlConvert.ToString(duration);
}

using System.Globalization;
using Grid.Contracts.Lighting;

namespace Grid.Grains.Lighting;

/// <summary>When a switch point takes effect: a time of day, or an event of the sun with an offset.</summary>
/// <param name="Anchor">What it hangs on.</param>
/// <param name="Minutes">Clock: minutes since midnight. Otherwise minutes after the event, negative for before.</param>
public readonly record struct SwitchTime(SwitchAnchor Anchor, int Minutes)
{
    /// <summary>Largest offset from an event of the sun.</summary>
    public const int MaximumOffsetMinutes = 12 * 60;

    /// <summary>What it must look like, for errors.</summary>
    public const string Rule = "must be HH:mm, or sunset, sunrise, civilDusk or civilDawn with or without an offset of at most 12 hours, such as sunset-00:10";

    private static readonly (string Word, SwitchAnchor Anchor)[] Words =
    [
        ("sunset", SwitchAnchor.Sunset), ("sunrise", SwitchAnchor.Sunrise), ("civilDusk", SwitchAnchor.CivilDusk), ("civilDawn", SwitchAnchor.CivilDawn),
    ];

    /// <summary>Reads <c>22:30</c>, <c>sunset</c>, <c>sunset-00:10</c>, <c>civilDusk+00:05</c>; null when it is neither.</summary>
    public static SwitchTime? Parse(string? text)
    {
        if (text is null)
        {
            return null;
        }

        foreach (var (word, anchor) in Words)
        {
            if (text.StartsWith(word, StringComparison.Ordinal))
            {
                return ParseOffset(text.AsSpan(word.Length)) is { } minutes ? new SwitchTime(anchor, minutes) : null;
            }
        }

        return ParseClock(text) is { } time ? new SwitchTime(SwitchAnchor.Clock, time) : null;
    }

    /// <summary>Minutes since midnight of a time of day <c>HH:mm</c>; null when it is none.</summary>
    public static int? ParseClock(ReadOnlySpan<char> text) =>
        ParseMinutes(text) is { } minutes and < 24 * 60 ? minutes : null;

    private static int? ParseOffset(ReadOnlySpan<char> text) => text switch
    {
        [] => 0,
        ['+', .. var later] when ParseMinutes(later) is { } minutes and <= MaximumOffsetMinutes => minutes,
        ['-', .. var earlier] when ParseMinutes(earlier) is { } minutes and <= MaximumOffsetMinutes => -minutes,
        _ => null,
    };

    private static int? ParseMinutes(ReadOnlySpan<char> text) =>
        text.Length == 5 && text[2] == ':'
        && int.TryParse(text[..2], NumberStyles.None, CultureInfo.InvariantCulture, out var hours)
        && int.TryParse(text[3..], NumberStyles.None, CultureInfo.InvariantCulture, out var minutes)
        && minutes < 60
            ? (hours * 60) + minutes
            : null;
}

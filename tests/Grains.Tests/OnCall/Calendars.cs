using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Notifications;

namespace Grid.Tests.Grains.OnCall;

/// <summary>Calendars for tests.</summary>
internal static class Calendars
{
    public const string Paris = "Europe/Paris";

    /// <summary>Weeks of Anne, Brice and Chloé from Monday 2 March 2026 at 08:00.</summary>
    public static OnCallRotation Weekly { get; } = new() { Turns = [Turn("Anne"), Turn("Brice"), Turn("Chloé")], Days = 7, From = new(2026, 3, 2), HandOver = new(8, 0) };

    /// <summary>Somebody with one endpoint of the same name.</summary>
    public static OnCallTurn Turn(string name) => new(name, [name.ToLowerInvariant()]);

    /// <summary>Always the same person.</summary>
    public static OnCallLevel Always(string name, int afterMinutes = 10) => new()
    {
        Rotation = Weekly with { Turns = [Turn(name)] },
        AfterMinutes = afterMinutes,
    };

    public static OnCallCalendar Of(params ImmutableArray<OnCallLevel> levels) => new() { ZoneId = Paris, Levels = levels };

    /// <summary>A calendar of one level.</summary>
    public static OnCallCalendar Of(OnCallRotation rotation, ImmutableArray<WeeklyWindow> windows = default, ImmutableArray<OnCallOverride> overrides = default) =>
        Of(new OnCallLevel { Rotation = rotation, Windows = windows.IsDefault ? [] : windows, Overrides = overrides.IsDefault ? [] : overrides, AfterMinutes = 10 });

    /// <summary>An instant as it is written, with its offset.</summary>
    public static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}

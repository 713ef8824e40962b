using Grid.Grains.Devices;
using Orleans;

namespace Grid.Grains.Streetlights;

/// <summary>Somebody passes by a lamp that has a boost for it.</summary>
[GenerateSerializer, Immutable, Alias("grid.LampPresence")]
public sealed record LampPresence
{
    /// <summary>A lamp that stays low for longer than this has not gone up.</summary>
    public const long BoostDelayMilliseconds = 2 * 60_000;

    private const int Tolerance = 2_000;

    /// <summary>True while the lamp reports presence.</summary>
    [Id(0)] public bool IsPresent { get; init; }

    /// <summary>The last report up to which somebody was there, in Unix milliseconds.</summary>
    [Id(1)] public long LastAt { get; init; }

    /// <summary>Report from which on it burns too low for that; 0 when it does not.</summary>
    [Id(2)] public long LowSince { get; init; }

    /// <summary>True when that lasts too long.</summary>
    [Id(3)] public bool IsBoostMissing { get; init; }

    /// <summary>True while somebody is there, and until the hold time after.</summary>
    public bool IsBoosted(long at, long hold) => IsPresent || at <= LastAt + hold;

    /// <summary>After a report that is the lamp's present; null when nobody is or was just there, or the lamp has no boost.</summary>
    /// <param name="state">The lamp with the values of the report.</param>
    /// <param name="settings">The lamp's settings.</param>
    /// <param name="report">The report.</param>
    public static LampPresence? After(in StreetlightState state, StreetlightSettings settings, in Report report)
    {
        if (settings.Parameters.PresenceBoost is not { } boost)
        {
            return null;
        }

        var before = state.Presence ?? new LampPresence();
        var isPresent = report.Entry["presence"] is { } presence ? presence > 0 : before.IsPresent;
        var lastAt = isPresent || before.IsPresent ? report.At : before.LastAt;
        if (!isPresent)
        {
            return report.At <= lastAt + settings.Parameters.PresenceHold && lastAt != 0 ? new LampPresence { LastAt = lastAt } : null;
        }

        // A lamp that is off is off by its plan, or by day: it has no low level to go up from.
        var isLow = !state.IsUnsupplied && !state.HasFailed && state.Dimming > 0 && state.Dimming < boost - Tolerance;
        var lowSince = !isLow ? 0 : before.LowSince != 0 ? before.LowSince : report.Entry["dimmingPercent"] is null ? 0 : report.At;
        var isMissing = lowSince != 0
            && (report.Entry["dimmingPercent"] is null ? before.IsBoostMissing : report.At - lowSince > BoostDelayMilliseconds);
        return new LampPresence { IsPresent = true, LastAt = lastAt, LowSince = lowSince, IsBoostMissing = isMissing };
    }
}

using Grid.Grains.Devices;
using Orleans;

namespace Grid.Grains.Streetlights;

/// <summary>Since when something is wrong with a lamp. Sound lamps have none.</summary>
[GenerateSerializer, Immutable, Alias("grid.LampTrouble")]
public sealed record LampTrouble
{
    /// <summary>Report from which on it draws next to nothing while it should burn, in Unix milliseconds; 0 when it does not.</summary>
    [Id(0)] public long WithoutPowerSince { get; init; }

    /// <summary>Report from which on it burns while it should not; 0 when it does not.</summary>
    [Id(1)] public long UnexpectedSince { get; init; }

    /// <summary>The last changes between burning and dark within the window, oldest first; null for none. Never changed.</summary>
    [Id(2)] public long[]? Changes { get; init; }
}

/// <summary>
/// What the measurements of a controlled lamp say of its health, beyond the newest report: each a pure function of the state before, the state after a
/// report, and the report. Nothing is allocated for a sound lamp.
/// </summary>
internal static class LampWatch
{
    /// <summary>Weight of the newest report in the mean deviation of the power: one eighth.</summary>
    private const int DriftWeight = 8;

    /// <summary>Reports until the mean counts.</summary>
    public const byte DriftReportsNeeded = 8;

    /// <summary>The mean must fall so far below its limit until the drift ends, in thousandths.</summary>
    private const int DriftDeadband = 50;

    private const int DriftLimit = 2_000;
    private const byte ReportsUntilFailed = 2;
    private const int FullDimming = 100_000;

    /// <summary>Judges a report that is the lamp's present.</summary>
    /// <param name="state">The lamp with the values of the report.</param>
    /// <param name="settings">The lamp's settings.</param>
    /// <param name="report">The report.</param>
    /// <param name="isPowerMeasured">True when the report carries a power.</param>
    public static StreetlightState Judge(StreetlightState state, StreetlightSettings settings, in Report report, bool isPowerMeasured)
    {
        state = JudgeFailure(state, settings, report.At, isPowerMeasured);
        state = JudgeUnexpected(state, settings, report, isPowerMeasured);
        state = JudgeCycling(state, settings, report.At, isPowerMeasured);
        state = JudgeDrift(state, settings, isPowerMeasured);
        return state.Trouble is { WithoutPowerSince: 0, UnexpectedSince: 0, Changes: null } ? state with { Trouble = null } : state;
    }

    /// <summary>It has gone dark for want of supply: what its last report showed goes on no more.</summary>
    public static StreetlightState Darken(StreetlightState state) => state with
    {
        ReportsWithoutPower = 0,
        IsUnexpectedlyOn = false,
        WasBurning = null,
        Presence = null,
        Trouble = state.Trouble is { Changes: not null and var changes } ? new LampTrouble { Changes = changes } : null,
    };

    /// <summary>Only power that was measured while lit, and fed, says whether the lamp burns.</summary>
    private static StreetlightState JudgeFailure(StreetlightState state, StreetlightSettings settings, long at, bool isPowerMeasured)
    {
        if (state.Dimming is null or 0 || state.IsUnsupplied)
        {
            return WithoutPowerFrom(state with { ReportsWithoutPower = 0 }, 0);
        }

        if (!isPowerMeasured)
        {
            return state;
        }

        if (!settings.IsNearZero(state.PowerMilliwatts ?? 0, state.Dimming.Value))
        {
            return WithoutPowerFrom(state with { ReportsWithoutPower = 0, IsWithoutPower = false }, 0);
        }

        var since = state.Trouble is { WithoutPowerSince: not 0 and var first } ? first : at;
        var reports = (byte)Math.Min(ReportsUntilFailed, state.ReportsWithoutPower + 1);
        var hasFailed = reports == ReportsUntilFailed && at - since >= settings.Parameters.LampFailureDelay;
        return WithoutPowerFrom(state with { ReportsWithoutPower = reports, IsWithoutPower = state.IsWithoutPower || hasFailed }, since);
    }

    private static StreetlightState WithoutPowerFrom(StreetlightState state, long since) =>
        (state.Trouble?.WithoutPowerSince ?? 0) == since ? state : state with { Trouble = (state.Trouble ?? new()) with { WithoutPowerSince = since } };

    /// <summary>Burns by day, or draws power although it is dimmed to 0.</summary>
    private static StreetlightState JudgeUnexpected(StreetlightState state, StreetlightSettings settings, in Report report, bool isPowerMeasured)
    {
        var isUnexpected = !state.IsUnsupplied && (DrawsWhileOff(state, settings, isPowerMeasured) ?? (state.IsUnexpectedlyOn && state.Dimming == 0))
            || (IsLit(state) && report.Sky?.IsBright(report.At) == true);
        if (!isUnexpected)
        {
            return state.Trouble is { UnexpectedSince: not 0 }
                ? state with { IsUnexpectedlyOn = false, Trouble = state.Trouble with { UnexpectedSince = 0 } }
                : state;
        }

        var since = state.Trouble is { UnexpectedSince: not 0 and var first } ? first : report.At;
        if (since == report.At)
        {
            state = state with { Trouble = (state.Trouble ?? new()) with { UnexpectedSince = since } };
        }

        return state with { IsUnexpectedlyOn = since != report.At && report.At - since >= settings.Parameters.UnexpectedOnDelay };
    }

    /// <summary>Null when a report does not say. Without a rated power nobody knows what a burning lamp draws.</summary>
    private static bool? DrawsWhileOff(in StreetlightState state, StreetlightSettings settings, bool isPowerMeasured) =>
        state.Dimming != 0 || (settings.RatedMilliwatts == 0 && settings.NearZeroMilliwatts == 0) ? false
        : isPowerMeasured ? !settings.IsNearZero(state.PowerMilliwatts ?? 0, FullDimming)
        : null;

    private static bool IsLit(in StreetlightState state) => state.Dimming > 0 && !state.HasFailed && state.ReportsWithoutPower == 0 && !state.IsUnsupplied;

    /// <summary>Goes out and comes back, again and again, while it should burn.</summary>
    private static StreetlightState JudgeCycling(StreetlightState state, StreetlightSettings settings, long at, bool isPowerMeasured)
    {
        var isToldToBurn = state.Dimming > 0 && !state.IsUnsupplied;
        if (!isPowerMeasured && isToldToBurn)
        {
            return state;
        }

        var burns = isToldToBurn ? !settings.IsNearZero(state.PowerMilliwatts ?? 0, state.Dimming!.Value) : default(bool?);
        var changes = state.Trouble?.Changes;
        if (burns is not null && state.WasBurning is { } before && before != burns)
        {
            changes = [.. (changes ?? []).TakeLast(settings.Parameters.CyclingChanges - 1), at];
        }

        if (changes is not null && changes[0] < at - settings.Parameters.CyclingWindow)
        {
            changes = [.. changes.Where(change => change >= at - settings.Parameters.CyclingWindow)];
            changes = changes.Length == 0 ? null : changes;
        }

        if (!ReferenceEquals(changes, state.Trouble?.Changes))
        {
            state = state with { Trouble = (state.Trouble ?? new()) with { Changes = changes } };
        }

        return state with { WasBurning = burns, IsCycling = changes?.Length >= settings.Parameters.CyclingChanges };
    }

    /// <summary>
    /// Its power leaves its dimming curve: the end of its life, or another lamp than the one registered. Where nobody knows what it is rated at, what is usual of it at that level
    /// counts instead, as it was before the report.
    /// </summary>
    private static StreetlightState JudgeDrift(StreetlightState state, StreetlightSettings settings, bool isPowerMeasured)
    {
        if (!isPowerMeasured || state.IsUnsupplied || state.Dimming is not >= LampUsual.LeastDimming || settings.IsNearZero(state.PowerMilliwatts ?? 0, state.Dimming.Value))
        {
            return state;
        }

        var dimming = Math.Min(state.Dimming.Value, FullDimming);
        var expected = settings.RatedMilliwatts > 0 ? settings.Parameters.ExpectedMilliwatts(settings.RatedMilliwatts, dimming) : state.Usual.RangeOf(dimming, settings.Parameters)?.Middle;
        state = state with { Usual = state.Usual.With(dimming, state.PowerMilliwatts ?? 0, settings.Parameters) };
        return expected is { } milliwatts ? WithDeviation(state, settings, Math.Max(1, milliwatts)) : state;
    }

    private static StreetlightState WithDeviation(in StreetlightState state, StreetlightSettings settings, long expected)
    {
        var deviation = (int)Math.Clamp(((state.PowerMilliwatts ?? 0) - expected) * 1_000 / expected, -DriftLimit, DriftLimit);
        var mean = state.DriftReports == 0 ? deviation : state.DriftPermille + ((deviation - state.DriftPermille) / DriftWeight);
        var reports = (byte)Math.Min(DriftReportsNeeded, state.DriftReports + 1);
        var limit = settings.Parameters.PowerDriftPermille - (state.IsDrifting ? DriftDeadband : 0);
        return state with { DriftPermille = (short)mean, DriftReports = reports, IsDrifting = reports == DriftReportsNeeded && Math.Abs(mean) > limit };
    }
}

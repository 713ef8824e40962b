using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Devices;

namespace Grid.Grains.Devices;

/// <summary>What a report says of a desired state.</summary>
/// <param name="Desired">The desired state after it; the same instance when it says nothing new.</param>
/// <param name="Confirmed">The commands that it confirms.</param>
/// <param name="IsDue">True when the device is to be told again: it does something else.</param>
public readonly record struct DesiredReport(DesiredState Desired, ImmutableArray<CommandConfirmed> Confirmed, bool IsDue);

/// <summary>
/// Whether a device does what it should, by its own reports that are its present. By reception, since a source's clock may be wrong. Pure.
/// </summary>
public static class DesiredReports
{
    /// <summary>A report within this time of the acceptance may have been made before the device was told.</summary>
    public const long GraceMilliseconds = 5 * MillisecondsPerMinute;

    /// <summary>After this long in another state, people are told: a discrepancy alarm in the terms of ISA-18.2.</summary>
    public const long DiscrepantAfterMilliseconds = 15 * MillisecondsPerMinute;

    /// <summary>First pause between two reminders; each is twice as long as the one before.</summary>
    public const long FirstReminderMilliseconds = 10 * MillisecondsPerMinute;

    private const long LongestReminderMilliseconds = 6 * 60 * MillisecondsPerMinute;
    private const long MillisecondsPerMinute = 60_000;

    /// <summary>Judges a report.</summary>
    /// <param name="desired">What the device should do.</param>
    /// <param name="entry">The report.</param>
    /// <param name="boost">The level up to which it may be above what it should be, because somebody is there; null when nobody is.</param>
    public static DesiredReport Judge<TRules, TSettings, TState>(DesiredState desired, ReadingEntry entry, double? boost = null)
        where TRules : IDeviceRules<TSettings, TState>
    {
        ImmutableArray<CommandConfirmed> confirmed = [];
        var isDue = false;
        var received = entry.ReceivedAt.ToMilliseconds();
        foreach (var aim in desired.Aims)
        {
            if (received < aim.AcceptedAt || entry[aim.Metric] is not { } value || !ReferenceEquals(desired.EffectiveAt(aim.Metric, received), aim))
            {
                continue;
            }

            if (Math.Abs(value - aim.Value) > aim.Tolerance)
            {
                var contradicted = Contradict(aim, value, boost, received, out var remind);
                isDue |= remind;
                desired = With(desired, aim, contradicted);
            }
            else
            {
                if (!aim.IsSettled)
                {
                    confirmed = confirmed.Add(Confirmation(aim.Command, entry, $"{aim.Metric} {value}, asked for {aim.Value}"));
                }

                // What program it runs is not what it should do: that is asked for once.
                desired = With(desired, aim, aim.Metric == DesiredRules.ProgramVersion && !aim.IsSettled ? null : Obeyed(aim));
            }
        }

        if (desired.Follow is { IsSettled: false } follow && received >= follow.AcceptedAt
            && TRules.PlanShown(entry, PlannedAt(desired, follow, received)) is { } shown)
        {
            confirmed = confirmed.Add(Confirmation(follow.Command, entry, $"{shown}, as planned"));
            desired = desired with { Follow = follow with { IsSettled = true } };
        }

        return new DesiredReport(desired, confirmed, isDue);
    }

    /// <summary>True while the device has done something else than it should for long.</summary>
    public static bool IsDiscrepant(DesiredState? desired, long now) =>
        desired is not null && HasDiscrepancy(desired, now);

    // Apart, so that nothing is made for the many that were never commanded.
    private static bool HasDiscrepancy(DesiredState desired, long now) =>
        desired.Aims.Any(aim => aim.IsDiscrepant && ReferenceEquals(desired.EffectiveAt(aim.Metric, now), aim));

    private static DesiredAim Obeyed(DesiredAim aim) => aim is { IsSettled: true, ContradictedAt: 0 }
        ? aim
        : aim with { IsSettled = true, ContradictedAt = 0, IsDiscrepant = false, Reminders = 0, RemindedAt = 0 };

    private static DesiredAim Contradict(DesiredAim aim, double value, double? boost, long received, out bool remind)
    {
        remind = false;

        // Who passes by lights the lamp: that is as it should be. What program it runs is seen to elsewhere.
        var isBoosted = boost is { } level && value >= aim.Value && value <= level + aim.Tolerance;
        if (received < aim.AcceptedAt + GraceMilliseconds || isBoosted || aim.Metric == DesiredRules.ProgramVersion)
        {
            return aim;
        }

        var since = aim.ContradictedAt == 0 ? received : aim.ContradictedAt;
        remind = received - Math.Max(aim.RemindedAt, aim.AcceptedAt) >= PauseAfter(aim.Reminders);
        var isDiscrepant = received - since >= DiscrepantAfterMilliseconds;
        return !remind && since == aim.ContradictedAt && isDiscrepant == aim.IsDiscrepant ? aim : aim with
        {
            ContradictedAt = since,
            IsDiscrepant = isDiscrepant,
            Reminders = aim.Reminders + (remind ? 1 : 0),
            RemindedAt = remind ? received : aim.RemindedAt,
        };
    }

    private static long PauseAfter(int reminders) =>
        reminders == 0 ? GraceMilliseconds : Math.Min(LongestReminderMilliseconds, FirstReminderMilliseconds << Math.Min(reminders - 1, 10));

    private static DesiredState With(DesiredState desired, DesiredAim aim, DesiredAim? next) => ReferenceEquals(aim, next)
        ? desired
        : desired with { Aims = [.. desired.Aims.Select(other => ReferenceEquals(other, aim) ? next : other).OfType<DesiredAim>()] };

    private static double? PlannedAt(DesiredState desired, FollowAim follow, long at)
    {
        if (desired.Aims.FirstOrDefault(aim => aim.Layer == Contracts.Commands.ControlLayer.Plan) is { } plan)
        {
            return plan.Value;
        }

        var level = default(double?);
        foreach (var planned in follow.Planned)
        {
            if (planned.From <= at)
            {
                level = planned.Percent;
            }
        }

        return level;
    }

    private static CommandConfirmed Confirmation(string command, ReadingEntry entry, FormattableString detail) =>
        new() { Command = command, At = entry.ObservedAt, Detail = detail.ToString(CultureInfo.InvariantCulture) };
}

using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Devices;
using Grid.Contracts.Parameters;
using Grid.Contracts.Rules;
using Grid.Grains.Devices;

namespace Grid.Grains.Rules.Trial;

/// <summary>
/// A device's life over again, with rules: its readings in the order in which they were observed, each as if it had come at once; time that passes in between; and the
/// finding that it is silent, when it was for too long. The same code that runs live. Pure.
/// </summary>
internal static class DeviceTrial
{
    private const string Sector = "trial";

    /// <summary>What the rules did from an instant on and before another.</summary>
    /// <param name="device">The device.</param>
    /// <param name="defaults">What its territories give to its parameters.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="readings">Its readings, and those of the cabinet that it hears, by the time at which they were observed.</param>
    /// <param name="from">From when on; what comes before only brings it into the state in which it was.</param>
    /// <param name="to">Before when.</param>
    /// <param name="context">What devices need.</param>
    public static List<RuleTrialEvent> Run(
        DeviceDescriptor device, ImmutableArray<ParameterSet> defaults, RuleSet rules, IEnumerable<ReadingEntry> readings, DateTimeOffset from, DateTimeOffset to, DeviceContext context)
    {
        var events = new List<RuleTrialEvent>();
        Play(device, defaults, rules, readings, to, context, (_, outcome) => events.AddRange(EventsOf(outcome.Effects, device.Id).Where(one => one.At >= from && one.At < to)));
        return events;
    }

    /// <summary>What its sector held of it before an instant, each time that this changed.</summary>
    public static List<TrialState> States(DeviceDescriptor device, ImmutableArray<ParameterSet> defaults, IEnumerable<ReadingEntry> readings, DateTimeOffset to, DeviceContext context)
    {
        var states = new List<TrialState>();
        Play(device, defaults, RuleSet.Empty, readings, to, context, (entry, outcome) =>
        {
            var state = new TrialState(device.Id, entry.ReceivedAt, outcome.Holding, outcome.Contribution.Status, outcome.LastHeardAt);
            if (states.Count == 0 || states[^1] with { At = state.At } != state)
            {
                states.Add(state);
            }
        });
        return states;
    }

    private static void Play(
        DeviceDescriptor device, ImmutableArray<ParameterSet> defaults, RuleSet rules, IEnumerable<ReadingEntry> readings, DateTimeOffset to, DeviceContext context, Action<LogEntry, DeviceOutcome> told)
    {
        var life = DeviceLives.New(device.Kind, device.Id, context);
        var offset = 0L;
        var outcome = default(DeviceOutcome);
        void Take(LogEntry entry)
        {
            outcome = life.Apply(entry, new LogPosition(Sector, ++offset), 0, out _);
            told(entry, outcome);
        }

        void PassUpTo(DateTimeOffset instant)
        {
            if (outcome is { ExpectedSince: { } since } && SilentAfter(device, defaults, outcome) is { } silence && since + silence < instant)
            {
                Take(new SilencedEntry { Device = DescriptorRules.CabinetFollowed(device) ?? device.Id, ReceivedAt = since + silence + TimeSpan.FromMilliseconds(1), LastHeardAt = since });
            }

            if (outcome.RulesDueAt is { } due && due < instant)
            {
                Take(new RulesLookEntry { Device = string.Empty, ReceivedAt = instant - TimeSpan.FromMilliseconds(1) });
            }
        }

        var isFirst = true;
        foreach (var reading in readings)
        {
            if (isFirst)
            {
                isFirst = false;
                Take(new RegisteredEntry { Device = device.Id, ReceivedAt = reading.ObservedAt, Descriptor = device, Revision = 1, Defaults = defaults, Rules = rules });
            }

            PassUpTo(reading.ObservedAt);
            Take(reading with { ReceivedAt = reading.ObservedAt, Session = null, Sequence = null });
        }

        if (!isFirst)
        {
            PassUpTo(to);
        }
    }

    /// <summary>As its sector has it: what it says itself counts, then what its territories give, then what is usual of it.</summary>
    private static TimeSpan? SilentAfter(DeviceDescriptor device, ImmutableArray<ParameterSet> defaults, in DeviceOutcome outcome)
    {
        return DescriptorRules.CabinetFollowed(device) is not null
            ? SilencePolicy.SilentAfter(device, defaults.Of(device.Kind))
            : SilencePolicy.SilentAfter(
                SilencePolicy.StatedBy(device), SilencePolicy.StatedBy(device.Kind, defaults.Of(device.Kind)), device.Kind, outcome.UsualIntervalMinutes, outcome.LostPerBillion, outcome.LateSeconds);
    }

    /// <summary>Effects as a trial tells them.</summary>
    public static IEnumerable<RuleTrialEvent> EventsOf(ImmutableArray<DeviceEffect> effects, string device)
    {
        foreach (var effect in effects.IsDefault ? [] : effects)
        {
            switch (effect)
            {
                case RuleAlarm alarm:
                    yield return new RuleTrialEvent(alarm.At, device, alarm.Active ? "raise" : "clear", alarm.Active ? alarm.Message : alarm.Condition);
                    break;
                case RuleCommand command:
                    yield return new RuleTrialEvent(
                        command.At,
                        device,
                        "command",
                        $"{command.Name}({string.Join(", ", command.Arguments.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}: {pair.Value}")))}) to {command.Receivers}");
                    break;
                case RuleWorkOrder order:
                    yield return new RuleTrialEvent(order.At, device, "workOrder", order.Note ?? "");
                    break;
                case RuleNotification notification:
                    yield return new RuleTrialEvent(notification.At, device, "notify", $"{notification.Endpoint}: {notification.Message}");
                    break;
                case RuleFlag flag:
                    yield return new RuleTrialEvent(flag.At, device, flag.IsSet ? "setFlag" : "endFlag", flag.Name);
                    break;
            }
        }
    }
}

/// <summary>What a sector holds of a device from an instant on.</summary>
internal sealed record TrialState(string Device, DateTimeOffset At, int Holding, DeviceStatus Status, DateTimeOffset? HeardAt);

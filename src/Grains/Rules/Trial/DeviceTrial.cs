using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Devices;
using Grid.Contracts.Parameters;
using Grid.Contracts.Rules;
using Grid.Grains.Devices;
using Grid.Grains.Rules.Evaluation;

namespace Grid.Grains.Rules.Trial;

/// <summary>
/// A device's life over again, with rules: what came of it as it came, time that passes in between, and the finding that it is silent. The same code that runs live. Pure.
/// </summary>
internal static class DeviceTrial
{
    private const string Sector = "trial";

    /// <summary>What one of the rules did from an instant on and before another.</summary>
    /// <param name="device">The device.</param>
    /// <param name="rules">The rules that it follows: a late report counts no earlier than the last instant at which time has moved any of them.</param>
    /// <param name="rule">The id of that one.</param>
    /// <param name="from">From when on; what comes before only brings it into the state in which it was.</param>
    /// <param name="to">Before when.</param>
    /// <param name="context">What devices need.</param>
    public static IEnumerable<RuleTrialEvent> Run(TrialDevice device, RuleSet rules, string rule, DateTimeOffset from, DateTimeOffset to, DeviceContext context)
    {
        var events = new List<RuleTrialEvent>();
        Play(device, rules, to, context, (_, outcome) =>
        {
            if (!outcome.Effects.IsDefaultOrEmpty)
            {
                events.AddRange(EventsOf([.. outcome.Effects.Where(effect => IsOf(effect, rule))], device.Descriptor.Id).Where(one => one.At >= from && one.At < to));
            }
        });
        return events;
    }

    /// <summary>What its sector held of it before an instant, each time that this changed.</summary>
    /// <param name="device">The device.</param>
    /// <param name="to">Before when.</param>
    /// <param name="isHeardSeen">Whether that it was heard is a change.</param>
    /// <param name="context">What devices need.</param>
    public static List<TrialState> States(TrialDevice device, DateTimeOffset to, bool isHeardSeen, DeviceContext context)
    {
        var states = new List<TrialState>();
        Play(device, RuleSet.Empty, to, context, (entry, outcome) =>
        {
            var state = new TrialState(device.Descriptor.Id, entry.ReceivedAt, states.Count, outcome.Holding, outcome.Contribution.Status, isHeardSeen ? outcome.LastHeardAt : null);
            if (states.Count == 0 || states[^1] with { At = state.At, Number = state.Number } != state)
            {
                states.Add(state);
            }
        });
        return states;
    }

    private static void Play(TrialDevice device, RuleSet rules, DateTimeOffset to, DeviceContext context, Action<LogEntry, DeviceOutcome> told)
    {
        var descriptor = device.Descriptor;
        var life = DeviceLives.New(descriptor.Kind, descriptor.Id, context);
        var offset = 0L;
        var outcome = default(DeviceOutcome);
        void Take(LogEntry entry)
        {
            outcome = life.Apply(entry, new LogPosition(Sector, ++offset), 0, out _);
            told(entry, outcome);
        }

        void PassTo(DateTimeOffset instant)
        {
            if (outcome is { ExpectedSince: { } since } && SilentAfter(descriptor, device.Defaults, outcome) is { } silence && since + silence < instant && since + silence < device.Course.KeptSince)
            {
                Take(new SilencedEntry { Device = DescriptorRules.CabinetFollowed(descriptor) ?? descriptor.Id, ReceivedAt = since + silence + TimeSpan.FromMilliseconds(1), LastHeardAt = since });
            }

            // As its sector looks, at the first instant after what is due; one after what it was told last.
            while (outcome.RulesDueAt is { } due && due < to)
            {
                var look = RuleInstants.AtOrAfter(Math.Max(due.ToMilliseconds(), (outcome.LastHeardAt?.ToMilliseconds() ?? 0) + 1));
                if (look > instant.ToMilliseconds())
                {
                    break;
                }

                Take(new RulesLookEntry { Device = string.Empty, ReceivedAt = DateTimeOffset.FromUnixTimeMilliseconds(look) });
                if (outcome.RulesDueAt <= due)
                {
                    break;
                }
            }
        }

        Take(new RegisteredEntry { Device = descriptor.Id, ReceivedAt = device.Since, Descriptor = descriptor, Revision = 1, Defaults = device.Defaults, Rules = rules });
        foreach (var entry in device.Course.Entries)
        {
            // What its cabinet had sent before it was registered is none of it.
            if (entry.ReceivedAt >= device.Since)
            {
                PassTo(entry.ReceivedAt);
                Take(entry);
            }
        }

        // What is due before the end is seen at a look that may come after it.
        PassTo(to.AddMilliseconds(2 * RuleInstants.EveryMilliseconds));
    }

    private static bool IsOf(DeviceEffect effect, string rule) => effect switch
    {
        RuleAlarm alarm => alarm.Rule == rule,
        RuleAction action => action.Rule == rule,
        _ => false,
    };

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

/// <summary>A device to be tried.</summary>
/// <param name="Descriptor">What it is.</param>
/// <param name="Sector">Where it is.</param>
/// <param name="Defaults">What its territories give to its parameters.</param>
/// <param name="Since">Since when it is there: what came before is not seen.</param>
/// <param name="Course">What came of it, and of the cabinet that it hears.</param>
internal sealed record TrialDevice(DeviceDescriptor Descriptor, string Sector, ImmutableArray<ParameterSet> Defaults, DateTimeOffset Since, TrialCourse Course);

/// <summary>What a sector holds of a device from an instant on.</summary>
/// <param name="Device">The device's key.</param>
/// <param name="At">From when on.</param>
/// <param name="Number">Its place among those of the device.</param>
/// <param name="Holding">The conditions that hold.</param>
/// <param name="Status">Its status.</param>
/// <param name="HeardAt">When it was heard last; null where nobody asks.</param>
internal readonly record struct TrialState(string Device, DateTimeOffset At, int Number, int Holding, DeviceStatus Status, DateTimeOffset? HeardAt) : IComparable<TrialState>
{
    /// <summary>By instant; of one device in the order in which they came.</summary>
    public int CompareTo(TrialState other)
    {
        var byTime = At.CompareTo(other.At);
        var byDevice = byTime != 0 ? byTime : string.CompareOrdinal(Device, other.Device);
        return byDevice != 0 ? byDevice : Number.CompareTo(other.Number);
    }
}

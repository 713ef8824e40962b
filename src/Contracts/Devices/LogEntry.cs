using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.Parameters;
using Grid.Contracts.Rules;
using Orleans;

namespace Grid.Contracts.Devices;

/// <summary>
/// One record of the reading log: everything that changes a device, in the one order that its sector applies. Replaying the log from a
/// snapshot gives the same state.
/// </summary>
[GenerateSerializer, Immutable, Alias("grid.LogEntry")]
public abstract record LogEntry
{
    /// <summary>The device's key.</summary>
    [Id(0)] public required string Device { get; init; }

    /// <summary>When Grid took it in (UTC, milliseconds). The clock of every rule: never the wall clock at replay.</summary>
    [Id(1)] public required DateTimeOffset ReceivedAt { get; init; }
}

/// <summary>A report of a device: values observed at one instant.</summary>
[GenerateSerializer, Immutable, Alias("grid.ReadingEntry")]
public sealed record ReadingEntry : LogEntry
{
    /// <summary>When it was observed (UTC, milliseconds); may be late, at most 10 minutes ahead of reception.</summary>
    [Id(0)] public required DateTimeOffset ObservedAt { get; init; }

    /// <summary>Join or boot session of the source, null when it has none.</summary>
    [Id(1)] public string? Session { get; init; }

    /// <summary>Frame counter within the session, null when the source has none.</summary>
    [Id(2)] public long? Sequence { get; init; }

    /// <summary>Values by canonical metric name; known metrics are within their range.</summary>
    [Id(3)] public required ImmutableArray<MetricValue> Metrics { get; init; }

    /// <summary>Whose it is, when it is a person's; null for every other device. What is kept of it is then sealed.</summary>
    [Id(4)] public PersonalReading? Personal { get; init; }

    /// <summary>The instant under which history keeps it: when it was observed, or the start of the day for which it stands.</summary>
    public DateTimeOffset KeptAt => Personal?.Day ?? ObservedAt;

    /// <summary>The value of a metric in this report, null when the report does not carry it.</summary>
    public double? this[string metric]
    {
        get
        {
            foreach (var value in Metrics)
            {
                if (ReferenceEquals(value.Name, metric) || string.Equals(value.Name, metric, StringComparison.Ordinal))
                {
                    return value.Value;
                }
            }

            return null;
        }
    }
}

/// <summary>A finite value of a metric, in the unit that ends the metric's name.</summary>
[GenerateSerializer, Immutable, Alias("grid.MetricValue")]
public readonly record struct MetricValue([property: Id(0)] string Name, [property: Id(1)] double Value);

/// <summary>The device was created, replaced, or has moved into this sector.</summary>
[GenerateSerializer, Immutable, Alias("grid.RegisteredEntry")]
public sealed record RegisteredEntry : LogEntry
{
    /// <summary>What was registered.</summary>
    [Id(0)] public required DeviceDescriptor Descriptor { get; init; }

    /// <summary>The registry's revision of it.</summary>
    [Id(1)] public required long Revision { get; init; }

    /// <summary>What the device's territories give where it says nothing itself. The log has none: the sector adds what holds there as of the entry.</summary>
    [Id(2)] public ImmutableArray<ParameterSet> Defaults { get; init; } = [];

    /// <summary>The rules that operators wrote for the sector. The log has none: the sector adds what holds there as of the entry.</summary>
    [Id(3)] public RuleSet Rules { get; init; } = RuleSet.Empty;

    /// <summary>What a device that moved brings along of its alarms; null for one that had none, or has not moved. A sector that has the device already leaves it out.</summary>
    [Id(4)] public MovingAlarms? Alarms { get; init; }
}

/// <summary>The device was deleted, or has left for another sector.</summary>
[GenerateSerializer, Immutable, Alias("grid.RemovedEntry")]
public sealed record RemovedEntry : LogEntry
{
    /// <summary>The device's trade in this sector.</summary>
    [Id(0)] public required DeviceKind Kind { get; init; }

    /// <summary>True when the device goes on in another sector and keeps its state.</summary>
    [Id(1)] public required bool Moved { get; init; }

    /// <summary>The registry's revision of the removal.</summary>
    [Id(2)] public required long Revision { get; init; }

    /// <summary>How far the telling of its alarms has come, of a device that goes on elsewhere.</summary>
    [Id(3)] public ImmutableArray<ToldAlarm> Told { get; init; } = [];
}

/// <summary>The device was not heard for longer than its kind allows, found by its sector's sweep.</summary>
[GenerateSerializer, Immutable, Alias("grid.SilencedEntry")]
public sealed record SilencedEntry : LogEntry
{
    /// <summary>When the device had last been heard, or could speak again. If it was heard since, or cannot speak, the entry changes nothing.</summary>
    [Id(0)] public required DateTimeOffset LastHeardAt { get; init; }
}

/// <summary>
/// From here on, these are what the territories of the sector give to the parameters of its devices' rules: of all kinds, in place of all that was given before. Its
/// <see cref="LogEntry.Device"/> is empty: it is for every device of the sector.
/// </summary>
[GenerateSerializer, Immutable, Alias("grid.ParametersEntry")]
public sealed record ParametersEntry : LogEntry
{
    /// <summary>By kind; a kind or a name that is left out is given by nobody.</summary>
    [Id(0)] public required ImmutableArray<ParameterSet> Defaults { get; init; }
}

/// <summary>
/// From here on, these are the rules that operators wrote for the devices of the sector, in place of all that held before. Its <see cref="LogEntry.Device"/> is empty: it is
/// for every device of the sector.
/// </summary>
[GenerateSerializer, Immutable, Alias("grid.RulesEntry")]
public sealed record RulesEntry : LogEntry
{
    /// <summary>The rules.</summary>
    [Id(0)] public required RuleSet Rules { get; init; }
}

/// <summary>
/// Time has passed for the rules of the devices that are due: what had to last has lasted, a schedule begins or ends. Its <see cref="LogEntry.Device"/> is empty.
/// </summary>
[GenerateSerializer, Immutable, Alias("grid.RulesLookEntry")]
public sealed record RulesLookEntry : LogEntry;

/// <summary>
/// What a look at the rules that ask for neighbours, alarms or figures has decided: found once, live, and the same for whoever replays the log. Its
/// <see cref="LogEntry.Device"/> is empty.
/// </summary>
[GenerateSerializer, Immutable, Alias("grid.RuleTurnEntry")]
public sealed record RuleTurnEntry : LogEntry
{
    /// <summary>The instant for which they were judged.</summary>
    [Id(0)] public required DateTimeOffset At { get; init; }

    /// <summary>What has changed, by device and then in the order of the rules.</summary>
    [Id(1)] public required ImmutableArray<RuleTurn> Turns { get; init; }

    /// <summary>The look of the commune that they saw, for rules that ask for it; null for none.</summary>
    [Id(2)] public DateTimeOffset? Seen { get; init; }
}

/// <summary>Somebody does something to an alarm of the sector. Its <see cref="LogEntry.Device"/> is the alarm's source, which may be no device.</summary>
[GenerateSerializer, Immutable, Alias("grid.AlarmOrderEntry")]
public sealed record AlarmOrderEntry : LogEntry
{
    /// <summary>The alarm's condition.</summary>
    [Id(0)] public required string Condition { get; init; }

    /// <summary>What is done.</summary>
    [Id(1)] public required AlarmOrder Order { get; init; }
}

/// <summary>Something that no device says of itself begins or ceases to hold. Its <see cref="LogEntry.Device"/> is the alarm's source.</summary>
[GenerateSerializer, Immutable, Alias("grid.AlarmSignalEntry")]
public sealed record AlarmSignalEntry : LogEntry
{
    /// <summary>What.</summary>
    [Id(0)] public required AlarmSignal Signal { get; init; }
}

/// <summary>
/// From here on, the alarms of what hangs on a cause that serves several sectors are told as one by one of them, or each sector's for itself again. Its <see cref="LogEntry.Device"/> is the cause, such as <c>gateway:G7</c>.
/// </summary>
[GenerateSerializer, Immutable, Alias("grid.AlarmCauseEntry")]
public sealed record AlarmCauseEntry : LogEntry
{
    /// <summary>The sector whose alarm explains those of all; null for each sector by itself.</summary>
    [Id(0)] public string? Home { get; init; }
}

/// <summary>From here on, this is what the territories of the sector give to the definitions of its alarms, in place of all that was given before. Its <see cref="LogEntry.Device"/> is empty.</summary>
[GenerateSerializer, Immutable, Alias("grid.AlarmSettingsEntry")]
public sealed record AlarmSettingsEntry : LogEntry
{
    /// <summary>In their one form: by kind, those for all first, and condition.</summary>
    [Id(0)] public required ImmutableArray<AlarmSetting> Settings { get; init; }
}

/// <summary>Time has passed for the alarms of the sector: what was shelved until then comes back, what had to last has lasted. Its <see cref="LogEntry.Device"/> is empty.</summary>
[GenerateSerializer, Immutable, Alias("grid.AlarmClockEntry")]
public sealed record AlarmClockEntry : LogEntry;

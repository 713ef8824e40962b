using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Orleans;

namespace Grid.Grains.Devices;

/// <summary>What a device should do, by the newest command that it took. Absolute and versioned.</summary>
[GenerateSerializer, Immutable, Alias("grid.DesiredState")]
public sealed record DesiredState
{
    /// <summary>Grows by one with each change.</summary>
    [Id(0)] public long Version { get; init; }

    /// <summary>The command that asked.</summary>
    [Id(1)] public string Command { get; init; } = string.Empty;

    /// <summary>What it asks for.</summary>
    [Id(2)] public string Metric { get; init; } = string.Empty;

    /// <summary>The value asked for.</summary>
    [Id(3)] public double Value { get; init; }

    /// <summary>How far from it a report may be and still confirm.</summary>
    [Id(4)] public double Tolerance { get; init; }

    /// <summary>When it was accepted, in Unix milliseconds.</summary>
    [Id(5)] public long AcceptedAt { get; init; }

    /// <summary>When it ends and the device follows its plan again, in Unix milliseconds; 0 for never.</summary>
    [Id(6)] public long EndsAt { get; init; }

    /// <summary>True once the measurements showed it.</summary>
    [Id(7)] public bool IsConfirmed { get; init; }

    /// <summary>The last answers, newest last: the same command again gets the same answer.</summary>
    [Id(8)] public DesiredAnswerGiven[] Answers { get; init; } = [];

    /// <summary>True while it holds at an instant in Unix milliseconds.</summary>
    public bool HoldsAt(long at) => EndsAt == 0 || at < EndsAt;
}

/// <summary>An answer that was given to a command that was taken.</summary>
/// <param name="Command">The command.</param>
/// <param name="Version">The version that it made.</param>
/// <param name="Superseded">The command whose place it took, if any.</param>
[GenerateSerializer, Immutable, Alias("grid.DesiredAnswerGiven")]
public readonly record struct DesiredAnswerGiven([property: Id(0)] string Command, [property: Id(1)] long Version, [property: Id(2)] string? Superseded);

/// <summary>A confirmation that an entry had as its effect.</summary>
/// <param name="Offset">The entry's offset in the log of the device's sector.</param>
/// <param name="Effect">The confirmation.</param>
[GenerateSerializer, Immutable, Alias("grid.ConfirmationGiven")]
public readonly record struct ConfirmationGiven([property: Id(0)] long Offset, [property: Id(1)] CommandConfirmed Effect);

/// <summary>Rules of desired state, the same for every trade.</summary>
public static class DesiredRules
{
    /// <summary>Answers kept: a command that is repeated after this many others is a new one.</summary>
    private const int AnswersKept = 4;

    private const string Duration = "durationMinutes";
    private const long MillisecondsPerMinute = 60_000;

    /// <summary>Takes or refuses a change. Refused or repeated, the state stays as it was (the same instance).</summary>
    public static DesiredState? Change<TRules, TSettings, TState>(DesiredState? former, TSettings settings, DesiredChange change, out DesiredAnswer answer)
        where TRules : IDeviceRules<TSettings, TState>
    {
        foreach (var given in former?.Answers ?? [])
        {
            if (given.Command == change.Command)
            {
                answer = new DesiredAnswer { Version = given.Version, Superseded = given.Superseded };
                return former;
            }
        }

        if (Refuse(TRules.Kind, change) is { } refusal)
        {
            answer = refusal;
            return former;
        }

        if (TRules.AimOf(settings, change, out var reason) is not { } aim)
        {
            answer = new DesiredAnswer { Field = "device", Reason = reason };
            return former;
        }

        var at = change.At.ToMilliseconds();
        var version = (former?.Version ?? 0) + 1;
        var superseded = former is { IsConfirmed: false } && former.HoldsAt(at) ? former.Command : null;
        answer = new DesiredAnswer { Version = version, Superseded = superseded };
        return new DesiredState
        {
            Version = version,
            Command = change.Command,
            Metric = MetricNames.Shared(aim.Metric),
            Value = aim.Value,
            Tolerance = aim.Tolerance,
            AcceptedAt = at,
            EndsAt = change.Arguments.TryGetValue(Duration, out var minutes) ? at + (long)(minutes * MillisecondsPerMinute) : 0,
            Answers = [.. (former?.Answers ?? []).TakeLast(AnswersKept - 1), new DesiredAnswerGiven(change.Command, version, superseded)],
        };
    }

    /// <summary>
    /// What a report that is the device's present says of a desired state: confirmed when it was received at or after acceptance and shows the
    /// value. By reception, since a source's clock may be wrong.
    /// </summary>
    public static CommandConfirmed? Confirm(DesiredState? desired, ReadingEntry entry)
    {
        if (desired is null or { IsConfirmed: true })
        {
            return null;
        }

        var received = entry.ReceivedAt.ToMilliseconds();
        return received >= desired.AcceptedAt && desired.HoldsAt(received)
            && entry[desired.Metric] is { } value && Math.Abs(value - desired.Value) <= desired.Tolerance
            ? new CommandConfirmed
            {
                Command = desired.Command,
                At = entry.ObservedAt,
                Detail = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{desired.Metric} {value}, asked for {desired.Value}"),
            }
            : null;
    }

    /// <summary>As clients see it: the metric asked for while it holds.</summary>
    public static ImmutableArray<MetricValue> View(DesiredState? desired, long now) =>
        desired is not null && desired.HoldsAt(now) ? [new MetricValue(desired.Metric, desired.Value)] : [];

    private static DesiredAnswer? Refuse(DeviceKind kind, DesiredChange change)
    {
        if (!CommandCatalog.ByName.TryGetValue((kind, change.Name), out var command))
        {
            return new DesiredAnswer { Field = "name", Reason = $"a device of kind {kind.ToString().ToLowerInvariant()} has no command '{change.Name}'" };
        }

        foreach (var argument in command.Arguments)
        {
            if (!change.Arguments.TryGetValue(argument.Name, out var value))
            {
                if (argument.IsRequired)
                {
                    return new DesiredAnswer { Field = $"args.{argument.Name}", Reason = "is required" };
                }
            }
            else if (!(value >= argument.Minimum && value <= argument.Maximum))
            {
                return new DesiredAnswer
                {
                    Field = $"args.{argument.Name}",
                    Reason = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"must be from {argument.Minimum} to {argument.Maximum}"),
                };
            }
        }

        foreach (var name in change.Arguments.Keys)
        {
            if (!command.Arguments.Any(argument => argument.Name == name))
            {
                return new DesiredAnswer { Field = $"args.{name}", Reason = $"'{change.Name}' has no such argument" };
            }
        }

        return null;
    }
}

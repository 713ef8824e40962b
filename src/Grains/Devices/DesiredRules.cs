using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;

namespace Grid.Grains.Devices;

/// <summary>Rules of desired state, the same for every trade. Pure.</summary>
public static class DesiredRules
{
    /// <summary>Answers kept: a command that is repeated after this many others is a new one.</summary>
    private const int AnswersKept = 4;

    private const string Duration = "durationMinutes";

    /// <summary>The metric by which a controller says which program it runs.</summary>
    internal const string ProgramVersion = "programVersion";

    private const long MillisecondsPerMinute = 60_000;

    /// <summary>Takes or refuses a change. Refused or repeated, the state stays as it was (the same instance).</summary>
    public static DesiredState? Change<TRules, TSettings, TState>(DesiredState? former, TSettings settings, DesiredChange change, out DesiredAnswer answer)
        where TRules : IDeviceRules<TSettings, TState>
    {
        foreach (var given in former?.Answers ?? [])
        {
            if (given.Command == change.Command)
            {
                answer = new DesiredAnswer
                {
                    Version = given.Version,
                    Superseded = [.. given.Superseded],
                    HeldBy = given.HeldBy,
                    Order = given.HeldBy is null && change.Name != CommandCatalog.LoadProgram ? OrderOf<TRules, TSettings, TState>(former!, change) : null,
                    Resumes = (change.Name == CommandCatalog.FollowPlan ? Rest(former!, change) : null) ?? Resumption(former!, change.At.ToMilliseconds()),
                };
                return former;
            }
        }

        if (Refuse(TRules.Kind, change) is { } refusal)
        {
            answer = refusal;
            return former;
        }

        var state = former ?? new DesiredState();
        if (change.Name == CommandCatalog.FollowPlan)
        {
            answer = TRules.RefusePlan(settings) is { } reason ? DesiredAnswer.Refused("device", reason) : new DesiredAnswer();
            return answer.Reason is null ? FollowPlan<TRules, TSettings, TState>(state, change, out answer) : former;
        }

        if (change.Name == CommandCatalog.LoadProgram)
        {
            return Aim<TRules, TSettings, TState>(state, change, new Aim(ProgramVersion, change.ProgramVersion, Tolerance: 0), out answer);
        }

        if (TRules.AimOf(settings, change, out var refused) is not { } aim)
        {
            answer = DesiredAnswer.Refused("device", refused!.Value);
            return former;
        }

        return Aim<TRules, TSettings, TState>(state, change, aim, out answer);
    }

    /// <summary>As clients see it: the metrics asked for, as they count now.</summary>
    public static ImmutableArray<MetricValue> View(DesiredState? desired, long now) => desired is null
        ? []
        : [.. desired.Aims.Where(aim => ReferenceEquals(desired.EffectiveAt(aim.Metric, now), aim)).Select(aim => new MetricValue(aim.Metric, aim.Value))];

    /// <summary>What a device is to be told so that it is in its desired state, for every metric that an aim holds for; empty when it follows its plan.</summary>
    public static ImmutableArray<DeviceOrder> Orders<TRules, TSettings, TState>(DesiredState? desired, long now)
        where TRules : IDeviceRules<TSettings, TState> => desired is null
        ? []
        : [.. desired.Aims.Where(aim => aim.Metric != ProgramVersion && ReferenceEquals(desired.EffectiveAt(aim.Metric, now), aim)).Select(aim => OrderOf<TRules, TSettings, TState>(aim, now))];

    /// <summary>Without what has ended, as a new version: what lay below counts, and is news to the device. The same state when nothing has ended.</summary>
    public static DesiredState? DropEnded(DesiredState? desired, long now) => desired is null || desired.Aims.All(aim => aim.HoldsAt(now))
        ? desired
        : desired with { Version = desired.Version + 1, Aims = [.. desired.Aims.Where(aim => aim.HoldsAt(now))] };

    /// <summary>The next instant after one at which an aim ends, in Unix milliseconds; null when none does.</summary>
    public static long? NextEnd(DesiredState? desired, long now)
    {
        var ends = (desired?.Aims ?? []).Where(aim => aim.EndsAt > now).Select(aim => aim.EndsAt).ToArray();
        return ends.Length == 0 ? null : ends.Min();
    }

    private static DesiredState Aim<TRules, TSettings, TState>(DesiredState former, DesiredChange change, Aim aim, out DesiredAnswer answer)
        where TRules : IDeviceRules<TSettings, TState>
    {
        var at = change.At.ToMilliseconds();
        var next = new DesiredAim
        {
            Layer = change.Layer,
            Metric = MetricNames.Shared(aim.Metric),
            Value = aim.Value,
            Tolerance = aim.Tolerance,
            Command = change.Command,
            AcceptedAt = at,
            EndsAt = change.Arguments.TryGetValue(Duration, out var minutes) ? at + (long)(minutes * MillisecondsPerMinute) : 0,
            IsSettled = change.Layer == ControlLayer.Plan,
        };
        if (change.Layer == ControlLayer.Plan && former.Aims.FirstOrDefault(other => IsSame(other, next)) is { } same && same.Value == next.Value)
        {
            // A plan that says again what it says.
            answer = Answered<TRules, TSettings, TState>(former, former.Version, same, [], at);
            return former;
        }

        // What has ended stays no longer; what lies below stays, and its command has nothing more to be told of.
        var aims = former.Aims.Where(other => other.HoldsAt(at) && !IsSame(other, next)).Append(next)
            .OrderBy(other => other.Layer).ThenBy(other => other.Metric, StringComparer.Ordinal).ToArray();
        var state = former with { Version = former.Version + 1, Aims = aims };
        var superseded = new List<string>(Pending(former, at).Where(other => IsSame(other, next)).Select(other => other.Command));
        if (ReferenceEquals(state.EffectiveAt(next.Metric, at), next))
        {
            superseded.AddRange(Pending(former, at).Where(other => other.Metric == next.Metric && other.Layer < next.Layer).Select(other => other.Command));
            if (former.Follow is { IsSettled: false } follow && next.Layer != ControlLayer.Plan && next.Metric != ProgramVersion)
            {
                superseded.Add(follow.Command);
                state = state with { Follow = null };
            }
        }
        else
        {
            state = Settled(state, [next.Command]);
        }

        state = Settled(state, superseded);
        answer = Answered<TRules, TSettings, TState>(state, state.Version, state.Aims.First(other => IsSame(other, next)), superseded, at);
        return change.Layer == ControlLayer.Plan ? state : Remember(state, change, answer);
    }

    private static DesiredState FollowPlan<TRules, TSettings, TState>(DesiredState former, DesiredChange change, out DesiredAnswer answer)
        where TRules : IDeviceRules<TSettings, TState>
    {
        if (change is { Layer: ControlLayer.Plan, Expected: { } expected })
        {
            // What a device is judged by is nothing that it is told: what is asked of it, and the version of that, stay as they are.
            answer = new DesiredAnswer { Version = former.Version };
            return Judged(former, expected);
        }

        var at = change.At.ToMilliseconds();
        var dropped = former.Aims.Where(aim => aim.Metric != ProgramVersion && aim.Layer <= change.Layer && (aim.Layer != ControlLayer.Plan || change.Layer == ControlLayer.Plan)).ToArray();
        var superseded = Pending(former, at).Where(dropped.Contains).Select(aim => aim.Command).ToList();
        var state = former with { Version = former.Version + 1, Aims = [.. former.Aims.Except(dropped).Where(aim => aim.HoldsAt(at))] };
        if (change.Layer == ControlLayer.Plan)
        {
            answer = new DesiredAnswer { Version = state.Version };
            return dropped.Length == 0 ? former : state;
        }

        if (former.Follow is { IsSettled: false } follow)
        {
            superseded.Add(follow.Command);
        }

        var above = state.Aims.Where(aim => aim.Layer > change.Layer).Select(aim => (ControlLayer?)aim.Layer).Max();
        state = state with
        {
            Follow = above is not null ? null : new FollowAim { Command = change.Command, AcceptedAt = at, Planned = [.. change.Planned] },
        };
        answer = new DesiredAnswer
        {
            Version = state.Version,
            Superseded = [.. superseded],
            HeldBy = above,
            Order = above is null ? OrderOf<TRules, TSettings, TState>(state, change) : null,
            Resumes = above is null ? Rest(state, change) : null,
        };
        return Remember(state, change, answer);
    }

    /// <summary>With what the device is judged by from now on; the same state when that is no news.</summary>
    private static DesiredState Judged(DesiredState state, ExpectedSegments expected) => expected is not { Levels.IsEmpty: true, Loads.IsEmpty: true }
        ? state with { Expected = expected }
        : state.Expected is { } former && former.Sector == expected.Sector ? state with { Expected = null } : state;

    /// <summary>To follow a plan that the device does not keep takes an order for each of its metrics, and an answer has one: the others are to be told at once.</summary>
    private static DateTimeOffset? Rest(DesiredState state, DesiredChange change) =>
        state.Aims.Count(aim => aim.Layer == ControlLayer.Plan) > 1 ? change.At : null;

    private static DesiredState Remember(DesiredState state, DesiredChange change, DesiredAnswer answer) => state with
    {
        Answers = [.. state.Answers.TakeLast(AnswersKept - 1), new DesiredAnswerGiven(change.Command, answer.Version, [.. answer.Superseded], answer.HeldBy)],
    };

    private static DesiredAnswer Answered<TRules, TSettings, TState>(DesiredState state, long version, DesiredAim aim, List<string> superseded, long at)
        where TRules : IDeviceRules<TSettings, TState>
    {
        var effective = state.EffectiveAt(aim.Metric, at);
        return new DesiredAnswer
        {
            Version = version,
            Superseded = [.. superseded],
            HeldBy = ReferenceEquals(effective, aim) ? null : effective?.Layer,
            Order = ReferenceEquals(effective, aim) && aim.Metric != ProgramVersion ? OrderOf<TRules, TSettings, TState>(aim, at) : null,
            Resumes = Resumption(state, at),
        };
    }

    /// <summary>When the first aim ends that has another one below it: the device does not know that one.</summary>
    private static DateTimeOffset? Resumption(DesiredState state, long at)
    {
        var ends = state.Aims.Where(aim => aim.EndsAt > at && state.Aims.Any(below => below.Layer < aim.Layer && below.Metric == aim.Metric && below.HoldsAt(aim.EndsAt)))
            .Select(aim => aim.EndsAt).ToArray();
        return ends.Length == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(ends.Min());
    }

    /// <summary>What a device is told for a change: as it was asked for; to follow a plan that the device does not keep, what that plan says now.</summary>
    private static DeviceOrder OrderOf<TRules, TSettings, TState>(DesiredState state, DesiredChange change)
        where TRules : IDeviceRules<TSettings, TState> =>
        change.Name == CommandCatalog.FollowPlan && state.Aims.FirstOrDefault(aim => aim.Layer == ControlLayer.Plan) is { } planned
            ? OrderOf<TRules, TSettings, TState>(planned, change.At.ToMilliseconds())
            : new DeviceOrder(change.Name, change.Arguments);

    private static DeviceOrder OrderOf<TRules, TSettings, TState>(DesiredAim aim, long at)
        where TRules : IDeviceRules<TSettings, TState>
    {
        var order = TRules.OrderOf(new Aim(aim.Metric, aim.Value, aim.Tolerance));
        return aim.EndsAt == 0 ? order : order with { Arguments = order.Arguments.SetItem(Duration, Math.Max(1, (double)(aim.EndsAt - at) / MillisecondsPerMinute)) };
    }

    private static IEnumerable<DesiredAim> Pending(DesiredState state, long at) => state.Aims.Where(aim => !aim.IsSettled && aim.HoldsAt(at));

    private static DesiredState Settled(DesiredState state, IReadOnlyCollection<string> commands) => commands.Count == 0
        ? state
        : state with { Aims = [.. state.Aims.Select(aim => !aim.IsSettled && commands.Contains(aim.Command) ? aim with { IsSettled = true } : aim)] };

    private static bool IsSame(DesiredAim left, DesiredAim right) => left.Layer == right.Layer && left.Metric == right.Metric;

    private static DesiredAnswer? Refuse(DeviceKind kind, DesiredChange change)
    {
        if (!CommandCatalog.ByName.TryGetValue((kind, change.Name), out var command))
        {
            return DesiredAnswer.Refused("name", new(
                $"un équipement du type {kind.ToString().ToLowerInvariant()} n’a pas de commande '{change.Name}'", $"a device of kind {kind.ToString().ToLowerInvariant()} has no command '{change.Name}'"));
        }

        foreach (var argument in command.Arguments)
        {
            if (!change.Arguments.TryGetValue(argument.Name, out var value))
            {
                if (argument.IsRequired)
                {
                    return DesiredAnswer.Refused($"args.{argument.Name}", new("est obligatoire", "is required"));
                }
            }
            else if (!argument.Allows(value))
            {
                return DesiredAnswer.Refused($"args.{argument.Name}", new($"doit être un {argument.RuleFrench}", $"must be a {argument.Rule}"));
            }
        }

        foreach (var name in change.Arguments.Keys)
        {
            if (!command.Arguments.Any(argument => argument.Name == name))
            {
                return DesiredAnswer.Refused($"args.{name}", new($"'{change.Name}' n’a pas cet argument", $"'{change.Name}' has no such argument"));
            }
        }

        return null;
    }
}

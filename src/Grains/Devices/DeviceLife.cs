using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Parameters;
using Grid.Contracts.Rules;
using Grid.Contracts.Sectors;
using Grid.Grains.Learning;
using Grid.Grains.Parameters;
using Grid.Grains.Rules.Evaluation;

namespace Grid.Grains.Devices;

/// <summary>
/// A device's life apart from storage: takes log entries in order, whatever the trade, and keeps what every trade has. A pure function of state
/// and entry: no clock, no randomness, so that a replay gives the same.
/// </summary>
/// <param name="id">The device's key.</param>
/// <param name="context">What it needs of its process.</param>
public sealed partial class DeviceLife<TRules, TSettings, TState>(string id, DeviceContext context) : IDeviceLife
    where TRules : IDeviceRules<TSettings, TState>
    where TSettings : class
    where TState : struct
{
    private LocalCalendar? _calendar;
    private LocalSky? _sky;

    /// <summary>What it remembers.</summary>
    public DeviceState<TSettings, TState> State { get; private set; } = new();

    /// <summary>The conditions that hold.</summary>
    public Conditions Holding => ConditionTable.Set(State.Active);

    private static readonly int AssumedMinutes = SilencePolicy.AssumedMinutes(TRules.Kind);

    /// <summary>How often it says itself that it reports; null when it does not say.</summary>
    private int? OwnMinutes => (int?)ParameterSource.Value(State.Own, SharedAttributes.ReportingInterval)?.Number;

    private DeviceStatus Status =>
        State.Stage != DeviceStage.Here || State.HeardAt == 0 ? DeviceStatus.Unknown
        : State.IsSilent ? DeviceStatus.Silent
        : ConditionTable.SeverityOf(ConditionTable.Set(State.Active));

    /// <summary>Since when its silence counts; null before it was heard, and while it cannot speak.</summary>
    private long? ExpectedSince =>
        State.HeardAt == 0 || TRules.SpeaksFrom(State.Trade) is var from && from == long.MaxValue ? null : Math.Max(State.HeardAt, from);

    /// <summary>Goes on from a state, which it owns from now on.</summary>
    public void Resume(DeviceState<TSettings, TState> state)
    {
        NewestValues.ShareNames(state.Values);
        ParameterTable.ShareNames(TRules.Kind, state.Own);
        state.Settings = state.Settings is { } settings ? TRules.Share(settings, context.Settings) : null;
        _calendar = state.Zone is { } zone ? context.Calendars.OfZone(zone) : null;
        state.Zone = _calendar?.ZoneId;
        state.Sector = state.Sector is { } sector ? context.Sectors.Shared(sector) : null;
        _sky = state.Sector is { } home ? context.Skies.Over(SectorMap.CommuneOf(home)) : null;
        _place = state.Sector is { } there ? context.Places.Of(SectorMap.CommuneOf(there)) : null;
        PreviousValues.ShareNames(state.Rules?.Previous);
        State = state;
    }

    /// <summary>Takes one entry, as <see cref="IDeviceGrain.Apply"/> says.</summary>
    public DeviceOutcome Apply(LogEntry entry, LogPosition at, long after, out Persistence persistence)
    {
        _receivedAt = entry.ReceivedAt.ToMilliseconds();
        var outcome = Change(entry, at, after, out persistence);
        return RuleEffects() is { IsEmpty: false } effects ? outcome with { Effects = outcome.Effects.IsDefaultOrEmpty ? effects : [.. outcome.Effects, .. effects] } : outcome;
    }

    private DeviceOutcome Change(LogEntry entry, LogPosition at, long after, out Persistence persistence)
    {
        persistence = Persistence.None;
        var isOwn = string.Equals(entry.Device, id, StringComparison.Ordinal);
        if (State.Stage != DeviceStage.Here || !string.Equals(State.Sector, at.Sector, StringComparison.Ordinal))
        {
            return Enter(isOwn ? entry as RegisteredEntry : null, at, after, out persistence);
        }

        if (at.Offset <= State.Offset)
        {
            return Outcome(Disposition.Duplicate) with { Effects = EffectsOf(at.Offset) };
        }

        // What is removed for good needs no past.
        if (after > State.Offset && entry is not RemovedEntry { Moved: false })
        {
            return Outcome(Disposition.Behind);
        }

        if (LacksRules && entry is not RemovedEntry)
        {
            return Outcome(Disposition.LacksRules);
        }

        persistence = Persistence.Later;
        State.Offset = at.Offset;
        return entry switch
        {
            ReadingEntry reading => Read(reading, isOwn),
            SilencedEntry silenced => Silence(silenced, isOwn),
            ParametersEntry given => Configure(given),
            RulesEntry given => Follow(given.Rules, given.ReceivedAt.ToMilliseconds()),
            RulesLookEntry look => Look(look.ReceivedAt.ToMilliseconds()),
            RegisteredEntry registered when isOwn && registered.Revision >= State.Revision => Register(registered),
            RemovedEntry removed when isOwn && removed.Revision >= State.Revision => Remove(removed, out persistence),
            _ => Outcome(Disposition.Applied),
        };
    }

    /// <summary>What it adds to its territory.</summary>
    public Contribution Contribution => State is { Stage: DeviceStage.Here, Settings: { } settings }
        ? TRules.Contribute(State.Trade, settings, Status)
        : new Contribution { Kind = TRules.Kind, Status = DeviceStatus.Unknown };

    /// <summary>What GET shows.</summary>
    public DeviceView View(DateTimeOffset now) => new()
    {
        Status = Status,
        LastSeen = State.HeardAt.ToInstantOrNever(),
        Reported = [.. (State.Values ?? []).Select(value => new ReportedMetric(value.Name, value.Value, DateTimeOffset.FromUnixTimeMilliseconds(value.ObservedAt)))],
        Desired = DesiredRules.View(State.Desired, now.ToMilliseconds()),
        Conditions = ConditionTable.View(State.Active),
        Derived = Derive(now.ToMilliseconds()),
    };

    private ImmutableArray<DerivedFigure> Derive(long now)
    {
        if (State is not { Stage: DeviceStage.Here, Settings: { } settings })
        {
            return [];
        }

        IEnumerable<DerivedFigure> figures = TRules.Explain(State.Trade, settings, now, _calendar!);
        if (State.Interval.ExpectedMinutes(AssumedMinutes) is { } minutes)
        {
            figures = figures.Append(new DerivedFigure { Name = SharedAttributes.ReportingInterval, Value = minutes, Basis = "usual" });
        }

        if (State.Losses.Expected >= UsualLosses.PriorReports)
        {
            figures = figures.Append(new DerivedFigure { Name = "lostReportsPercent", Value = Math.Round(State.Losses.LostPerBillion / 1e7, 3), Basis = "usual" });
        }

        return [.. figures.OrderBy(figure => figure.Name, StringComparer.Ordinal)];
    }

    private DeviceOutcome Silence(SilencedEntry entry, bool isOwn)
    {
        if (!isOwn && IsFeeder(entry.Device))
        {
            return Inform(entry);
        }

        var source = TRules.SourceOf(State.Settings!);
        var isSource = source is null ? isOwn : string.Equals(entry.Device, source, StringComparison.Ordinal);
        if (!isSource || State.IsSilent || ExpectedSince is not { } since || since > entry.LastHeardAt.ToMilliseconds())
        {
            return Outcome(Disposition.Applied);
        }

        AdvanceRules(entry.ReceivedAt.ToMilliseconds());
        State.IsSilent = true;
        UpdateConditions(entry.ReceivedAt.ToMilliseconds());
        return Outcome(Disposition.Applied, isVisible: true);
    }

    private DeviceOutcome Read(ReadingEntry entry, bool isOwn)
    {
        var source = TRules.SourceOf(State.Settings!);
        if (source is not null && isOwn)
        {
            return ReadOfFollower(entry);
        }

        if (!isOwn && !string.Equals(entry.Device, source, StringComparison.Ordinal))
        {
            return IsFeeder(entry.Device) ? Inform(entry) : Outcome(Disposition.Applied);
        }

        PassRulesTo(entry.ReceivedAt.ToMilliseconds());
        var status = Status;
        var placement = State.Order.Place(entry, out var at, out var order);
        var present = entry;
        if (placement == Placement.SameInstant)
        {
            present = isOwn ? NewestValues.AddedBy(entry, State.Values) : entry;
            placement = present.Metrics.Length == 0 ? Placement.Duplicate : placement;
        }

        if (placement == Placement.Duplicate)
        {
            return Outcome(Disposition.Applied);
        }

        State.Order = order;
        var isLate = placement == Placement.Older;
        if (!isLate)
        {
            AdvanceRules(at);
            PreviousValues.Note(isOwn ? State.Rules?.Previous : null, State.Values, present);
        }

        Hear(entry);
        State.Trade = TRules.Apply(State.Trade, State.Settings!, new Report(present, at, isLate) { Sky = _sky, Desired = State.Desired }, _calendar!);
        var isVisible = false;
        var effects = isLate || !isOwn ? default : JudgeDesired(present, at);
        if (!isLate)
        {
            isVisible = isOwn ? Show(present) : Derive(entry);
            UpdateConditions(at);
        }

        return Outcome(Disposition.Applied, isVisible || status != Status, effects);
    }

    /// <summary>What its feeder says is no report of the device: it shows no value of it, and has no part in the order of its own readings.</summary>
    private DeviceOutcome Inform(LogEntry entry)
    {
        AdvanceRules(entry.ReceivedAt.ToMilliseconds());
        var (status, light) = (Status, Contribution.Light);
        var before = State.Trade;
        State.Trade = TRules.Inform(before, State.Settings!, entry, _calendar!, _sky);
        if (EqualityComparer<TState>.Default.Equals(before, State.Trade))
        {
            return Outcome(Disposition.Applied);
        }

        // What cannot speak is not silent.
        State.IsSilent &= TRules.SpeaksFrom(State.Trade) != long.MaxValue;
        UpdateConditions(entry.ReceivedAt.ToMilliseconds());
        return Outcome(Disposition.Applied, status != Status || light != Contribution.Light);
    }

    private bool IsFeeder(string device) => string.Equals(device, TRules.FeederOf(State.Settings!), StringComparison.Ordinal);

    /// <summary>A follower's own report moves none of its rules: its values are shown, each when newer than the one shown.</summary>
    private DeviceOutcome ReadOfFollower(ReadingEntry entry)
    {
        PassRulesTo(entry.ReceivedAt.ToMilliseconds());
        var status = Status;
        var present = NewestValues.AddedBy(entry, State.Values);
        if (present.Metrics.Length == 0)
        {
            return Outcome(Disposition.Applied);
        }

        var at = Math.Min(entry.ObservedAt.ToMilliseconds(), entry.ReceivedAt.ToMilliseconds());
        AdvanceRules(at);
        PreviousValues.Note(State.Rules?.Previous, State.Values, present);
        Hear(entry);
        var isVisible = Show(present);
        JudgeRules(at);
        return Outcome(Disposition.Applied, isVisible || status != Status);
    }

    private void Hear(ReadingEntry entry)
    {
        var received = entry.ReceivedAt.ToMilliseconds();

        // Time in which it could not speak says nothing of how often it does.
        if (State.HeardAt != 0 && ExpectedSince == State.HeardAt)
        {
            var interval = OwnMinutes is { } own ? own * 60 : State.Interval.Seconds > 0 ? State.Interval.Seconds : AssumedMinutes * 60;
            State.Losses = State.Losses.After(received - State.HeardAt, interval);
            State.Interval = State.Interval.After(received - State.HeardAt, AssumedMinutes * 60);
        }

        State.HeardAt = Math.Max(State.HeardAt, received);
        if (State.IsSilent)
        {
            State.IsSilent = false;
            State.Active = ConditionTable.Update(State.Active, ConditionTable.Set(State.Active) & ~Conditions.CommunicationLoss, at: 0);
        }
    }

    private bool Show(ReadingEntry entry)
    {
        var isVisible = false;
        var observed = entry.ObservedAt.ToMilliseconds();
        var values = State.Values;
        foreach (var metric in entry.Metrics)
        {
            isVisible |= NewestValues.Set(ref values, metric, observed, State.Offset, out var isFull);
            if (isFull)
            {
                context.Instruments.MetricNotKept();
            }
        }

        State.Values = values;
        return isVisible;
    }

    private bool Derive(ReadingEntry entry)
    {
        if (TRules.Derived(State.Trade, State.Settings!) is not { } metric)
        {
            return false;
        }

        var values = State.Values;
        var isVisible = NewestValues.Set(ref values, metric, entry.ObservedAt.ToMilliseconds(), State.Offset, out _);
        State.Values = values;
        return isVisible;
    }

    private void UpdateConditions(long at)
    {
        var holds = TRules.ConditionsOf(State.Trade) | (State is { IsSilent: true, Settings: { } settings } ? TRules.SilenceOf(settings) : Conditions.None);
        State.Active = ConditionTable.Update(State.Active, DesiredReports.IsDiscrepant(State.Desired, at) ? holds | Conditions.Discrepancy : holds, at);
        JudgeRules(at);
    }

    private DeviceOutcome Outcome(Disposition disposition, bool isVisible = false, ImmutableArray<DeviceEffect> effects = default) => new()
    {
        Disposition = disposition,
        Offset = State.Offset,
        Contribution = Contribution,
        LastHeardAt = State.HeardAt.ToInstantOrNever(),
        ExpectedSince = ExpectedSince is { } since ? DateTimeOffset.FromUnixTimeMilliseconds(since) : null,
        UsualIntervalMinutes = State.Interval.ExpectedMinutes(AssumedMinutes),
        LostPerBillion = State.Losses.LostPerBillion,
        LateSeconds = State.Losses.LateSeconds,
        Holding = (int)ConditionTable.Set(State.Active),
        RulesDueAt = RulesDueAt,
        Visible = isVisible,
        Effects = effects,
    };
}

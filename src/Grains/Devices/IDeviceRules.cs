using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Notifications;
using Grid.Grains.Parameters;

namespace Grid.Grains.Devices;

/// <summary>A reading as the rules of a trade see it.</summary>
/// <param name="Entry">Its values.</param>
/// <param name="At">Its time on a clock that never steps back, in Unix milliseconds.</param>
/// <param name="IsLate">True for one older than the newest: it may amend its day's amount and nothing else.</param>
public readonly record struct Report(ReadingEntry Entry, long At, bool IsLate)
{
    /// <summary>The sky over its commune; null when nobody knows where that is.</summary>
    public LocalSky? Sky { get; init; }

    /// <summary>What the device should do; null before anything was asked of it.</summary>
    public DesiredState? Desired { get; init; }
}

/// <summary>What a command asks of a device, as a metric that its reports will show.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Value">The value asked for.</param>
/// <param name="Tolerance">How far from it a report may be and still confirm.</param>
public readonly record struct Aim(string Metric, double Value, double Tolerance);

/// <summary>
/// The rules of a trade: pure functions over its settings and its state. The default state is that of a device that was never heard.
/// </summary>
/// <typeparam name="TSettings">Its attributes, parsed.</typeparam>
/// <typeparam name="TState">What it remembers.</typeparam>
public interface IDeviceRules<TSettings, TState>
{
    /// <summary>The trade.</summary>
    static abstract DeviceKind Kind { get; }

    /// <summary>The attributes that move its rules.</summary>
    static abstract ImmutableArray<AttributeDefinition> Attributes { get; }

    /// <summary>Settings of a device; an attribute that is absent or no good has its default.</summary>
    static abstract TSettings Parse(DeviceDescriptor descriptor);

    /// <summary>The settings of the same device with the parameters that hold now.</summary>
    static abstract TSettings With(TSettings settings, in ParameterSource source);

    /// <summary>Equal settings, of which as much as can be is shared with other devices.</summary>
    static virtual TSettings Share(TSettings settings, SharedSettings shared) => shared.Of(settings);

    /// <summary>The state after a report.</summary>
    static abstract TState Apply(TState state, TSettings settings, in Report report, LocalCalendar calendar);

    /// <summary>The conditions that hold.</summary>
    static abstract Conditions ConditionsOf(TState state);

    /// <summary>What the device adds to its territory.</summary>
    static abstract Contribution Contribute(TState state, TSettings settings, DeviceStatus status);

    /// <summary>The device whose reports are the input, when it is not the device itself.</summary>
    static virtual string? SourceOf(TSettings settings) => null;

    /// <summary>The device that feeds it, whose entries inform it beside its own reports; null for none.</summary>
    static virtual string? FeederOf(TSettings settings) => null;

    /// <summary>The state after a reading of its feeder, or the finding that its feeder is silent. In the order of the log.</summary>
    static virtual TState Inform(TState state, TSettings settings, LogEntry entry, LocalCalendar calendar, LocalSky? sky) => state;

    /// <summary>From when on the device can be expected to speak, in Unix milliseconds; <see cref="long.MaxValue"/> while it cannot, by design.</summary>
    static virtual long SpeaksFrom(TState state) => 0;

    /// <summary>What its silence is a condition of.</summary>
    static virtual Conditions SilenceOf(TSettings settings) => Conditions.None;

    /// <summary>The level, 0 to 100, up to which a report may be above what the device should do, because somebody is there; null when nobody is.</summary>
    static virtual double? BoostAt(TState state, TSettings settings, ReadingEntry entry, long at) => null;

    /// <summary>The state after its settings changed.</summary>
    static virtual TState Reconfigure(TState state, TSettings former, TSettings settings) => state;

    /// <summary>The state of a device that becomes another person's: nothing that was measured, but for what its territory has counted already.</summary>
    static virtual TState Forget(TState state) => default!;

    /// <summary>A metric that follows from the reports of another device, null when there is none.</summary>
    static virtual MetricValue? Derived(TState state, TSettings settings) => null;

    /// <summary>What follows from its reports, for people: estimates, and what is usual beside what is measured. In any order.</summary>
    /// <param name="state">What it remembers.</param>
    /// <param name="settings">Its attributes.</param>
    /// <param name="now">When it is asked, in Unix milliseconds.</param>
    /// <param name="calendar">Its local days.</param>
    static virtual ImmutableArray<DerivedFigure> Explain(TState state, TSettings settings, long now, LocalCalendar calendar) => [];

    /// <summary>What a command, whose arguments are in range, asks for; null with a reason when the device cannot do it.</summary>
    static virtual Aim? AimOf(TSettings settings, DesiredChange change, out BilingualText? reason)
    {
        reason = new("cet équipement ne prend pas cette commande", "this device takes no such command");
        return null;
    }

    /// <summary>The command that brings a device to an aim.</summary>
    static virtual DeviceOrder OrderOf(Aim aim) => throw new NotSupportedException($"Nothing sets {aim.Metric}.");

    /// <summary>Why the device follows no lighting plan; null when it may.</summary>
    static virtual BilingualText? RefusePlan(TSettings settings) => new("cet équipement ne suit aucun plan d’éclairage", "this device follows no lighting plan");

    /// <summary>
    /// What a report shows of a device that follows its plan, for people; null when it shows nothing of the kind, or another level than the one that is planned
    /// (0 to 100, null when nobody knows it).
    /// </summary>
    static virtual string? PlanShown(ReadingEntry entry, double? planned) => null;
}

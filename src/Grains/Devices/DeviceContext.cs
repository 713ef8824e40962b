using Grid.Contracts.Storage;
using Grid.Grains.Rules.Evaluation;

namespace Grid.Grains.Devices;

/// <summary>What devices need of the process that they live in; one for all of them.</summary>
/// <param name="calendars">Local days.</param>
/// <param name="skies">Day and night.</param>
/// <param name="clock">For what is shown and for nothing that is stored.</param>
/// <param name="instruments">Counters.</param>
/// <param name="keys">Seal what is personal.</param>
public sealed class DeviceContext(LocalCalendars calendars, LocalSkies skies, TimeProvider clock, DeviceInstruments instruments, ISubscriberKeys keys)
{
    /// <summary>Local days.</summary>
    public LocalCalendars Calendars { get; } = calendars;

    /// <summary>Day and night.</summary>
    public LocalSkies Skies { get; } = skies;

    /// <summary>For what is shown and for nothing that is stored.</summary>
    public TimeProvider Clock { get; } = clock;

    /// <summary>Counters.</summary>
    public DeviceInstruments Instruments { get; } = instruments;

    /// <summary>Seal what is personal.</summary>
    public ISubscriberKeys Keys { get; } = keys;

    /// <summary>The rules of operators, compiled.</summary>
    public RuleSets Rules { get; } = new();

    /// <summary>Sun and calendar, as these rules ask for them.</summary>
    internal RulePlaces Places { get; } = new(skies.Table, calendars);

    /// <summary>One string instance for each sector.</summary>
    public SectorNames Sectors { get; } = new();

    /// <summary>One instance of settings that many devices have.</summary>
    public SharedSettings Settings { get; } = new();
}

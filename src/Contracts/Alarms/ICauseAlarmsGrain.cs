using Grid.Contracts.Rights;
using Orleans;
using Orleans.Concurrency;

namespace Grid.Contracts.Alarms;

/// <summary>
/// Sees to it that what fails in several sectors for one cause, a network gateway or a network server, is one alarm and not one in each. Looks at the sectors that have alarms behind the cause, when they hint
/// and once a minute while it lasts. Keyed by cause, such as <c>gateway:G7</c> or <c>network:tts</c>.
/// </summary>
[Alias("grid.ICauseAlarmsGrain"), RequiresRight(Right.Internal)]
public interface ICauseAlarmsGrain : IGrainWithStringKey
{
    /// <summary>In a sector the alarms behind the cause are others than before. A hint: a sector that has some says so again at its start and every few minutes.</summary>
    [Alias("Hint"), OneWay]
    Task Hint(string sector);
}

/// <summary>What a sector has of a cause.</summary>
/// <param name="Active">Alarms that hold and that it may explain.</param>
/// <param name="IsStorm">True while so many hold in the sector that they are told as one.</param>
/// <param name="Since">Since when they are; null when they are not.</param>
/// <param name="Home">The sector whose alarm explains those of all; null for each by itself.</param>
[GenerateSerializer, Immutable, Alias("grid.AlarmCauseGlance")]
public readonly record struct AlarmCauseGlance([property: Id(0)] int Active, [property: Id(1)] bool IsStorm, [property: Id(2)] DateTimeOffset? Since, [property: Id(3)] string? Home);

using System.Collections.Immutable;
using Grid.Contracts.Rights;
using Orleans;
using Orleans.Concurrency;

namespace Grid.Contracts.Alarms;

/// <summary>
/// Follows the alarms of a commune for those who are to act on them: pages who is on call until somebody acknowledges, and tells work orders whether what they mend still holds. Looks at the sectors once a
/// minute and when they hint, so that a hint that is lost costs a minute and nothing else. Keyed by INSEE code.
/// </summary>
[Alias("grid.ICommuneAlarmsGrain"), RequiresRight(Right.Internal)]
public interface ICommuneAlarmsGrain : IGrainWithStringKey
{
    /// <summary>Alarms of the commune have changed.</summary>
    [Alias("Hint"), OneWay]
    Task Hint();

    /// <summary>How far the telling of the alarms of devices has come, of those that are told: for a commune to which they move.</summary>
    [Alias("GetPages"), AlwaysInterleave]
    ValueTask<ImmutableArray<ToldAlarm>> GetPages(ImmutableArray<string> devices);
}

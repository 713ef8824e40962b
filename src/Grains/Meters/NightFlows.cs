using Orleans;

namespace Grid.Grains.Meters;

/// <summary>The flows that were reported in the hours of a night.</summary>
/// <param name="Least">The least of them, in millilitres an hour; counts when <paramref name="From"/> is not 0.</param>
/// <param name="From">The first report of a flow, in Unix milliseconds; 0 for none.</param>
/// <param name="To">The last one.</param>
[GenerateSerializer, Immutable, Alias("grid.NightFlows")]
public readonly record struct NightFlows([property: Id(0)] long Least, [property: Id(1)] long From, [property: Id(2)] long To)
{
    /// <summary>With one more, in whatever order they come.</summary>
    public NightFlows With(long at, long flow) => From == 0
        ? new NightFlows(flow, at, at)
        : new NightFlows(Math.Min(Least, flow), Math.Min(From, at), Math.Max(To, at));
}

using Grid.Simulation.Faults;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Grid.Simulation.Plants;

/// <summary>Grain storage that now and then says that it has kept the work orders of a commune, and has not.</summary>
internal sealed class ForgetfulOrders(IGrainStorage inner, Chance chance) : IGrainStorage
{
    private const string Orders = "work-orders";

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => inner.ReadStateAsync(stateName, grainId, grainState);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        stateName == Orders && chance.Happens(0.5) ? Task.CompletedTask : inner.WriteStateAsync(stateName, grainId, grainState);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => inner.ClearStateAsync(stateName, grainId, grainState);
}

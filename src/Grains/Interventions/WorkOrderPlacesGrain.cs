using System.Collections.Immutable;
using Grid.Contracts.Interventions;
using Orleans;
using Orleans.Runtime;

namespace Grid.Grains.Interventions;

/// <summary>The communes that have had a work order: see <see cref="IWorkOrderPlacesGrain"/>.</summary>
public sealed class WorkOrderPlacesGrain([PersistentState("work-order-places")] IPersistentState<StoredWorkOrderPlaces> state) : Grain, IWorkOrderPlacesGrain
{
    private ImmutableArray<string> _communes = [];

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _communes = state.State.Communes;
        return base.OnActivateAsync(cancellationToken);
    }

    public async Task Add(string commune)
    {
        var place = _communes.BinarySearch(commune, StringComparer.Ordinal);
        if (place >= 0)
        {
            return;
        }

        var next = _communes.Insert(~place, commune);
        state.State = new StoredWorkOrderPlaces { Communes = next };
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            // Whether it is stored is not known: the next activation reads it.
            DeactivateOnIdle();
            throw;
        }

        _communes = next;
    }

    public ValueTask<ImmutableArray<string>> List() => new(_communes);
}

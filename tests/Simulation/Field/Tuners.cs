using System.Collections.Immutable;
using Grid.Contracts.Parameters;
using Grid.Simulation.Faults;

namespace Grid.Simulation.Field;

/// <summary>
/// People who say by which parameters the devices of a commune or a body are judged, one change after the other, each again until it is answered. What was answered is
/// remembered here, outside the grid: the truth of what must not be lost.
/// </summary>
internal sealed class Tuners
{
    private readonly World _world;
    private readonly Chance _chance;
    private readonly Asking _asking;
    private readonly SortedDictionary<string, ImmutableArray<ParameterSet>> _accepted = new(StringComparer.Ordinal);
    private bool _isAsking;

    public Tuners(World world)
    {
        _world = world;
        _chance = world.ChanceOf("tuners");
        _asking = new Asking(world, _chance, "parameters");
    }

    /// <summary>True while a change is not answered.</summary>
    public bool IsBusy => _isAsking;

    /// <summary>What communes and bodies give, by scope, as it was answered last; a scope that never gave anything is not there.</summary>
    public IReadOnlyDictionary<string, ImmutableArray<ParameterSet>> Accepted => _accepted;

    /// <summary>Begins to change something now and then.</summary>
    public void Work()
    {
        if (_world.Options.ParametersPerHour > 0)
        {
            _world.After(_chance.Until(_world.Options.ParametersPerHour), () =>
            {
                if (_world.IsBusyTime && !_isAsking)
                {
                    _isAsking = true;
                    Ask(Scope(), _chance.Happens(0.15) ? [] : ParameterDraw.Sets(_chance));
                }

                Work();
            });
        }
    }

    private string Scope() => _world.Registry.Bodies.Count > 0 && _chance.Happens(0.5)
        ? ParameterScopes.OfBody(_chance.OneOf([.. _world.Registry.Bodies.Keys]))
        : ParameterScopes.OfCommune(_chance.OneOf(_world.Communes).InseeCode);

    private void Ask(string scope, ImmutableArray<ParameterSet> sets) => _asking.Ask(scope, process => process.Grains.GetGrain<IParametersGrain>(scope).Put(sets, version: null), answer =>
    {
        _isAsking = false;
        _accepted[scope] = answer.Faults.IsEmpty ? sets : throw new InvalidOperationException($"parameters of {scope} were refused: {answer.Faults[0]}");
        _world.Trace.Add("parameters answered", scope, answer.View.Version);
    });
}

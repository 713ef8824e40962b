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
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    private readonly World _world;
    private readonly Chance _chance;
    private readonly SortedDictionary<string, ImmutableArray<ParameterSet>> _accepted = new(StringComparer.Ordinal);
    private bool _isAsking;

    public Tuners(World world)
    {
        _world = world;
        _chance = world.ChanceOf("tuners");
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
                    Ask(new Asked(Scope(), _chance.Happens(0.15) ? [] : ParameterDraw.Sets(_chance)));
                }

                Work();
            });
        }
    }

    private string Scope() => _world.Registry.Bodies.Count > 0 && _chance.Happens(0.5)
        ? ParameterScopes.OfBody(_chance.OneOf([.. _world.Registry.Bodies.Keys]))
        : ParameterScopes.OfCommune(_chance.OneOf(_world.Communes).InseeCode);

    private void Ask(Asked asked)
    {
        if (asked.IsAnswered)
        {
            return;
        }

        if (_world.Process is not { IsReady: true } process)
        {
            _world.After(Soon, () => Ask(asked));
            return;
        }

        _world.Trace.Add("parameters", asked.Scope);
        process.Do("parameters", async () =>
        {
            ParametersAnswer answer;
            try
            {
                answer = await process.Grains.GetGrain<IParametersGrain>(asked.Scope).Put(asked.Sets, version: null);
            }
            catch (Exception refused) when (refused is IOException or TimeoutException or Orleans.Storage.InconsistentStateException)
            {
                _world.Trace.Say($"parameters of {asked.Scope} were not taken: {refused.Message}");
                _world.After(Soon, () => Ask(asked));
                return;
            }

            // The answer may be lost on its way.
            if (process.IsAlive && !asked.IsAnswered && !_chance.Happens(_world.Rates[Fault.MessageLoss]))
            {
                (asked.IsAnswered, _isAsking) = (true, false);
                _accepted[asked.Scope] = answer.Faults.IsEmpty ? asked.Sets : throw new InvalidOperationException($"parameters of {asked.Scope} were refused: {answer.Faults[0]}");
                _world.Trace.Add("parameters answered", asked.Scope, answer.View.Version);
            }
        });
        _world.After(AnswerWithin, () => Ask(asked));
    }

    private sealed class Asked(string scope, ImmutableArray<ParameterSet> sets)
    {
        public string Scope { get; } = scope;

        public ImmutableArray<ParameterSet> Sets { get; } = sets;

        public bool IsAnswered { get; set; }
    }
}

using System.Collections.Immutable;
using Grid.Contracts.Territories;
using Grid.Grains.Sectors;

namespace Grid.Grains.RollUp;

/// <summary>What a partial sum says of itself.</summary>
/// <param name="Key">Whose sum it is.</param>
/// <param name="Figures">Its figures.</param>
/// <param name="IsSame">True when two of one key are of the same version: then their figures must be the same too.</param>
/// <param name="Replaces">True when the first is newer than the second.</param>
internal sealed record PartialKind<T>(Func<T, string> Key, Func<T, TerritoryFigures> Figures, Func<T, T, bool> IsSame, Func<T, T, bool> Replaces)
    where T : class;

/// <summary>The newest partial sum of each part of a territory: brought by events, which may be lost or come twice, and compared with the parts now and then.</summary>
/// <param name="kind">What the sums are.</param>
/// <param name="meter">Counts a sum that differs and should not.</param>
/// <param name="changed">Called when a newer one was taken.</param>
internal sealed class HeldPartials<T>(PartialKind<T> kind, SectorMeter meter, Action changed)
    where T : class
{
    private readonly Dictionary<string, T> _held = new(StringComparer.Ordinal);

    /// <summary>The sums, by key.</summary>
    public IReadOnlyDictionary<string, T> ByKey => _held;

    /// <summary>Takes a sum when it is newer than what is held.</summary>
    public bool Take(T partial)
    {
        var key = kind.Key(partial);
        if (_held.TryGetValue(key, out var held) && !kind.Replaces(partial, held))
        {
            return false;
        }

        _held[key] = partial;
        changed();
        return true;
    }

    /// <summary>Lets go of a part that belongs to the territory no more.</summary>
    public void Remove(string key) => _held.Remove(key);

    /// <summary>Asks every part for its sum, all at once; true when one was newer than held, or different.</summary>
    public async Task<bool> CompareAsync<TGrain>(ImmutableArray<TGrain> parts, Func<TGrain, ValueTask<T>> ask)
    {
        var asked = new ValueTask<T>[parts.Length];
        for (var index = 0; index < asked.Length; index++)
        {
            asked[index] = ask(parts[index]);
        }

        var wasBehind = false;
        foreach (var answer in asked)
        {
            var partial = await answer;
            if (_held.TryGetValue(kind.Key(partial), out var held))
            {
                if (ReferenceEquals(held, partial))
                {
                    continue;
                }

                if (kind.IsSame(held, partial) && !FiguresComparison.AreEqual(kind.Figures(held), kind.Figures(partial)))
                {
                    meter.Drift();
                    _held.Remove(kind.Key(partial));
                }
            }

            wasBehind |= Take(partial);
        }

        return wasBehind;
    }
}

using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Parameters;
using Grid.Grains.Devices;
using Grid.Grains.Parameters;

namespace Grid.Grains.Sectors;

/// <summary>
/// What the territories of a sector give to its devices, as of each entry of its log that some device may still have to be handed again: a replay gives a device what
/// held then.
/// </summary>
internal sealed class SectorParameters
{
    // By offset; the first is what held before all others. As long as checkpoints succeed, a few at most.
    private readonly List<(long Offset, ImmutableArray<ParameterSet> Sets)> _since = [(0, [])];

    // By kind: asked at each report.
    private readonly StatedRhythm[] _rhythms = new StatedRhythm[Enum.GetValues<DeviceKind>().Max(kind => (int)kind) + 1];

    /// <summary>The newest.</summary>
    public ImmutableArray<ParameterSet> Newest => _since[^1].Sets;

    /// <summary>What they say of how devices of a kind are to be heard.</summary>
    public StatedRhythm RhythmOf(DeviceKind kind) => _rhythms[(int)kind];

    /// <summary>Goes on from what is stored.</summary>
    public void Resume(ImmutableArray<ParameterSet> sets)
    {
        _since[0] = (0, sets);
        NoteRhythms();
    }

    /// <summary>From an offset on, these hold. What was known from there on is forgotten: an application that failed begins again.</summary>
    public void Set(long offset, ImmutableArray<ParameterSet> sets)
    {
        _since.RemoveAll(item => item.Offset >= offset);
        _since.Add((offset, sets));
        NoteRhythms();
    }

    /// <summary>What held as of an offset.</summary>
    public ImmutableArray<ParameterSet> At(long offset)
    {
        var place = _since.Count - 1;
        while (place > 0 && _since[place].Offset > offset)
        {
            place--;
        }

        return _since[place].Sets;
    }

    /// <summary>Every device is persisted as of an offset, or later: none is handed again what came before.</summary>
    public void Forget(long offset)
    {
        var place = _since.FindLastIndex(item => item.Offset <= offset);
        if (place > 0)
        {
            _since.RemoveRange(0, place);
        }
    }

    private void NoteRhythms()
    {
        foreach (var kind in Enum.GetValues<DeviceKind>())
        {
            _rhythms[(int)kind] = SilencePolicy.StatedBy(kind, Newest.Of(kind));
        }
    }
}

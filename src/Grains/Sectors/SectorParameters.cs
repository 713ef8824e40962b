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

    // One bit a kind: asked at each report.
    private int _intervals;

    /// <summary>The newest.</summary>
    public ImmutableArray<ParameterSet> Newest => _since[^1].Sets;

    /// <summary>True while they say how often devices of a kind report.</summary>
    public bool GivesInterval(DeviceKind kind) => (_intervals & (1 << (int)kind)) != 0;

    /// <summary>Goes on from what is stored.</summary>
    public void Resume(ImmutableArray<ParameterSet> sets)
    {
        _since[0] = (0, sets);
        NoteIntervals();
    }

    /// <summary>From an offset on, these hold. What was known from there on is forgotten: an application that failed begins again.</summary>
    public void Set(long offset, ImmutableArray<ParameterSet> sets)
    {
        _since.RemoveAll(item => item.Offset >= offset);
        _since.Add((offset, sets));
        NoteIntervals();
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

    private void NoteIntervals()
    {
        _intervals = 0;
        foreach (var kind in Enum.GetValues<DeviceKind>())
        {
            _intervals |= SilencePolicy.IsGiven(kind, Newest.Of(kind)) ? 1 << (int)kind : 0;
        }
    }
}

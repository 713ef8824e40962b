using Grid.Contracts.Lighting;

namespace Grid.Connectors.Simulator.Programs;

/// <summary>One clock for each program that controllers run, however many run it. Those that nobody runs any more are dropped when there are many.</summary>
internal sealed class ProgramShelf
{
    private const int FewClocks = 64;

    private readonly Dictionary<string, ProgramClock> _clocks = new(StringComparer.Ordinal);
    private ControllerProgram? _lastAsked;
    private ProgramClock? _lastFound;
    private int _limit = FewClocks;

    /// <summary>Clocks that are kept.</summary>
    public int Count => _clocks.Count;

    /// <summary>True when it is time to drop what nobody runs.</summary>
    public bool IsCrowded => _clocks.Count >= _limit;

    /// <summary>The clock of a program that can be run.</summary>
    public ProgramClock Of(ControllerProgram program)
    {
        // One message to many controllers brings the same program for each.
        if (ReferenceEquals(program, _lastAsked)) return _lastFound!;
        var text = ProgramText.Of(program);
        if (!_clocks.TryGetValue(text, out var clock)) _clocks.Add(text, clock = new ProgramClock(program));
        (_lastAsked, _lastFound) = (program, clock);
        return clock;
    }

    /// <summary>Keeps these and no others.</summary>
    public void Retain(IReadOnlySet<ProgramClock> used)
    {
        foreach (var (text, clock) in _clocks)
        {
            if (!used.Contains(clock)) _clocks.Remove(text);
        }

        (_lastAsked, _lastFound) = (null, null);
        _limit = FewClocks + (2 * _clocks.Count);
    }
}

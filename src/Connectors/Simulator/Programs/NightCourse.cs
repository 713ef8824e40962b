namespace Grid.Connectors.Simulator.Programs;

/// <summary>
/// The levels of one night as straight pieces, of which each begins where the one before it ends. Instants are Unix milliseconds, levels 0 to 100. Made by laying one thing
/// over another; then only read.
/// </summary>
internal sealed class NightCourse
{
    private readonly long _start;
    private readonly long _end;
    private List<Piece> _pieces;
    private long _switchedAt;

    /// <summary>A night that is dark.</summary>
    public NightCourse(int day, long start, long end)
    {
        (Day, _start, _end, _switchedAt) = (day, start, end, start);
        _pieces = [new Piece(start, 0, 0, start)];
    }

    /// <summary>The date of its evening, as a day number.</summary>
    public int Day { get; }

    /// <summary>True for an instant of this night.</summary>
    public bool Contains(long instant) => instant >= _start && instant < _end;

    /// <summary>Full light of the whole night, and how long it burns.</summary>
    public LightSums Whole => Until(_end);

    /// <summary>A switch point that follows on those before it: it waits for the one before, and takes the place of one that it waited for.</summary>
    public void Switch(long at, double percent, long rampMilliseconds)
    {
        // What follows on a point that this night does not come to does not come either.
        _switchedAt = at = Math.Max(at, _switchedAt);
        if (at >= _end) return;
        if (_pieces.Count > 1 && _pieces[^1].From == at) _pieces.RemoveAt(_pieces.Count - 1);
        _pieces.Add(new Piece(at, PercentAt(at), percent, at + rampMilliseconds));
    }

    /// <summary>A level for a time; what lies under it goes on afterwards.</summary>
    public void Hold(long from, long to, double percent) => Lay(from, to, piece => new Piece(piece.From, percent, percent, piece.From));

    /// <summary>No level below a minimum for a time; a ramp that would cross it goes from it, or to it, in the same time.</summary>
    public void Raise(long from, long to, double percent) =>
        Lay(from, to, piece => piece with { Percent = Math.Max(piece.Percent, percent), Target = Math.Max(piece.Target, percent) });

    /// <summary>Where the light stands.</summary>
    public LightLevel At(long instant)
    {
        var piece = PieceAt(instant);
        return new LightLevel(piece.At(instant) / 100, piece.Target / 100);
    }

    /// <summary>The light from the beginning of the night until an instant of it.</summary>
    public LightSums Until(long instant)
    {
        var (burning, full) = (0.0, 0.0);
        for (var index = 0; index < _pieces.Count && _pieces[index].From < instant; index++)
        {
            var piece = _pieces[index];
            var stop = Math.Min(instant, index + 1 < _pieces.Count ? _pieces[index + 1].From : _end);
            var reached = Math.Clamp(piece.RampedAt, piece.From, stop);
            if (piece.Percent > 0 || piece.Target > 0) burning += reached - piece.From;
            if (piece.Target > 0) burning += stop - reached;
            full += ((reached - piece.From) * (piece.Percent + piece.At(reached)) / 2) + ((stop - reached) * piece.Target);
        }

        return new LightSums(burning / 1_000, full / 100_000);
    }

    private void Lay(long from, long to, Func<Piece, Piece> over)
    {
        (from, to) = (Math.Max(from, _start), Math.Min(to, _end));
        if (from >= to) return;
        var pieces = _pieces.Where(piece => piece.From < from).ToList();
        pieces.Add(over(Rest(from)));
        pieces.AddRange(_pieces.Where(piece => piece.From > from && piece.From < to).Select(over));
        if (to < _end)
        {
            pieces.Add(Rest(to));
            pieces.AddRange(_pieces.Where(piece => piece.From > to));
        }

        _pieces = pieces;
    }

    private Piece Rest(long at)
    {
        var piece = PieceAt(at);
        return new Piece(at, piece.At(at), piece.Target, Math.Max(at, piece.RampedAt));
    }

    private double PercentAt(long instant) => PieceAt(instant).At(instant);

    private Piece PieceAt(long instant)
    {
        for (var index = _pieces.Count - 1; index > 0; index--)
        {
            if (_pieces[index].From <= instant) return _pieces[index];
        }

        return _pieces[0];
    }

    /// <summary>From <paramref name="Percent"/> evenly to <paramref name="Target"/>, which is reached at <paramref name="RampedAt"/> and stays.</summary>
    private readonly record struct Piece(long From, double Percent, double Target, long RampedAt)
    {
        public double At(long instant) =>
            instant >= RampedAt ? Target : Percent + ((Target - Percent) * (instant - From) / (RampedAt - From));
    }
}

using Grid.Connectors.Simulator.Sky;

namespace Grid.Connectors.Simulator.Models;

/// <summary>
/// A lithium cell that lasts six to ten years and is replaced at a fifth of its charge, again and again; or is forgotten: then its end comes fast, and its device falls silent until
/// somebody sees to it. A function of the instant.
/// </summary>
/// <param name="key">The device's.</param>
/// <param name="faultRate">How many times as often as is believable it is forgotten.</param>
internal readonly struct CellBattery(ulong key, double faultRate)
{
    private const double ForgottenShare = 0.02; // of the cells
    private const double ReplacedPercent = 20;
    private const double KneePercent = 12; // a forgotten cell falls steadily to here
    private const double KneeShare = 0.96; // of its life
    private const double DeadPercent = 2;
    private const double NoisePercent = 1;
    private const double PercentPerKelvin = 0.12; // a cold cell seems emptier than it is
    private const double WarmCelsius = 15;

    private readonly double _life = Seeded.Between(key, 0xba77, 6, 10) * SimulatedTime.Year;
    private readonly double _phase = Seeded.Unit(key, 0xba78);

    /// <summary>The charge that its device reports, in percent.</summary>
    /// <param name="now">When.</param>
    /// <param name="meanCelsius">How warm it is there in that season.</param>
    public double PercentAt(double now, double meanCelsius)
    {
        var cell = CellAt(now);
        var share = (now - StartOf(cell)) / (DeadFrom(cell) - StartOf(cell));
        var charge = !IsForgotten(cell) ? 100 - ((100 - ReplacedPercent) * share)
            : share < KneeShare ? 100 - ((100 - KneePercent) * share / KneeShare)
            : KneePercent - ((KneePercent - DeadPercent) * (share - KneeShare) / (1 - KneeShare));
        var cold = PercentPerKelvin * Math.Max(0, WarmCelsius - meanCelsius);
        return Math.Clamp(Math.Round(charge - cold + (NoisePercent * ((2 * Seeded.Unit(key ^ 0xba7, (long)now)) - 1))), 0, 100);
    }

    /// <summary>True while it is empty, and its device silent.</summary>
    public bool IsEmpty(double now) => CellAt(now) is var cell && now >= DeadFrom(cell);

    /// <summary>When cells were empty: those that ran out between two instants.</summary>
    public IEnumerable<(double From, double Until)> Empty(double from, double until)
    {
        var found = new List<(double, double)>();
        for (var cell = CellAt(from); StartOf(cell) < until; cell++)
        {
            if (IsForgotten(cell) && DeadFrom(cell) is var dead && dead >= from && dead < until) found.Add((dead, StartOf(cell + 1)));
        }

        return found;
    }

    private long CellAt(double now) => (long)Math.Floor((now / _life) + _phase);

    private double StartOf(long cell) => (cell - _phase) * _life;

    private bool IsForgotten(long cell) => Seeded.Unit(key ^ 0xba79, cell) < ForgottenShare * faultRate;

    /// <summary>When the device falls silent: ten to forty days before somebody has replaced a forgotten cell, and never with another one.</summary>
    private double DeadFrom(long cell) => StartOf(cell + 1) - (IsForgotten(cell) ? Seeded.Between(key ^ 0xba7a, cell, 10, 40) * SimulatedTime.Day : 0);
}

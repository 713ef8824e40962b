using Grid.Connectors.Simulator.Sky;

namespace Grid.Connectors.Simulator.Models;

/// <summary>How a lamp ends: when, after how many hours, and whether its power grows before, in steps, as that of a driver does that makes up for fading light.</summary>
/// <param name="From">It fails.</param>
/// <param name="Until">Another one burns.</param>
/// <param name="DriftAtEnd">By which share its power has grown then; 0 for one that ends without a sign.</param>
internal sealed record LampEndOfLife(double From, double Until, double DriftAtEnd)
{
    private const double DriftDays = 400;
    private const int DriftSteps = 10;
    private const double StepSeconds = DriftDays / DriftSteps * SimulatedTime.Day;

    /// <summary>When its power begins to grow, or when it fails where it does not.</summary>
    public double FirstSign => DriftAtEnd > 0 ? From - (DriftDays * SimulatedTime.Day) : From;

    /// <summary>By which share its power has grown.</summary>
    public double DriftAt(double now) => DriftAtEnd == 0 || now < FirstSign || now >= Until ? 0 : DriftOf(Math.Min(DriftSteps - 1, (int)((now - FirstSign) / StepSeconds)));

    /// <summary>The spans in which its power is higher, as far as they are between two instants, with the share.</summary>
    public IEnumerable<(double From, double Until, double Drift)> Drifts(double from, double until)
    {
        for (var step = 0; DriftAtEnd > 0 && step < DriftSteps; step++)
        {
            var (begin, end) = (Math.Max(from, FirstSign + (step * StepSeconds)), Math.Min(until, FirstSign + ((step + 1) * StepSeconds)));
            if (begin < end) yield return (begin, end, DriftOf(step));
        }
    }

    private double DriftOf(int step) => DriftAtEnd * (step + 1) / DriftSteps;
}

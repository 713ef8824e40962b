using System.Collections.Immutable;
using Grid.Connectors.Simulator.Models;
using Grid.Connectors.Simulator.Sky;
using Grid.Contracts.Intake;

namespace Grid.Connectors.Simulator.Water;

/// <summary>
/// What a water meter has written down of a local day: its index at each full hour of its own clock, from midnight to midnight, 23 to 25 hours. Sent as one frame: the index of midnight and
/// what came in each hour.
/// </summary>
internal readonly struct DayLog(HouseholdMeter meter)
{
    private const int MostHours = 25;
    private const double SecondsPerMinute = 60;

    /// <summary>
    /// The newest day that is over by the meter's clock. A day in which the meter was replaced, or had no power, begins at the first full hour from which on all was written down; when that is
    /// the last one, it is an ordinary reading; when there is none, null.
    /// </summary>
    /// <param name="now">When it is sent, in seconds since the origin.</param>
    /// <param name="batchIndex">Place in the batch.</param>
    public IncomingReading? Newest(double now, int batchIndex)
    {
        var clock = meter.LocalTime;
        var day = clock.DayOf(now + Ahead(now)) - 1;
        var midnight = clock.StartOf(day);
        var hours = Math.Min(MostHours, (int)Math.Round((clock.StartOf(day + 1) - midnight) / SimulatedTime.Hour));
        Span<double> times = stackalloc double[MostHours + 1];
        for (var hour = 0; hour <= hours; hour++)
        {
            // The instant at which its clock showed that hour; one that was set back in between is past it once.
            var shown = midnight + (hour * SimulatedTime.Hour);
            times[hour] = Math.Min(now, Math.Max(hour == 0 ? double.MinValue : times[hour - 1], shown - Ahead(shown)));
        }

        Span<double> indexes = stackalloc double[MostHours + 1];
        var first = hours + 1;
        while (first > 0 && times[first - 1] >= 0 && meter.WrittenAt(times[first - 1]) is { } index && IsSameMeter(times[first - 1], times[hours])) indexes[--first] = index;
        if (first > hours) return null;

        var start = SimulatedTime.InstantAt(midnight + (first * SimulatedTime.Hour));
        var metrics = meter.ReportOfFrame(times[first]);
        if (first == hours) return new IncomingReading(batchIndex, meter.Id, start, metrics);
        var deltas = ImmutableArray.CreateBuilder<double>(hours - first);
        for (var hour = first; hour < hours; hour++) deltas.Add(meter.Growth(indexes[hour], indexes[hour + 1]));
        return new IncomingFrame(batchIndex, meter.Id, start, metrics, [new IndexDeltas("indexLitres", deltas.MoveToImmutable())], TimeSpan.FromHours(1));
    }

    private bool IsSameMeter(double at, double later) => Nullable.Equals(meter.ReplacedAt(at), meter.ReplacedAt(later));

    /// <summary>How far its clock is ahead, in seconds.</summary>
    private double Ahead(double now) => meter.ClockErrorMinutes(Math.Max(0, now)) * SecondsPerMinute;
}

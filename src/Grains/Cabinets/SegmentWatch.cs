using System.Globalization;
using Grid.Contracts.Commands;
using Grid.Grains.Devices;
using Orleans;

namespace Grid.Grains.Cabinets;

/// <summary>A segment that does something else than the program of its cabinet.</summary>
/// <param name="Segment">Its number less one.</param>
/// <param name="IsOn">What it does: fed or not.</param>
/// <param name="Since">The first report in a row that showed it, in Unix milliseconds.</param>
/// <param name="Lasts">True once it has gone on for longer than its delay: a condition, until a report shows that the segment can do otherwise.</param>
[GenerateSerializer, Immutable, Alias("grid.SegmentDeviation")]
public readonly record struct SegmentDeviation(
    [property: Id(0)] byte Segment, [property: Id(1)] bool IsOn, [property: Id(2)] long Since, [property: Id(3)] bool Lasts);

/// <summary>
/// What a report says of the segments of a cabinet, each against what it should do. What people or the plan's layer ask of a segment is seen to as a discrepancy, and is no
/// affair of its program. Pure; nothing is allocated while all segments follow.
/// </summary>
internal static class SegmentWatch
{
    private const int Segments = 8;

    private static readonly string[] Metrics =
        [.. Enumerable.Range(1, Segments).Select(segment => string.Create(CultureInfo.InvariantCulture, $"segment{segment}On"))];

    /// <summary>Judges a report that is the cabinet's present.</summary>
    /// <param name="state">The cabinet with the values of the report.</param>
    /// <param name="settings">The cabinet's settings.</param>
    /// <param name="report">The report.</param>
    public static CabinetState Judge(CabinetState state, CabinetSettings settings, in Report report)
    {
        var commanded = CommandedIn(report);
        var program = ProgramIn(state, report);
        var planned = program?.LevelAt(report.At);
        var judged = program is null ? 0 : program.Segments & state.SegmentsKnown & ~commanded;
        state = JudgeNights(state, settings, report, commanded | (planned is null ? 0 : judged));
        return judged == 0
            ? state.Deviations is null ? state : state with { Deviations = null }
            : state with { Deviations = Compare(state, settings, report.At, judged, planned) };
    }

    /// <summary>True when a segment has gone against its program for longer than the delay.</summary>
    /// <param name="state">The cabinet.</param>
    /// <param name="isOn">True for one that is fed, false for one that is not.</param>
    public static bool HasLasting(in CabinetState state, bool isOn)
    {
        foreach (var deviation in state.Deviations.AsSpan())
        {
            if (deviation.Lasts && deviation.IsOn == isOn)
            {
                return true;
            }
        }

        return false;
    }

    private static SegmentDeviation[]? Compare(in CabinetState state, CabinetSettings settings, long at, int judged, double? planned)
    {
        // Without supply no contactor closes: that has a condition of its own.
        var isUnfed = state.IsSupplyLost || state.IsBreakerTripped;
        Span<SegmentDeviation> found = stackalloc SegmentDeviation[Segments];
        var count = 0;
        for (byte segment = 0; segment < Segments; segment++)
        {
            if ((judged >> segment & 1) == 0)
            {
                continue;
            }

            var isOn = (state.SegmentsOn >> segment & 1) != 0;
            if (!isOn && isUnfed)
            {
                continue;
            }

            var former = Find(state.Deviations, segment, isOn);
            if (planned is { } level && isOn != level > 0)
            {
                var since = former?.Since ?? at;
                found[count++] = new SegmentDeviation(segment, isOn, since, former?.Lasts == true || (at != since && at - since >= settings.Parameters.SegmentDelay));
            }
            else if (former is { Lasts: true } lasting)
            {
                // That it is dark by day does not prove that it can be lit.
                found[count++] = lasting;
            }
        }

        return count == 0 ? null : found[..count].SequenceEqual(state.Deviations) ? state.Deviations : found[..count].ToArray();
    }

    private static SegmentDeviation? Find(SegmentDeviation[]? deviations, byte segment, bool isOn)
    {
        foreach (var deviation in deviations.AsSpan())
        {
            if (deviation.Segment == segment && deviation.IsOn == isOn)
            {
                return deviation;
            }
        }

        return null;
    }

    /// <summary>Segments for the night that are fed while it is bright, but for those of which somebody knows what they should do.</summary>
    private static CabinetState JudgeNights(CabinetState state, CabinetSettings settings, in Report report, int others)
    {
        if ((state.SegmentsOn & settings.NightOnlySegments & ~others) == 0 || report.Sky?.IsBright(report.At) != true)
        {
            return state with { UnexpectedSince = 0, IsUnexpectedlyOn = false };
        }

        var since = state.UnexpectedSince == 0 ? report.At : state.UnexpectedSince;
        return state with { UnexpectedSince = since, IsUnexpectedlyOn = since != report.At && report.At - since >= settings.UnexpectedOnDelay };
    }

    /// <summary>The segments of which a layer asks something, bit 0 for segment 1.</summary>
    private static int CommandedIn(in Report report)
    {
        if (report.Desired is not { Aims.Length: > 0 } desired)
        {
            return 0;
        }

        var (segments, received) = (0, report.Entry.ReceivedAt.ToMilliseconds());
        for (var segment = 0; segment < Segments; segment++)
        {
            segments |= desired.EffectiveAt(Metrics[segment], received) is null ? 0 : 1 << segment;
        }

        return segments;
    }

    /// <summary>The program that the cabinet runs; null when it says that it runs another one.</summary>
    private static ExpectedSegments? ProgramIn(in CabinetState state, in Report report) =>
        report.Desired?.Expected is { } program && (state.ProgramVersion is null || state.ProgramVersion == program.Version) ? program : null;
}

using Grid.Grains.Devices;

namespace Grid.Grains.Meters;

/// <summary>What a night says of leaks.</summary>
internal enum NightVerdict : byte
{
    /// <summary>Too little is known of it: it speaks neither for a leak nor against one.</summary>
    Unknown = 0,

    /// <summary>The flow reached zero.</summary>
    Zero = 1,

    /// <summary>The flow never reached zero.</summary>
    Flow = 2,
}

/// <summary>Judges the flow of one night. Pure.</summary>
internal static class NightFlow
{
    private const long Minute = 60_000;

    /// <summary>Shortest time over which a flow is taken from the index: an hour between reports, less what their times differ.</summary>
    public const long LeastSpan = 50 * Minute;

    /// <summary>Two readings further apart leave what is between them unknown.</summary>
    private const long MostGap = 130 * Minute;

    /// <summary>Part of the hours of the night that must be covered.</summary>
    private const int Covered = 2;

    /// <summary>What the night says, and its least flow in millilitres an hour.</summary>
    public static (NightVerdict Verdict, long Minimum) Of(NightWatch night, NightFlows flows, MeterSettings settings)
    {
        var (isZero, minimum, covered) = OfIndex(night, settings);
        var isKnown = minimum is not null && covered * Covered >= night.To - night.From;
        if (flows.From != 0 && settings.Water.IsFine)
        {
            isZero |= flows.Least < settings.Water.LeakMinimum;
            isKnown |= (flows.To - flows.From) * Covered >= night.To - night.From;
            minimum = Math.Min(minimum ?? long.MaxValue, flows.Least);
        }

        return (isZero ? NightVerdict.Zero : isKnown ? NightVerdict.Flow : NightVerdict.Unknown, minimum ?? 0);
    }

    private static (bool IsZero, long? Minimum, long Covered) OfIndex(NightWatch night, MeterSettings settings)
    {
        var points = night.Points;
        var span = settings.Water.Span;
        var (isZero, minimum, covered) = (false, default(long?), 0L);
        for (var first = 0; first < points.Length - 1; first++)
        {
            if (points[first + 1].At - points[first].At <= MostGap && IndexDays.Consumed(points[first].Raw, points[first + 1].Raw, settings.IndexMaximum) is not null)
            {
                covered += Math.Max(0, Math.Min(points[first + 1].At, night.To) - Math.Max(points[first].At, night.From));
            }

            // The shortest stretch from this reading on that is long enough.
            var volume = 0L;
            for (var last = first + 1; last < points.Length; last++)
            {
                if (IndexDays.Consumed(points[last - 1].Raw, points[last].Raw, settings.IndexMaximum) is not { } consumed)
                {
                    // Another meter: nobody knows what the old one had counted.
                    break;
                }

                volume += consumed;
                var time = points[last].At - points[first].At;
                if (time >= span)
                {
                    minimum = Math.Min(minimum ?? long.MaxValue, FlowRate.Of(volume, time));
                    isZero |= FlowRate.IsBelow(volume, time, settings.Water.Pulse, settings.Water.LeakMinimum);
                    break;
                }
            }
        }

        return (isZero, minimum, covered);
    }
}

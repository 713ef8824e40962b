using Grid.Grains.Devices;

namespace Grid.Grains.Meters;

/// <summary>A flow that is too much and goes on. Pure.</summary>
internal static class BurstWatch
{
    /// <summary>Steps of the register that a mean flow must rest on, so that one more or less is a tenth of it at most.</summary>
    private const int LeastPulses = 10;

    /// <summary>Since when more flows than a burst needs, in Unix milliseconds; 0 when it does not.</summary>
    /// <param name="since">The former answer.</param>
    /// <param name="settings">Its attributes.</param>
    /// <param name="before">The newest reading of its index before the report; null for none.</param>
    /// <param name="index">The newest reading now; null when the report has none that counts.</param>
    /// <param name="flow">What it reports to flow, in millilitres an hour; null when it does not.</param>
    /// <param name="at">Time of the report, in Unix milliseconds.</param>
    public static long After(long since, MeterSettings settings, IndexPoint? before, IndexPoint? index, long? flow, long at)
    {
        if (before is { } from && index is { } to && to.At > from.At && to.At - from.At >= FlowRate.TimeFor(LeastPulses * settings.Water.Pulse, settings.Water.Burst))
        {
            since = FlowRate.Of(to.Virtual - from.Virtual, to.At - from.At) < settings.Water.Burst ? 0 : since == 0 ? from.At : since;
        }

        // What flows now says more than what has flowed in the last interval.
        return flow is not { } now ? since : now < settings.Water.Burst ? 0 : since == 0 ? at : since;
    }
}

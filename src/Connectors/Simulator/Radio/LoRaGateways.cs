using Grid.Contracts.Commands;

namespace Grid.Connectors.Simulator.Radio;

/// <summary>What became of a downlink on its way.</summary>
internal enum Reception : byte
{
    /// <summary>It arrived, and so did its acknowledgement.</summary>
    Heard,

    /// <summary>It arrived, and its acknowledgement was lost.</summary>
    Unanswered,

    /// <summary>The radio of the device acknowledged it, and its controller did not get it.</summary>
    Ignored,

    /// <summary>It was lost.</summary>
    Lost,
}

/// <summary>
/// Gateways that are reached like LoRaWAN ones: devices of class C that listen in the 869.4 to 869.65 MHz sub-band, in which a transmitter may be on the air for 10 % of each
/// hour (ETSI EN 300 220-2 V3.2.1). A frame has 51 bytes at spreading factor 9 and 125 kHz. Devices that are told the same together are a multicast group; nobody
/// acknowledges a multicast, so it is repeated.
/// </summary>
public sealed class LoRaGateways
{
    /// <summary>A gateway whose name begins so is one of these.</summary>
    public const string Prefix = "lorawan-";

    /// <summary>Bytes of a frame.</summary>
    public const int FrameBytes = 51;

    /// <summary>Spreading factor of a downlink.</summary>
    public const int SpreadingFactor = 9;

    /// <summary>Bandwidth of a downlink.</summary>
    public const int BandwidthHertz = 125_000;

    /// <summary>Part of each hour for which a gateway may be on the air.</summary>
    public const double DutyCycle = 0.1;

    /// <summary>How often a multicast is on the air: of the devices 1 in 25 does not hear one frame, and 1 in 10 million none of five.</summary>
    public const int MulticastTimes = 5;

    /// <summary>Between two of them: longer than what disturbs one frame mostly lasts.</summary>
    public static readonly TimeSpan MulticastEvery = TimeSpan.FromSeconds(4);

    private const int Burst = 60;
    private const double LossRate = 0.03;
    private const double LossRateOfAnswers = 0.01;
    private const double IgnoredRate = 0.01;

    private readonly ulong _key;
    private long _drawn;

    internal LoRaGateways(long seed) => _key = Seeded.Key((ulong)seed, "radio");

    /// <summary>
    /// Frames that may go out: in no hour more than the duty cycle allows, a burst after a pause included.
    /// </summary>
    public static DownlinkBudget Budget { get; } =
        new((int)(TimeSpan.FromHours(1) * DutyCycle / LoRaAirtime.OfDownlink(FrameBytes, SpreadingFactor, BandwidthHertz)) - Burst, Burst);

    /// <summary>Part of the frames that a device does not hear, or its controller does not get.</summary>
    public static double LossRateOfFrames => LossRate + IgnoredRate;

    /// <summary>True for a gateway of this kind.</summary>
    public static bool Contains(string gateway) => gateway.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>What becomes of one more downlink to a device. It follows from the seed, the device and how many were drawn before. For any thread.</summary>
    internal Reception Draw(string device)
    {
        var drawn = Seeded.Unit(Seeded.Key(_key, device), Interlocked.Increment(ref _drawn));
        return drawn < LossRate ? Reception.Lost
            : drawn < LossRate + LossRateOfAnswers ? Reception.Unanswered
            : drawn < LossRate + LossRateOfAnswers + IgnoredRate ? Reception.Ignored
            : Reception.Heard;
    }

    /// <summary>True when a device hears at least one of the frames of a multicast.</summary>
    internal bool HearsMulticast(string device)
    {
        for (var frame = 0; frame < MulticastTimes; frame++)
        {
            if (Draw(device) is Reception.Heard or Reception.Unanswered) return true;
        }

        return false;
    }
}

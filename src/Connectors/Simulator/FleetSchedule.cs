using Grid.Connectors.Simulator.Sky;

namespace Grid.Connectors.Simulator;

/// <summary>
/// Who reports when. Readings are numbered from the origin at an even pace; number n belongs to one device by a fixed seeded stride, so that each device reports once in
/// as many readings as there are devices, and neighbours in the list report far apart. Pure: a batch is a range of numbers.
/// </summary>
public sealed class FleetSchedule
{
    /// <summary>How often each device reports when no rate is set.</summary>
    public static readonly TimeSpan DefaultPeriod = TimeSpan.FromMinutes(15);

    /// <summary>After a pause, what is older than this is not made up for.</summary>
    public static readonly TimeSpan MaximumCatchUp = TimeSpan.FromSeconds(10);

    private readonly int _devices;
    private readonly long _stride;
    private readonly long _offset;

    // Readings come at this pace: so many of them in so many milliseconds.
    private readonly long _readings;
    private readonly long _milliseconds;

    /// <param name="devices">Devices that report, at least 0.</param>
    /// <param name="ratePerSecond">Readings a second over all, to the thousandth; 0 for none; null for each device every 15 minutes.</param>
    /// <param name="seed">Chooses who begins.</param>
    public FleetSchedule(int devices, double? ratePerSecond, long seed)
        : this(
            devices,
            ratePerSecond is { } set ? (long)Math.Round(Math.Clamp(set, 0, SimulatorOptions.MaximumRate) * 1000) : devices,
            ratePerSecond is null ? (long)DefaultPeriod.TotalMilliseconds : 1_000_000L,
            seed)
    {
        if (ratePerSecond is { } rate && !(rate is >= 0 and <= SimulatorOptions.MaximumRate)) throw new ArgumentOutOfRangeException(nameof(ratePerSecond), rate, null);
    }

    /// <param name="devices">Devices that report, at least 0.</param>
    /// <param name="readings">How many readings come...</param>
    /// <param name="milliseconds">...in so long, evenly.</param>
    /// <param name="seed">Chooses who begins.</param>
    internal FleetSchedule(int devices, long readings, long milliseconds, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(devices);
        ArgumentOutOfRangeException.ThrowIfNegative(readings);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(milliseconds);
        (_devices, _readings, _milliseconds) = (devices, readings, milliseconds);
        if (devices == 0) return;
        var key = Seeded.Key((ulong)seed, "schedule");
        _offset = (long)(Seeded.Unit(key, 0) * devices);
        // Neighbours in the list report a golden section of a round apart, which spreads any run of them evenly. A step without a common divisor has an inverse,
        // and that stride from reading to reading visits every device before any twice.
        var step = Math.Max(1, (long)(devices * 0.6180339887498949));
        while (GreatestCommonDivisor(step, devices) != 1) step++;
        _stride = Inverse(step, devices);
    }

    /// <summary>True when no device ever reports by itself.</summary>
    public bool IsSilent => _devices == 0 || _readings == 0;

    /// <summary>
    /// The readings that are due after one instant and until another, the last included. What is older than <see cref="MaximumCatchUp"/> before the last is left out
    /// and counted.
    /// </summary>
    public DueReadings Due(DateTimeOffset after, DateTimeOffset until)
    {
        if (IsSilent || until <= after) return new DueReadings(this, 1, 0, 0);
        var last = NumberAt(until);
        var first = NumberAt(after) + 1;
        var oldest = NumberAt(until - MaximumCatchUp) + 1;
        return new DueReadings(this, Math.Max(first, oldest), last, Math.Max(0, Math.Min(oldest, last + 1) - first));
    }

    internal (int Device, DateTimeOffset At) Reading(long number) =>
        ((int)(((Int128)number * _stride + _offset) % _devices), SimulatedTime.Origin.AddMilliseconds(Math.Max(0, DueMilliseconds(number))));

    // The last number that is due at an instant: numbers start at 1 just after the origin.
    private long NumberAt(DateTimeOffset instant) =>
        (long)((Int128)Math.Max(0, (long)Math.Floor((instant - SimulatedTime.Origin).TotalMilliseconds)) * _readings / _milliseconds);

    // The first millisecond at which the number is due.
    private long DueMilliseconds(long number) => (long)((((Int128)number * _milliseconds) + _readings - 1) / _readings);

    private static long Inverse(long value, long modulus)
    {
        var (former, rest, formerFactor, factor) = (modulus, value % modulus, 0L, 1L);
        while (rest > 1) (former, rest, formerFactor, factor) = (rest, former % rest, factor, formerFactor - (former / rest * factor));
        return ((factor % modulus) + modulus) % modulus;
    }

    private static long GreatestCommonDivisor(long a, long b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);
}

/// <summary>A range of due readings.</summary>
public readonly record struct DueReadings
{
    private readonly FleetSchedule _schedule;
    private readonly long _first;

    internal DueReadings(FleetSchedule schedule, long first, long last, long skipped)
    {
        _schedule = schedule;
        _first = first;
        Count = (int)Math.Max(0, last - first + 1);
        Skipped = skipped;
    }

    /// <summary>Readings that are due.</summary>
    public int Count { get; }

    /// <summary>Readings that a pause has swallowed.</summary>
    public long Skipped { get; }

    /// <summary>The device, as an index below the number of devices, and the instant of the reading at a place from 0 to <see cref="Count"/> - 1.</summary>
    public (int Device, DateTimeOffset At) this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return _schedule.Reading(_first + index);
        }
    }
}

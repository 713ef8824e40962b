using System.Reflection;
using Orleans.Runtime;

namespace Grid.Runtime;

/// <summary>How the embedded runtime runs. Checked at start: a wrong value stops the program with its name, value and range.</summary>
public sealed class EmbeddedRuntimeOptions
{
    internal const int MostPartitions = 64;

    /// <summary>Event loops, each with a thread: 1 to 64, or 0 for one a core. Default 0.</summary>
    public int Partitions { get; set; }

    /// <summary>No threads: a caller runs everything by <see cref="EmbeddedGrainRuntime.RunUntilIdle"/>. Needs exactly one partition. Default false.</summary>
    public bool Pumped { get; set; }

    /// <summary>How long a grain is idle before it is deactivated: 1 second to 365 days. Default 15 minutes.</summary>
    public TimeSpan CollectionAge { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How often idle grains are looked for: 100 milliseconds to 1 day, and at most <see cref="CollectionAge"/>. Default 1 minute.</summary>
    public TimeSpan CollectionQuantum { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Whether idle grains are deactivated before their age when memory is short, those first that were not used for the longest time. Default false.
    /// </summary>
    public bool EnableActivationSheddingOnMemoryPressure { get; set; }

    /// <summary>The memory usage over which grains go, in percent of what the process may have: more than 0, at most 100. Default 80.</summary>
    public double MemoryUsageLimitPercentage { get; set; } = 80;

    /// <summary>The memory usage to come down to, in percent: more than 0, less than <see cref="MemoryUsageLimitPercentage"/>. Default 75.</summary>
    public double MemoryUsageTargetPercentage { get; set; } = 75;

    /// <summary>How often the memory usage is read: 100 milliseconds to 1 hour. Default 5 seconds.</summary>
    public TimeSpan MemoryUsagePollingPeriod { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Reads the memory usage in percent. Default: the resident memory of this process, of what its container or else the machine has.
    /// </summary>
    public Func<double>? MemoryUsagePercent { get; set; }

    /// <summary>After which a caller gets a <see cref="TimeoutException"/>, the outcome unknown: 10 milliseconds to 1 day. Default 30 seconds.</summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an activation may take: 10 milliseconds to 1 day. Default 30 seconds.</summary>
    public TimeSpan ActivationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a grain may take to say goodbye: 10 milliseconds to 1 day. Default 30 seconds.</summary>
    public TimeSpan DeactivationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Calls that wait at one activation before more are refused: 1 to 10,000,000. Default 20,000.</summary>
    public int MailboxLimit { get; set; } = 20_000;

    /// <summary>Items that wait at one partition before calls from other threads are refused: 1,000 to 100,000,000. Default 2,000,000.</summary>
    public int InboxLimit { get; set; } = 2_000_000;

    /// <summary>Turns of one activation, and calls executed directly, before others get theirs: 1 to 100,000. Default 64.</summary>
    public int TurnsPerSlice { get; set; } = 64;

    /// <summary>How deep directly executed calls may nest on the stack: 0 (never direct) to 256. Default 16.</summary>
    public int MaxCallDepth { get; set; } = 16;

    /// <summary>Items a partition gathers for others before it hands them over: 1 to 10,000. Default 128.</summary>
    public int HandOverBatch { get; set; } = 128;

    /// <summary>A turn that takes longer is reported with its grain's name: 10 milliseconds to 1 hour, or zero for never. Default 500 milliseconds.</summary>
    public TimeSpan LongTurnWarning { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Events that wait for one subscriber of one stream before producers are refused: 1 to 1,000,000. Default 10,000.</summary>
    public int StreamQueueLimit { get; set; } = 10_000;

    /// <summary>How long the delivery of one event is tried again when its subscriber fails: zero to 1 day. Default 1 minute.</summary>
    public TimeSpan StreamDeliveryTime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The shortest period of a reminder: 1 second to 1 day. Default 1 minute.</summary>
    public TimeSpan MinimumReminderPeriod { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Which partition a grain belongs to, modulo the number of partitions; negative leaves it to the runtime. It must answer the same for a grain
    /// each time, from any thread. Default none.
    /// </summary>
    public Func<GrainId, int>? PlacementHint { get; set; }

    /// <summary>The assemblies that hold grains and their interfaces. Empty stands for all of the program. Default empty.</summary>
    public IList<Assembly> Assemblies { get; } = [];

    /// <exception cref="OptionsException">A value is out of its range.</exception>
    internal EmbeddedRuntimeOptions Validate()
    {
        InRange(nameof(Partitions), Partitions, 0, MostPartitions);
        InRange(nameof(CollectionAge), CollectionAge, TimeSpan.FromSeconds(1), TimeSpan.FromDays(365));
        InRange(nameof(CollectionQuantum), CollectionQuantum, TimeSpan.FromMilliseconds(100), Min(TimeSpan.FromDays(1), CollectionAge));
        if (!(MemoryUsageLimitPercentage is > 0 and <= 100))
            throw new OptionsException($"{nameof(EmbeddedRuntimeOptions)}.{nameof(MemoryUsageLimitPercentage)} is {MemoryUsageLimitPercentage}: it must be more than 0 and at most 100.");
        if (!(MemoryUsageTargetPercentage > 0 && MemoryUsageTargetPercentage < MemoryUsageLimitPercentage))
        {
            throw new OptionsException(
                $"{nameof(EmbeddedRuntimeOptions)}.{nameof(MemoryUsageTargetPercentage)} is {MemoryUsageTargetPercentage}: it must be more than 0 and less than {nameof(MemoryUsageLimitPercentage)}, {MemoryUsageLimitPercentage}.");
        }

        InRange(nameof(MemoryUsagePollingPeriod), MemoryUsagePollingPeriod, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));
        InRange(nameof(CallTimeout), CallTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromDays(1));
        InRange(nameof(ActivationTimeout), ActivationTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromDays(1));
        InRange(nameof(DeactivationTimeout), DeactivationTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromDays(1));
        InRange(nameof(MailboxLimit), MailboxLimit, 1, 10_000_000);
        InRange(nameof(InboxLimit), InboxLimit, 1_000, 100_000_000);
        InRange(nameof(TurnsPerSlice), TurnsPerSlice, 1, 100_000);
        InRange(nameof(MaxCallDepth), MaxCallDepth, 0, 256);
        InRange(nameof(HandOverBatch), HandOverBatch, 1, 10_000);
        if (LongTurnWarning != TimeSpan.Zero)
            InRange(nameof(LongTurnWarning), LongTurnWarning, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1));
        InRange(nameof(StreamQueueLimit), StreamQueueLimit, 1, 1_000_000);
        InRange(nameof(StreamDeliveryTime), StreamDeliveryTime, TimeSpan.Zero, TimeSpan.FromDays(1));
        InRange(nameof(MinimumReminderPeriod), MinimumReminderPeriod, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        if (Pumped && Partitions != 1)
            throw new OptionsException($"{nameof(EmbeddedRuntimeOptions)}.{nameof(Partitions)} is {Partitions}: a pumped runtime has exactly 1.");
        return this;
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static void InRange<T>(string name, T value, T least, T most)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            throw new OptionsException($"{nameof(EmbeddedRuntimeOptions)}.{name} is {value}: it must be from {least} to {most}.");
    }
}

/// <summary>An option of the runtime has a value out of its range; the message names it, its value and the range.</summary>
public sealed class OptionsException(string message) : Exception(message);

/// <summary>The options that the hot paths read, in the form that they need.</summary>
internal sealed class EmbeddedRuntimeLimits
{
    public EmbeddedRuntimeLimits(EmbeddedRuntimeOptions options, TimeProvider clock)
    {
        IsPumped = options.Pumped;
        MailboxLimit = options.MailboxLimit;
        InboxLimit = options.InboxLimit;
        TurnsPerSlice = options.TurnsPerSlice;
        MaxCallDepth = options.MaxCallDepth;
        HandOverBatch = options.HandOverBatch;
        CallTimeoutTimestamp = (long)(options.CallTimeout.TotalSeconds * clock.TimestampFrequency);
    }

    /// <summary>Whether there are no threads but the caller's.</summary>
    public bool IsPumped { get; }

    public int MailboxLimit { get; }

    public int InboxLimit { get; }

    public int TurnsPerSlice { get; }

    public int MaxCallDepth { get; }

    public int HandOverBatch { get; }

    public long CallTimeoutTimestamp { get; }
}

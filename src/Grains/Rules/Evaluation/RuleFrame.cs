using Grid.Contracts.Devices;
using Grid.Grains.Devices;
using Grid.Grains.Rules.Language;

namespace Grid.Grains.Rules.Evaluation;

/// <summary>What a rule sees while it is evaluated, and what it notes on the way. On the stack: nothing of it outlives the evaluation.</summary>
internal struct RuleFrame
{
    /// <summary>Newest reported values.</summary>
    public NewestValue[]? Values;

    /// <summary>What they were before, for the metrics of which rules ask that.</summary>
    public PreviousValue[]? Previous;

    /// <summary>Conditions that hold.</summary>
    public ConditionSince[]? Active;

    /// <summary>Conditions that hold, where nobody says since when.</summary>
    public Conditions Held;

    /// <summary>The status of the device.</summary>
    public DeviceStatus Status;

    /// <summary>When the device was last heard, in Unix milliseconds; 0 for never.</summary>
    public long HeardAt;

    /// <summary>Sun and calendar of the commune; null when nobody knows where that is.</summary>
    public RulePlace? Place;

    /// <summary>What lies beyond the device; null on the device's turn.</summary>
    public IRuleSurroundings? Around;

    /// <summary>What the device is to do: commands of rules may be the cause of what it shows. Null where nobody knows.</summary>
    public DesiredState? Desired;

    /// <summary>When the entry was taken in that it is judged by, in Unix milliseconds: what was commanded later did not cause it.</summary>
    public long ReceivedAt;

    /// <summary>The entry's offset in the log of the device's sector.</summary>
    public long Offset;

    /// <summary>The instant for which it is judged, in Unix milliseconds.</summary>
    public long Now;

    /// <summary>The deadbands that are held, one bit each.</summary>
    public ushort Bands;

    /// <summary>The next instant at which it may be otherwise though nothing is heard, in Unix milliseconds.</summary>
    public long Due;

    /// <summary>It may be otherwise at an instant.</summary>
    public void MayChangeAt(long instant)
    {
        if (instant > Now && instant < Due)
        {
            Due = instant;
        }
    }
}

/// <summary>What lies beyond a device.</summary>
internal interface IRuleSurroundings
{
    /// <summary>A figure of the commune; not a number while it is unknown.</summary>
    double FigureOf(string name);

    /// <summary>Of a rule's group by its number: for how many it holds, and how many there are.</summary>
    (int Holds, int Members) GroupOf(int number);

    /// <summary>Whether an alarm of the device is such.</summary>
    Truth AlarmOf(string condition, AlarmAspect aspect);
}

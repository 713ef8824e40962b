using System.Collections.Immutable;
using Grid.Connectors.Simulator.Sky;
using Grid.Connectors.Simulator.Supply;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;

namespace Grid.Connectors.Simulator.Models;

/// <summary>
/// A device that can say at any instant what it measures. What it says is a function of (seed, id, what was registered, commands obeyed, instant):
/// it is not stepped, so a restart goes on where the indexes must be, and instants may be asked in any order.
/// </summary>
internal abstract class SimulatedDevice(string id, ulong key, Site site)
{
    // Faults are drawn once per device and year of the simulator.
    private const double FaultCycle = SimulatedTime.Year;

    public string Id { get; } = id;

    protected ulong Key { get; } = key;

    protected Site Site { get; } = site;

    /// <summary>What it reports at an instant, in seconds since the origin. Allocates the array and nothing else.</summary>
    public abstract ImmutableArray<MetricValue> Report(double now);

    /// <summary>The interval that it was registered with, in minutes; 0 when it says none.</summary>
    public int OwnMinutes { get; set; }

    /// <summary>How often it would report by itself: what a replay of many days asks.</summary>
    public TimeSpan ReportsEvery => SendsFrames ? TimeSpan.FromDays(1) : OwnMinutes > 0 ? TimeSpan.FromMinutes(OwnMinutes) : UsualInterval;

    /// <summary>How often it reports in a live demo, where whatever says nothing else is asked every 15 minutes.</summary>
    public TimeSpan LiveInterval => SendsFrames || OwnMinutes > 0 ? ReportsEvery : FleetSchedule.DefaultPeriod;

    /// <summary>What is believable of its kind.</summary>
    protected virtual TimeSpan UsualInterval => FleetSchedule.DefaultPeriod;

    /// <summary>True for what says one thing a day: its <see cref="Frame"/>, soon after local midnight.</summary>
    public virtual bool SendsFrames => false;

    /// <summary>The newest local day that is over by its clock, as it sends it; null for what sends none, or has written down nothing of that day.</summary>
    /// <param name="now">When it sends it, in seconds since the origin.</param>
    /// <param name="batchIndex">Place in the batch.</param>
    public virtual IncomingReading? Frame(double now, int batchIndex) => null;

    /// <summary>How long after local midnight it sends its frame, in seconds.</summary>
    public double FrameDelay => FrameTimes.DelayOf(Key);

    /// <summary>Local time of its commune.</summary>
    public ZoneClock LocalTime => Site.Clock;

    /// <summary>What feeds it; null for what has a battery, or of which nobody says.</summary>
    public StreetSupply? Supply { get; set; }

    /// <summary>False while it cannot report.</summary>
    public virtual bool Speaks(double now) => true;

    /// <summary>True for what has a battery of its own, which may be forgotten.</summary>
    public virtual bool RunsOnBattery => false;

    /// <summary>True while its battery is empty: then it says nothing either.</summary>
    public bool IsBatteryEmpty(double now) => RunsOnBattery && Battery.IsEmpty(now);

    /// <summary>The times in which its battery was empty and that began in a year of the simulator.</summary>
    public IEnumerable<PlantedFault> EmptyBatteriesIn(int year) => !RunsOnBattery ? [] : Battery.Empty(year * FaultCycle, (year + 1) * FaultCycle)
        .Select(empty => new PlantedFault(Id, PlantedFaultKind.BatteryEmpty, SimulatedTime.InstantAt(empty.From), SimulatedTime.InstantAt(empty.Until)));

    private CellBattery Battery => new(Key, Site.FaultRate);

    /// <summary>By how many minutes its clock is ahead of the time; negative when it is behind. Its readings bear the time of its clock.</summary>
    public virtual double ClockErrorMinutes(double now) => 0;

    /// <summary>What is switched at an instant, for devices that report when it changes; always 0 for the others.</summary>
    public virtual int SwitchState(double now) => 0;

    /// <summary>The faults that were planted in this device in a year of the simulator.</summary>
    public virtual IEnumerable<PlantedFault> FaultsIn(int year) => [];

    /// <summary>Draws the fault of a year: whether, when, and how long. It begins and ends within its year. Of several sorts each has its own draw.</summary>
    protected (double From, double Until)? DrawFault(int year, double probability, double shortestDays, double longestDays, PlantedFaultKind? sort = null)
    {
        var key = Seeded.Key(Key, 0x0fa17000 + year + (sort is { } own ? (long)((int)own + 1) << 32 : 0));
        if (Seeded.Unit(key, 0) >= probability * Site.FaultRate) return null;
        var length = Seeded.Between(key, 1, shortestDays, longestDays) * SimulatedTime.Day;
        var from = (year * FaultCycle) + (Seeded.Unit(key, 2) * (FaultCycle - length));
        return (from, from + length);
    }

    protected static int YearOf(double now) => (int)(now / FaultCycle);

    /// <summary>Percent of its battery.</summary>
    protected double BatteryPercent(double now) => Battery.PercentAt(now, Weather.MeanCelsius(Site.Commune.Latitude, now));

    protected static MetricValue Metric(string name, double value) => new(name, value);

    /// <summary>Rounded down, so that what never falls is never reported as falling; a sum that is 0 may be a rounding error below it.</summary>
    protected static double Index(double value) => Math.Max(0, Math.Floor(value));
}

/// <summary>What was planted: the truth that detection is judged against.</summary>
/// <param name="Device">The device's key.</param>
/// <param name="Kind">Sort of fault.</param>
/// <param name="From">Begins.</param>
/// <param name="Until">Ends: repaired.</param>
/// <param name="Size">How much, in the unit that its sort says; 0 for others.</param>
public sealed record PlantedFault(string Device, PlantedFaultKind Kind, DateTimeOffset From, DateTimeOffset Until, double Size = 0);

/// <summary>Sorts of fault that the simulator plants.</summary>
public enum PlantedFaultKind
{
    /// <summary>A controlled lamp that takes no power when it should be lit.</summary>
    LampFailure,

    /// <summary>Water that never stops flowing, in litres an hour.</summary>
    Leak,

    /// <summary>A bin that burns.</summary>
    Fire,

    /// <summary>Water that flows for hours as from a burst pipe, in litres an hour.</summary>
    Burst,

    /// <summary>Water that comes back through a meter, in litres an hour.</summary>
    Backflow,

    /// <summary>A meter that somebody tampers with.</summary>
    Tamper,

    /// <summary>A household that uses more than twice as much as before; how many times as much.</summary>
    AbnormalUse,

    /// <summary>A meter that was replaced, at an instant; the index of the new one, in litres.</summary>
    MeterSwapped,

    /// <summary>An index that has reached its maximum and starts again, at an instant; the maximum, in litres. No fault: nothing may be found.</summary>
    IndexRollover,

    /// <summary>A clock that is wrong; how far it is ahead, in minutes, negative when it is behind.</summary>
    ClockWrong,

    /// <summary>A device that says nothing: its battery is dead.</summary>
    Silence,

    /// <summary>Water that the network of a zone loses, in litres an hour beside what it always loses. Its device is the zone's first inlet.</summary>
    NetworkLoss,

    /// <summary>The electricity of a street that is out. Its device is the key of the supply.</summary>
    SupplyOutage,

    /// <summary>A bin that lies on its side.</summary>
    Tipped,

    /// <summary>A building that is heated on a closed day as on an open one, from the time at which it is warmed up to that at which it would close; size in kelvin above its setback.</summary>
    HeatedWhileClosed,

    /// <summary>A building whose heating has failed; size in degrees Celsius inside at the coldest.</summary>
    HeatingFailure,

    /// <summary>A building that is badly aired; size in ppm above the outdoor air when it is full.</summary>
    BadVentilation,

    /// <summary>A building in which something is left on, in watts.</summary>
    BaseLoad,

    /// <summary>A building whose heating takes more than it should, in percent more.</summary>
    EfficiencyDrift,

    /// <summary>A river that rises in a flood, until its crest, in millimetres.</summary>
    Flood,

    /// <summary>A sensor that sticks (size 0) or drifts away: by how much at the end, in the unit of its metric.</summary>
    SensorDrift,

    /// <summary>A lamp at the end of its life: dark until another one burns.</summary>
    LampEndOfLife,

    /// <summary>A device that says nothing: nobody has replaced its battery in time.</summary>
    BatteryEmpty,

    /// <summary>A building that is colder than 5 degrees inside as its heating has failed, for an hour at least; size in degrees Celsius at the coldest.</summary>
    Frost,
}

using Grid.Contracts.CrossTrade;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Sectors;
using Grid.Grains.CrossTrade;
using Grid.Grains.Devices;
using Grid.Grains.Intake;

namespace Grid.LoadTests.Detection;

/// <summary>A condition that a device was in.</summary>
/// <param name="Source">Key of the device, or of what else was found to be in it.</param>
/// <param name="Kind">The trade of the device; null for what crosses trades.</param>
/// <param name="Condition">Its name.</param>
/// <param name="From">When the report that showed it first was received.</param>
/// <param name="Until">When it ended; null while it goes on.</param>
internal sealed record Finding(string Source, DeviceKind? Kind, string Condition, DateTimeOffset From, DateTimeOffset? Until);

/// <summary>
/// A device under the real rules: what is received passes the rules of the door, then the life of the device, as its sector would hand it. Its sector's sweep for silence, once
/// a minute, is looked at whenever something is received.
/// </summary>
internal sealed class DetectedDevice
{
    /// <summary>The name under which silence is found, of whatever kind the device is.</summary>
    public const string Silent = "silent";

    private const int Bits = 32;

    private readonly string _sector;
    private readonly IDeviceLife _life;
    private readonly DateTimeOffset[] _since = new DateTimeOffset[Bits];
    private readonly List<Finding> _findings = [];
    private readonly TimeSpan? _assumed;
    private readonly StatedRhythm _own;
    private DeviceOutcome _outcome;
    private Conditions _holding;
    private DateTimeOffset? _silentSince;
    private long _offset;

    public DetectedDevice(DeviceDescriptor descriptor, DeviceContext context, DateTimeOffset at)
    {
        Descriptor = descriptor;
        _sector = SectorMap.SectorOf(descriptor.Commune, 0, descriptor.Id);
        _life = DeviceLives.New(descriptor.Kind, descriptor.Id, context);
        (_assumed, _own) = (SilencePolicy.SilentAfter(descriptor), SilencePolicy.StatedBy(descriptor));
        Apply(new RegisteredEntry { Device = descriptor.Id, ReceivedAt = at, Descriptor = descriptor, Revision = 1 });
    }

    public DeviceDescriptor Descriptor { get; }

    /// <summary>The light points that are handed its entries too.</summary>
    public List<DetectedDevice> Followers { get; } = [];

    /// <summary>How long it may be silent; null for what follows another device.</summary>
    public TimeSpan? SilentAfter => _assumed is null ? null : Silence;

    public Contribution Contribution => _life.Contribution;

    /// <summary>Reports that were handed to it.</summary>
    public int Reports { get; private set; }

    /// <summary>Reports that the door did not take.</summary>
    public int Rejected { get; private set; }

    public DeviceView View(DateTimeOffset now) => _life.View(now);

    /// <summary>A reading arrives.</summary>
    public void Receive(IncomingReading reading, DateTimeOffset at)
    {
        if (ReadingRules.Check(reading, at) is not null)
        {
            Rejected++;
            return;
        }

        if (reading is IncomingFrame frame)
        {
            foreach (var held in DayFrames.Expand(frame, Descriptor.Number("indexMaximum") ?? 0))
            {
                Receive(held, at);
            }

            return;
        }

        Reports++;
        LookForSilence(at);
        Hand(new ReadingEntry
        {
            Device = reading.Device,
            ReceivedAt = at,
            ObservedAt = reading.Time ?? at,
            Session = reading.Session,
            Sequence = reading.Sequence,
            Metrics = reading.Metrics,
        });
    }

    /// <summary>True when it has missed a report, and was heard within a day: what is silent for longer has another reason than an outage.</summary>
    public bool IsLate(DateTimeOffset now) => _assumed is not null && _outcome.ExpectedSince is { } since && since + Interval < now && now < since + TimeSpan.FromDays(1);

    /// <summary>The device as rules across trades see it.</summary>
    public LinkedDevice Linked(DateTimeOffset now) => new()
    {
        Id = Descriptor.Id,
        Kind = Descriptor.Kind,
        Links = DeviceLinks.Of(Descriptor),
        ExpectedSince = _assumed is null ? null : _outcome.ExpectedSince,
        Interval = Interval,
        View = View(now),
    };

    /// <summary>What was found until an instant.</summary>
    public IEnumerable<Finding> Close(DateTimeOffset at)
    {
        LookForSilence(at);
        return
        [
            .. _findings,
            .. Enumerable.Range(0, Bits)
                .Where(bit => (_holding & (Conditions)(1u << bit)) != 0)
                .Select(bit => new Finding(Descriptor.Id, Descriptor.Kind, ConditionTable.NameOf((Conditions)(1u << bit)), _since[bit], null)),
            .. _silentSince is { } since ? new[] { new Finding(Descriptor.Id, Descriptor.Kind, Silent, since, null) } : [],
        ];
    }

    /// <summary>How long it may be silent, as its sector has it.</summary>
    private TimeSpan Silence => SilencePolicy.SilentAfter(_own, default, Descriptor.Kind, _outcome.UsualIntervalMinutes, _outcome.LostPerBillion, _outcome.LateSeconds);

    private TimeSpan Interval => _assumed is null
        ? TimeSpan.Zero
        : TimeSpan.FromMinutes(Math.Max(SupplyOutageRule.LeastInterval.TotalMinutes, SilencePolicy.IntervalMinutes(_own, default, Descriptor.Kind, _outcome.UsualIntervalMinutes)));

    private void LookForSilence(DateTimeOffset now)
    {
        if (_assumed is null || _silentSince is not null || _outcome.ExpectedSince is not { } since)
        {
            return;
        }

        var found = since + Silence + TimeSpan.FromMinutes(1);
        if (found <= now)
        {
            Hand(new SilencedEntry { Device = Descriptor.Id, ReceivedAt = found, LastHeardAt = since });
        }
    }

    /// <summary>An entry of its own, which its followers hear too.</summary>
    private void Hand(LogEntry entry)
    {
        Apply(entry);
        foreach (var follower in Followers)
        {
            follower.LookForSilence(entry.ReceivedAt);
            follower.Apply(entry);
        }
    }

    private void Apply(LogEntry entry)
    {
        _outcome = _life.Apply(entry, new LogPosition(_sector, ++_offset), 0, out _);
        Note(entry.ReceivedAt);
    }

    private void Note(DateTimeOffset at)
    {
        var isSilent = _outcome.Contribution.Status == DeviceStatus.Silent;
        if (isSilent != _silentSince is not null)
        {
            if (_silentSince is { } since)
            {
                _findings.Add(new Finding(Descriptor.Id, Descriptor.Kind, Silent, since, at));
            }

            _silentSince = isSilent ? at : null;
        }

        var holding = _life.Holding;
        for (var changed = (uint)(holding ^ _holding); changed != 0; changed &= changed - 1)
        {
            var bit = System.Numerics.BitOperations.TrailingZeroCount(changed);
            var condition = (Conditions)(1u << bit);
            if ((holding & condition) != 0)
            {
                _since[bit] = at;
            }
            else
            {
                _findings.Add(new Finding(Descriptor.Id, Descriptor.Kind, ConditionTable.NameOf(condition), _since[bit], at));
            }
        }

        _holding = holding;
    }
}

using System.Collections.Immutable;
using Grid.Client;
using Grid.Client.Live;
using Grid.Contracts.Lighting;
using Grid.Contracts.Rules;
using Grid.Contracts.Storage;
using Grid.Grains.Sectors;
using Grid.Simulation.Faults;
using Grid.Simulation.Stores;
using Orleans.Storage;

namespace Grid.Simulation.Plants;

/// <summary>
/// Bugs of the kind that such a system has, planted to see that the checkers find them. Each stands in the place of one part of the grid; without
/// one, every part is what ships.
/// </summary>
internal sealed class Plant
{
    /// <summary>The disk says that it has synced and has not.</summary>
    public const string LostAcknowledgement = "lostAcknowledgement";

    /// <summary>A sector adds a contribution to the former one instead of replacing it.</summary>
    public const string Increment = "increment";

    /// <summary>The log lets go of entries before the states that hold them are durable.</summary>
    public const string EarlyCheckpoint = "earlyCheckpoint";

    /// <summary>A sector does not read after a start what it had not applied.</summary>
    public const string SkippedReplay = "skippedReplay";

    /// <summary>Frames of a live stream overtake each other.</summary>
    public const string UnorderedStream = "unorderedStream";

    /// <summary>A sector's version runs ahead of the changes that it comes with.</summary>
    public const string SkippingCursor = "skippingCursor";

    /// <summary>History says that it is durable up to what it has only taken.</summary>
    public const string HistoryAhead = "historyAhead";

    /// <summary>The outbox says that it has kept a downlink and has not.</summary>
    public const string ForgetsDownlinks = "forgetfulOutbox";

    /// <summary>The controllers' clocks are ten minutes slow.</summary>
    public const string SlowControllers = "slowControllers";

    /// <summary>Among the bodies of a commune the farthest one gives its parameters first.</summary>
    public const string FarthestFirst = "farthestFirst";

    /// <summary>The outbox of notifications says that it has kept one and has not.</summary>
    public const string ForgetsNotifications = "forgetfulNotifications";

    /// <summary>What a rule had to have done is said to be done and is not.</summary>
    public const string ForgetsRules = "forgetfulRules";

    /// <summary>The work orders of a commune are said to be kept and are not.</summary>
    public const string ForgetsOrders = "forgetfulOrders";

    private const int MinutesSlow = 10;

    private readonly string? _name;
    private readonly Chance _chance;
    private readonly Dictionary<object, EncodedFrame> _held = [];

    public Plant(string? name, Chance chance) => (_name, _chance) = (name, chance);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        LostAcknowledgement, Increment, EarlyCheckpoint, SkippedReplay, UnorderedStream, SkippingCursor, HistoryAhead, ForgetsDownlinks, SlowControllers, FarthestFirst, ForgetsNotifications,
        ForgetsRules, ForgetsOrders,
    ];

    public bool SkipsSync => _name == LostAcknowledgement;

    public IReadingLog Over(IReadingLog log) => _name == SkippedReplay ? new ForgetfulLog(log) : log;

    public SectorOptions Over(SectorOptions sectors) => _name == Increment ? sectors with { NewBook = static () => new AddingBook() } : sectors;

    public IGrainStorage Over(IGrainStorage storage, GrainRecords records, TimeProvider clock) => _name switch
    {
        EarlyCheckpoint => new WriteBehindStorage(records, clock),
        ForgetsOrders => new ForgetfulOrders(storage, _chance),
        _ => storage,
    };

    public IRuleOutlet Over(IRuleOutlet outlet) => _name == ForgetsRules ? new ForgetfulRules(outlet, _chance) : outlet;

    public IHistory Over(IHistory history) => _name == HistoryAhead ? new AheadHistory(history) : history;

    public IOutbox Over(IOutbox outbox, Chance chance) => _name == ForgetsDownlinks ? new ForgetfulOutbox(outbox, chance) : outbox;

    public INotificationOutbox Over(INotificationOutbox notifications, Chance chance) =>
        _name == ForgetsNotifications ? new ForgetfulNotifications(notifications, chance) : notifications;

    /// <summary>The bodies as those see them who resolve parameters.</summary>
    public IBodyRegistry OfParameters(IBodyRegistry bodies) => _name == FarthestFirst ? new MisjudgedBodies(bodies) : bodies;

    public IGridGrains Over(IGridGrains grains, Chance chance) => _name == SkippingCursor ? new SkippingGrains(grains, chance) : grains;

    /// <summary>A program as its controllers run it.</summary>
    public ControllerProgram Over(ControllerProgram program) => _name != SlowControllers ? program : program with
    {
        Programs = [.. program.Programs.Select(points => points.Select(point => point with { Minutes = point.Minutes + MinutesSlow }).ToImmutableArray())],
    };

    /// <summary>The frames as they reach a client.</summary>
    public IEnumerable<EncodedFrame> InTransit(object client, IReadOnlyList<EncodedFrame> frames)
    {
        if (_name != UnorderedStream)
        {
            return frames;
        }

        var arriving = new List<EncodedFrame>();
        foreach (var frame in frames)
        {
            if (!_held.ContainsKey(client) && frame.Type == "delta" && _chance.Happens(0.3))
            {
                _held[client] = frame;
                continue;
            }

            arriving.Add(frame);
            if (_held.Remove(client, out var late))
            {
                arriving.Add(late);
            }
        }

        return arriving;
    }
}

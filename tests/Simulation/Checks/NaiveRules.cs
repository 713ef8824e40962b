using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Grains.Devices;
using Grid.Simulation.Field;

namespace Grid.Simulation.Checks;

/// <summary>
/// The rules of devices evaluated anew, by what they mean and not by what they say, over what devices reported as it was acknowledged: when each began and ceased to hold on each device.
/// Light points that are derived from their cabinets are left out.
/// </summary>
internal sealed class NaiveRules
{
    private static readonly TimeSpan LeastBetween = TimeSpan.FromMinutes(1);

    private readonly World _world;
    private readonly TimeZoneInfo _zone;
    private readonly Dictionary<string, RuleSet> _sets = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, NaiveDevice> _devices = new(StringComparer.Ordinal);
    private readonly List<Holding> _holdings = [];

    private NaiveRules(World world)
    {
        _world = world;
        _zone = TimeZoneInfo.FindSystemTimeZoneById(world.Territory.FindDepartment(world.Options.Department)!.ZoneId);
    }

    /// <summary>When rules held.</summary>
    public IReadOnlyList<Holding> Holdings => _holdings;

    /// <summary>The devices on which they were evaluated.</summary>
    public IReadOnlyCollection<string> Devices => _devices.Keys;

    /// <summary>Over all that was acknowledged so far.</summary>
    public static NaiveRules Over(World world)
    {
        var naive = new NaiveRules(world);
        foreach (var (sector, _, entry) in world.Journal.Entries())
        {
            naive.Take(sector, entry);
        }

        return naive;
    }

    private void Take(string sector, LogEntry entry)
    {
        switch (entry)
        {
            case RulesEntry given:
                _sets[sector] = given.Rules;
                foreach (var device in _devices.Values.Where(device => device.Sector == sector))
                {
                    Pass(device, entry.ReceivedAt);
                    Follow(device, entry.ReceivedAt);
                }

                break;
            case RulesLookEntry:
                foreach (var device in _devices.Values.Where(device => device.Sector == sector))
                {
                    Pass(device, entry.ReceivedAt);
                }

                break;
            case RegisteredEntry { Descriptor: var descriptor } registered:
                Register(sector, registered, descriptor);
                break;
            case RemovedEntry removed when _devices.GetValueOrDefault(removed.Device) is { } device && device.Sector == sector:
                Pass(device, entry.ReceivedAt);
                Leave(device, entry.ReceivedAt);
                if (!removed.Moved)
                {
                    _devices.Remove(removed.Device);
                }

                break;
            case ReadingEntry reading when _devices.GetValueOrDefault(reading.Device) is { } device && device.Sector == sector:
                Read(device, reading);
                break;
        }
    }

    private void Register(string sector, RegisteredEntry entry, DeviceDescriptor descriptor)
    {
        var device = _devices.GetValueOrDefault(entry.Device);
        if (DescriptorRules.CabinetHeard(descriptor) is not null || entry.Revision < device?.Revision)
        {
            return;
        }

        if (device is null || device.Kind != descriptor.Kind)
        {
            _devices[entry.Device] = device = new NaiveDevice(entry.Device, descriptor.Kind);
        }

        if (device.Sector != sector)
        {
            Leave(device, entry.ReceivedAt);
            device.Sector = sector;
        }

        device.Revision = entry.Revision;
        Pass(device, entry.ReceivedAt);
        Follow(device, entry.ReceivedAt);
    }

    private void Read(NaiveDevice device, ReadingEntry reading)
    {
        // Which of two readings is newer is no business of rules.
        var placement = device.Order.Place(reading, out var at, out var order);
        if (placement == Placement.Duplicate)
        {
            return;
        }

        device.Order = order;
        if (placement != Placement.Older)
        {
            var instant = DateTimeOffset.FromUnixTimeMilliseconds(at);
            Pass(device, instant);
            device.Show(reading);
            Judge(device, instant, reading.ReceivedAt);
        }
    }

    private void Leave(NaiveDevice device, DateTimeOffset at)
    {
        foreach (var rule in device.Rules)
        {
            End(rule, Max(at, device.Now));
        }

        // On its way it is in no sector, and takes along since when what the rules ask for has been so.
        if (device.Sector.Length > 0)
        {
            device.Lasting = [.. device.Rules.Where(rule => rule.Since is not null).Select(rule => rule.Anew())];
        }

        device.Rules.Clear();
        device.Sector = "";
    }

    private void Follow(NaiveDevice device, DateTimeOffset at)
    {
        var former = device.Rules.ToArray();
        var asksForPrevious = false;
        device.Rules.Clear();
        foreach (var published in (_sets.GetValueOrDefault(device.Sector) ?? RuleSet.Empty).Rules)
        {
            var draw = _world.Writers.DrawOf(published.Id, published.Version);
            if (!draw.IsOfDevice || draw.Kind != device.Kind || (published.Kinds & (DeviceKinds)(1 << (int)device.Kind)) == 0)
            {
                continue;
            }

            asksForPrevious |= draw.Text.Contains("previous(", StringComparison.Ordinal);
            if (!published.Scope.StartsWith("device:", StringComparison.Ordinal) || published.Scope == $"device:{device.Id}")
            {
                device.Rules.Add(former.FirstOrDefault(rule => (rule.Id, rule.Version) == (published.Id, published.Version))
                    ?? device.Lasting.FirstOrDefault(rule => (rule.Id, rule.Version) == (published.Id, published.Version)) ?? new FollowedRule(published.Id, published.Version, draw));
            }
        }

        foreach (var gone in former.Except(device.Rules))
        {
            End(gone, Max(at, device.Now));
        }

        device.Lasting = [];
        device.Track(asksForPrevious);
        Judge(device, at);
    }

    /// <summary>Time passes: what has to last has lasted, a window begins or ends.</summary>
    private void Pass(NaiveDevice device, DateTimeOffset upTo)
    {
        while (device.Rules.Select(rule => DueOf(rule, device.Now)).Where(due => due is not null).Min() is { } due && due <= upTo)
        {
            Judge(device, due);
        }
    }

    private DateTimeOffset? DueOf(FollowedRule rule, DateTimeOffset now)
    {
        var due = rule is { Since: { } since, Holding: null } && Max(since + rule.Draw.For, rule.BeganAt + LeastBetween) is var from && from > now ? from : (DateTimeOffset?)null;
        if (rule.Draw.Window is var (begin, end))
        {
            foreach (var minutes in (int[])[begin, end])
            {
                var next = NextAt(minutes, now);
                due = due is null || next < due ? next : due;
            }
        }

        return due;
    }

    private void Judge(NaiveDevice device, DateTimeOffset at, DateTimeOffset? receivedAt = null)
    {
        var now = device.Now = Max(at, device.Now);
        foreach (var rule in device.Rules)
        {
            var value = rule.Draw.Value!(device);
            var holds = value > rule.Draw.Above || (rule.IsInBand && value > rule.Draw.Above - rule.Draw.Deadband);
            rule.IsInBand = holds;
            rule.KnownAt = rule.Since is null ? receivedAt ?? now : rule.KnownAt;
            rule.Since = holds ? rule.Since ?? now : null;
            var isNow = holds && IsWithin(rule.Draw, now);
            if (!isNow)
            {
                End(rule, now);
            }
            else if (rule.Holding is null && now >= rule.Since + rule.Draw.For && now >= rule.BeganAt + LeastBetween)
            {
                rule.BeganAt = now;
                _holdings.Add(rule.Holding = new Holding(rule.Id, rule.Version, device.Id, device.Sector, now) { FromAtLatest = Max(now, rule.KnownAt + rule.Draw.For) });
            }
        }
    }

    private static void End(FollowedRule rule, DateTimeOffset at)
    {
        if (rule.Holding is { } holding)
        {
            holding.To = at;
            rule.Holding = null;
        }
    }

    private bool IsWithin(RuleDraw draw, DateTimeOffset now)
    {
        if (draw.Window is not var (from, to))
        {
            return true;
        }

        var minutes = TimeZoneInfo.ConvertTime(now, _zone).TimeOfDay.TotalMinutes;
        return from == to || (from < to ? minutes >= from && minutes < to : minutes >= from || minutes < to);
    }

    private DateTimeOffset NextAt(int minutes, DateTimeOffset now)
    {
        var local = TimeZoneInfo.ConvertTime(now, _zone);
        var today = new DateTimeOffset(local.Date, local.Offset).AddMinutes(minutes);
        return (today > now ? today : today.AddDays(1)).ToUniversalTime();
    }

    private static DateTimeOffset Max(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private sealed class FollowedRule(string id, long version, RuleDraw draw)
    {
        public string Id { get; } = id;

        public long Version { get; } = version;

        public RuleDraw Draw { get; } = draw;

        public bool IsInBand { get; set; }

        public DateTimeOffset? Since { get; set; }

        // When the report was taken in by which that is known.
        public DateTimeOffset KnownAt { get; set; }

        public DateTimeOffset BeganAt { get; set; } = DateTimeOffset.UnixEpoch;

        public Holding? Holding { get; set; }

        /// <summary>What has lasted, and nothing of what followed from it.</summary>
        public FollowedRule Anew() => new(Id, Version, Draw) { IsInBand = IsInBand, Since = Since, KnownAt = KnownAt };
    }

    private sealed class NaiveDevice(string id, DeviceKind kind) : IRuleValues
    {
        private readonly Dictionary<string, (double Value, DateTimeOffset At)> _values = new(StringComparer.Ordinal);
        private readonly Dictionary<string, double?> _previous = new(StringComparer.Ordinal);

        public string Id { get; } = id;

        public DeviceKind Kind { get; } = kind;

        public string Sector { get; set; } = "";

        public long Revision { get; set; }

        public DateTimeOffset Now { get; set; }

        public ReadingOrder Order { get; set; }

        public List<FollowedRule> Rules { get; } = [];

        public IReadOnlyList<FollowedRule> Lasting { get; set; } = [];

        public double? this[string metric] => _values.TryGetValue(metric, out var value) ? value.Value : null;

        public double? Previous(string metric) => _previous.GetValueOrDefault(metric);

        /// <summary>What was before is kept only while a rule for its kind asks for it.</summary>
        public void Track(bool isAsked)
        {
            const string Asked = "supplyVolts";
            if (!isAsked)
            {
                _previous.Clear();
            }
            else
            {
                _previous.TryAdd(Asked, null);
            }
        }

        public void Show(ReadingEntry reading)
        {
            foreach (var metric in reading.Metrics)
            {
                var isKnown = _values.TryGetValue(metric.Name, out var known);
                if (isKnown && known.At >= reading.ObservedAt)
                {
                    continue;
                }

                if (isKnown && _previous.ContainsKey(metric.Name))
                {
                    _previous[metric.Name] = known.Value;
                }

                _values[metric.Name] = (metric.Value, reading.ObservedAt);
            }
        }
    }
}

/// <summary>A rule held on a device.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Version">Its version.</param>
/// <param name="Device">The device.</param>
/// <param name="Sector">The device's sector.</param>
/// <param name="From">When it began.</param>
internal sealed record Holding(string Rule, long Version, string Device, string Sector, DateTimeOffset From)
{
    /// <summary>A device that was judged for another cause before its report came counts it from then on: at the latest, from when that came.</summary>
    public required DateTimeOffset FromAtLatest { get; init; }

    /// <summary>When it ended; null while it holds.</summary>
    public DateTimeOffset? To { get; set; }
}

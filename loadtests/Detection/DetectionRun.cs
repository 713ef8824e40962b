using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Grid.Connectors.Simulator;
using Grid.Connectors.Simulator.Models;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Zones;
using Grid.Grains.Devices;
using Grid.Grains.Territory;
using Grid.Tests.Grains.Devices;

namespace Grid.LoadTests.Detection;

/// <summary>What a run of detection is over.</summary>
internal sealed record DetectionPlan
{
    public required string Department { get; init; }

    public required int Devices { get; init; }

    public required long Seed { get; init; }

    /// <summary>How many times as often as is believable something fails.</summary>
    public required double FaultRate { get; init; }

    /// <summary>From here on findings are judged; what came before is what the rules have learned from.</summary>
    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    public required DateTimeOffset WarmFrom { get; init; }

    /// <summary>How often devices report, whatever they say; null for as often as they do.</summary>
    public TimeSpan? ReportsEvery { get; init; }

    /// <summary>Which devices there are, of those of a demo.</summary>
    public Func<DeviceDescriptor, bool> Only { get; init; } = _ => true;
}

/// <summary>Looks at devices of a kind now and then, while the run goes on. Used by several threads.</summary>
internal interface IProbe
{
    /// <summary>How often it looks at a device; null for a device that it does not look at.</summary>
    TimeSpan? EveryOf(DeviceDescriptor device);

    /// <summary>Looks.</summary>
    void Look(DetectedDevice device, SimulatedFleet fleet, DateTimeOffset at);
}

/// <summary>
/// The simulated devices of a department and their network through the rules that ship. A device observes on the full quarter of an hour, half hour or hour and is
/// received up to minutes later; some readings are lost, some come late and out of order, some twice. A cabinet and its lamps are one course of events; every other device is one
/// by itself, so that courses need not wait for each other.
/// </summary>
internal sealed class DetectionRun(DetectionPlan plan, IReadOnlyList<IProbe> probes)
{
    private const double LostShare = 0.01;
    private const double LateShare = 0.005;
    private const double TwiceShare = 0.005;
    private const double LongestLateHours = 5;

    private readonly ConcurrentBag<Finding> _findings = [];
    private readonly ConcurrentBag<PlantedFault> _faults = [];
    // A day of 25 hours, and two until it is sent.
    private static readonly TimeSpan LongestOfFrame = TimeSpan.FromHours(27);

    private HashSet<string> _framed = [];
    private long _reports;
    private long _rejected;

    public IReadOnlyCollection<Finding> Findings => _findings;

    public IReadOnlyCollection<PlantedFault> Faults => _faults;

    public long Reports => _reports;

    public long Rejected => _rejected;

    public ImmutableArray<DeviceDescriptor> Devices { get; private set; } = [];

    /// <summary>Until when what was planted is of interest; null for the end of the run.</summary>
    public DateTimeOffset? FaultsUntil { get; init; }

    public void Run(int threads, CancellationToken cancellationToken)
    {
        var table = TerritoryTable.Shared;
        Devices = [.. DemoFleet.Create(table, plan.Department, plan.Devices, plan.Seed).Where(plan.Only)];
        _framed = plan.ReportsEvery is null ? [.. Devices.Where(SimulatedFleet.SendsFrames).Select(device => device.Id)] : [];
        Parallel.ForEach(
            Regions().OrderByDescending(region => region.Count),
            new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken },
            region =>
            {
                var fleet = SimulatedFleet.Build(region, table, plan.Seed, faultRate: plan.FaultRate);
                foreach (var fault in fleet.PlantedFaults(plan.WarmFrom, FaultsUntil ?? plan.To))
                {
                    _faults.Add(fault);
                }

                var context = new DeviceContext(new LocalCalendars(table), new LocalSkies(table), TimeProvider.System, new DeviceInstruments(new Meters()), new NoKeys());
                foreach (var course in region.GroupBy(device => device.Commune).SelectMany(commune => Courses(commune, context)))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Live(course, fleet);
                }
            });
    }

    /// <summary>Communes that share a water zone have one network, which one fleet must know.</summary>
    private IEnumerable<List<DeviceDescriptor>> Regions()
    {
        var together = new Groups();
        foreach (var device in Devices.Where(device => ZonePlace.Of(device) is not null))
        {
            together.Join(device.Commune, $"zone {ZonePlace.Of(device)!.Value.Zone}");
        }

        return Devices.GroupBy(device => together.RootOf(device.Commune)).Select(region => region.ToList());
    }

    /// <summary>Devices that hang together are one course: a cabinet and its lamps, a street on one supply, a building and its meters, a commune's sensors and what is exposed to them.</summary>
    private IEnumerable<List<DetectedDevice>> Courses(IEnumerable<DeviceDescriptor> devices, DeviceContext context)
    {
        var together = new Groups();
        var all = devices.ToArray();
        foreach (var device in all)
        {
            var links = DeviceLinks.Of(device);
            together.Join(device.Id, DescriptorRules.CabinetHeard(device));
            together.Join(device.Id, links.Supply is { } supply ? $"supply {supply}" : null);
            together.Join(device.Id, links.Building);
            together.Join(device.Id, links.ExposedTo is null && device.Kind != DeviceKind.Environment ? null : "surroundings");
        }

        foreach (var group in all.GroupBy(device => together.RootOf(device.Id)))
        {
            var course = group.Select(device => new DetectedDevice(device, context, plan.WarmFrom)).ToList();
            var byId = course.ToDictionary(device => device.Descriptor.Id);
            foreach (var device in course)
            {
                if (DescriptorRules.CabinetHeard(device.Descriptor) is { } heard && byId.TryGetValue(heard, out var cabinet))
                {
                    cabinet.Followers.Add(device);
                }
            }

            yield return course;
        }
    }

    private void Live(List<DetectedDevice> course, SimulatedFleet fleet)
    {
        var random = new Random(Seed(course[0].Descriptor.Id));
        var events = new PriorityQueue<Happening, (long At, int Number)>();
        var number = 0;
        void Plan(DateTimeOffset at, Happening happening) => events.Enqueue(happening, (at.UtcTicks, number++));
        foreach (var device in course)
        {
            if (fleet.Reports(device.Descriptor.Id))
            {
                var first = SendsFrames(device.Descriptor) ? fleet.NextReport(device.Descriptor.Id, plan.WarmFrom) : plan.WarmFrom;
                Plan(first, new Happening(device, null, TimeSpan.FromSeconds(random.Next(5, 400)), null, null));
            }

            foreach (var probe in probes)
            {
                if (probe.EveryOf(device.Descriptor) is { } every)
                {
                    Plan(plan.From, new Happening(device, every, TimeSpan.Zero, null, probe));
                }
            }
        }

        var across = AcrossTrades.Of(course);
        if (across is not null)
        {
            Plan(plan.From, new Happening(course[0], AcrossTrades.Every, TimeSpan.Zero, null, across));
        }

        while (events.TryDequeue(out var next, out var due))
        {
            var at = new DateTimeOffset(due.At, TimeSpan.Zero);
            if (at >= plan.To)
            {
                break;
            }

            if (next.Reading is { } reading)
            {
                next.Device.Receive(reading, at);
                continue;
            }

            Plan(next.Every is { } every ? at + every : Next(next.Device.Descriptor, at), next);
            if (next.Probe is { } probe)
            {
                probe.Look(next.Device, fleet, at);
            }
            else if (ReportOf(next.Device.Descriptor, at) is { } observed && random.NextDouble() >= LostShare)
            {
                var delay = next.Delay + TimeSpan.FromSeconds(random.Next(0, 20));
                var isLate = random.NextDouble() < LateShare;
                Plan(at + delay + (isLate ? TimeSpan.FromHours(LongestLateHours * random.NextDouble()) : TimeSpan.Zero), next with { Reading = observed });
                if (random.NextDouble() < TwiceShare)
                {
                    Plan(at + delay + TimeSpan.FromMinutes(random.Next(1, 60)), next with { Reading = observed });
                }
            }
        }

        DateTimeOffset Next(DeviceDescriptor device, DateTimeOffset at) => plan.ReportsEvery is { } given ? at + given : fleet.NextReport(device.Id, at);
        IncomingReading? ReportOf(DeviceDescriptor device, DateTimeOffset at) => SendsFrames(device) ? fleet.Report(device.Id, at) : fleet.Read(device.Id, at);

        foreach (var finding in across?.Close() ?? [])
        {
            _findings.Add(finding);
        }

        foreach (var device in course)
        {
            foreach (var finding in device.Close(plan.To))
            {
                _findings.Add(finding);
            }

            Interlocked.Add(ref _reports, device.Reports);
            Interlocked.Add(ref _rejected, device.Rejected);
        }
    }

    /// <summary>How long after it has happened something may be heard of from a device: those that send a frame a day tell it when the day is over.</summary>
    public TimeSpan HeardAfter(string device) => _framed.Contains(device) ? LongestOfFrame : TimeSpan.Zero;

    private bool SendsFrames(DeviceDescriptor device) => _framed.Contains(device.Id);

    private int Seed(string device)
    {
        var hash = 2_166_136_261u ^ (uint)plan.Seed;
        foreach (var letter in device)
        {
            hash = (hash ^ letter) * 16_777_619;
        }

        return (int)hash;
    }

    /// <summary>What hangs together, directly or through others.</summary>
    private sealed class Groups
    {
        private readonly Dictionary<string, string> _next = new(StringComparer.Ordinal);

        public string RootOf(string key)
        {
            while (_next.TryGetValue(key, out var other) && other != key)
            {
                key = other;
            }

            return key;
        }

        public void Join(string one, string? other)
        {
            if (other is not null)
            {
                _next[RootOf(one)] = RootOf(other);
            }
        }
    }

    private sealed record Happening(DetectedDevice Device, TimeSpan? Every, TimeSpan Delay, IncomingReading? Reading, IProbe? Probe);

    private sealed class Meters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }
}

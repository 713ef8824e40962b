using System.Collections.Immutable;
using Grid.Connectors.Simulator;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Rules;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains.Devices;
using Grid.Grains.Rules;
using Grid.Grains.Rules.Evaluation;
using Grid.Grains.Rules.Language;
using Grid.Grains.Territory;
using Grid.LoadTests.Rules;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.LoadTests.Scenarios;

/// <summary>
/// What rules that operators wrote cost: the same reports in turn through two grids of the same devices, with rules and without, and whether the rules raised what they must, by an
/// independent computation.
/// </summary>
internal static class RulesScenario
{
    private const double MostCostPercent = 25;
    private const int RoundsAtOnce = 4;
    private const int MostSampled = 5_000;
    private static readonly TimeSpan RoundEvery = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan LookAfter = TimeSpan.FromMinutes(7);

    public static async Task<ScenarioOutcome> RunAsync(ScenarioOptions options, CancellationToken cancellationToken)
    {
        var count = options.Number("rules", 2_000, 1, RuleDirectory.MaximumRules);
        var rounds = options.Number("rounds", 24, 2 * RoundsAtOnce, 10_000);
        var seed = options.Number("seed", 1, 0, int.MaxValue);
        var department = options.Text("department", "29");
        var devices = DemoFleet.Create(TerritoryTable.Shared, department, options.Number("devices", 100_000, 100, 1_000_000), seed).ToImmutableArray();
        var fleet = SimulatedFleet.Build(devices, TerritoryTable.Shared, seed);
        var communes = devices.Select(device => device.Commune).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        var bodies = communes.Select(commune => (Commune: commune, Body: TerritoryTable.Shared.FindCommune(commune)!.EpciSiren)).Where(member => member.Body is not null)
            .GroupBy(member => member.Body!, member => member.Commune, StringComparer.Ordinal).OrderBy(body => body.Key, StringComparer.Ordinal).ToArray();
        var rules = new RuleMix(ValuesOf(devices, fleet), options.Text("mix", "commune") == "wide", seed).Make(count, department, [.. bodies.Select(body => body.Key)], communes, devices);

        await using var with = await GrainsWorld.CreateAsync(devices, cancellationToken);
        await using var without = await GrainsWorld.CreateAsync(devices, cancellationToken);
        var registry = with.Services.GetRequiredService<IBodyRegistry>();
        foreach (var body in bodies)
        {
            await registry.PutAsync(new Body(body.Key, body.Key, BodyKind.Epci), cancellationToken);
            await registry.PutMembersAsync(body.Key, [.. body.Select(commune => new Membership(commune, body.Key, DeviceKinds.All, null, null))], cancellationToken);
        }

        var expected = new ExpectedAlarms(GrainsWorld.Start, GrainsWorld.Start + ((rounds + 1) * RoundEvery), TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris"));
        var concerned = await PublishAsync(with, rules, expected, fleet);
        await with.RegisterAsync();
        await without.RegisterAsync();

        var (spentWith, spentWithout, reports) = (default(Spent), default(Spent), 0L);
        for (var first = 1; first <= rounds; first += RoundsAtOnce)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var due = with.Sectors.Select(sector => Enumerable.Range(first, Math.Min(RoundsAtOnce, rounds + 1 - first))
                .Select(round => Report(fleet, sector, GrainsWorld.Start + (round * RoundEvery))).ToList()).ToList();
            foreach (var reading in due.SelectMany(sector => sector.SelectMany(entries => entries.OfType<ReadingEntry>())))
            {
                expected.Report(reading);
            }

            // Whoever comes second finds the processor's caches as warm as the first: so in turn.
            var isWithFirst = first / RoundsAtOnce % 2 == 0;
            var one = await (isWithFirst ? with : without).DeliverAsync(due);
            var other = await (isWithFirst ? without : with).DeliverAsync(due);

            // The first ones activate what was not active and compile what was not compiled.
            if (first > RoundsAtOnce)
            {
                (spentWith, spentWithout) = (spentWith + (isWithFirst ? one : other), spentWithout + (isWithFirst ? other : one));
                reports += due.Sum(sector => sector.Sum(entries => (long)entries.Count(entry => entry is ReadingEntry)));
            }
        }

        var alarms = expected.At(GrainsWorld.Start + (rounds * RoundEvery) + LookAfter);
        var failures = await CompareAsync(with, alarms, rules, devices, fleet);
        var cost = 100 * (1 - (spentWithout.Elapsed / spentWith.Elapsed));
        if (cost >= MostCostPercent)
        {
            failures.Add(FormattableString.Invariant($"the rules cost {cost:0.0} % of the throughput without them, at most {MostCostPercent} % are allowed"));
        }

        return new ScenarioOutcome(
            [
                new("devices", devices.Length, "devices"),
                new("rules", rules.Length, "rules"),
                new("rulesPerDevice", (double)concerned / devices.Length, "rules"),
                new("reportsPerSecond", reports / spentWith.Elapsed.TotalSeconds, "reports/s"),
                new("reportsPerSecondWithoutRules", reports / spentWithout.Elapsed.TotalSeconds, "reports/s"),
                new("costPercent", cost, "%"),
                new("processorNanosPerReport", spentWith.Processor.TotalNanoseconds / reports, "ns"),
                new("processorNanosPerReportWithoutRules", spentWithout.Processor.TotalNanoseconds / reports, "ns"),
                new("bytesPerReport", (double)spentWith.Allocated / reports, "bytes"),
                new("bytesPerReportWithoutRules", (double)spentWithout.Allocated / reports, "bytes"),
                new("raised", alarms.Values.Sum(alarm => alarm.Times), "alarms"),
                new("raisedBy", alarms.Keys.Select(key => key.Rule).Distinct(StringComparer.Ordinal).Count(), "rules"),
            ],
            failures);
    }

    /// <summary>Values that devices report in the hours after the start, ascending, by kind and metric.</summary>
    private static Dictionary<(DeviceKind Kind, string Metric), double[]> ValuesOf(ImmutableArray<DeviceDescriptor> devices, SimulatedFleet fleet) => devices
        .Where((_, place) => place % Math.Max(1, devices.Length / MostSampled) == 0)
        .SelectMany(device => Enumerable.Range(1, 4).Select(hour => fleet.Read(device.Id, GrainsWorld.Start.AddHours(hour))).OfType<IncomingReading>().SelectMany(reading => reading.Metrics), (device, metric) => (device.Kind, metric))
        .Where(one => !MetricCatalog.Flags.Contains(one.metric.Name) && MetricCatalog.ByName.TryGetValue(one.metric.Name, out var known) && !known.IsIndex && known.Name != "programVersion")
        .GroupBy(one => (one.Kind, one.metric.Name), one => one.metric.Value)
        .ToDictionary(group => group.Key, group => group.Order().ToArray());

    /// <summary>Gives each sector the rules of its territories; answers how many concern a device, summed over all.</summary>
    private static async Task<long> PublishAsync(GrainsWorld world, ImmutableArray<MixedRule> rules, ExpectedAlarms expected, SimulatedFleet fleet)
    {
        var published = rules.ToDictionary(rule => rule.Id, rule => new PublishedRule
        {
            Id = rule.Id,
            Version = 1,
            Name = rule.Id,
            Scope = rule.Scope,
            Kinds = DeviceKinds.All,
            Json = RuleJsonWriter.Write(RuleText.Read(rule.Text) is { Rule: { } read } reading ? read : throw new InvalidOperationException($"{rule.Text}: {RuleText.Read(rule.Text).Faults[0]}")),
        });
        var territory = world.Services.GetRequiredService<TerritoryRules>();
        var concerned = 0L;
        foreach (var sector in world.Sectors)
        {
            var scopes = (await territory.GiversAsync(SectorMap.CommuneOf(sector.Id), DateOnly.FromDateTime(GrainsWorld.Start.UtcDateTime))).Select(giver => giver.Scope)
                .Concat(sector.Devices.Select(device => $"device:{device.Id}")).ToHashSet(StringComparer.Ordinal);
            MixedRule[] given = [.. rules.Where(rule => scopes.Contains(rule.Scope))];
            await sector.DeliverAsync([new RulesEntry { Device = "", ReceivedAt = GrainsWorld.Start, Rules = RuleSets.SetOf(given.Select(rule => published[rule.Id])) }]);
            var facts = given.Select(rule => (Rule: rule, RuleJson.Read(published[rule.Id].Json).Rule!.Target, RuleChecker.FactsOf(RuleJson.Read(published[rule.Id].Json).Rule!).Kinds)).ToArray();
            foreach (var device in sector.Devices)
            {
                var ofDevice = facts.Where(one => (one.Kinds & (DeviceKinds)(1 << (int)device.Kind)) != 0 && (!one.Rule.Scope.StartsWith("device:", StringComparison.Ordinal) || one.Rule.Scope == $"device:{device.Id}")
                    && one.Target.Where.All(filter => Filters.Pass(filter, device))).Select(one => one.Rule).ToArray();
                concerned += ofDevice.Length;
                if (IsChecked(device, fleet))
                {
                    expected.Add(device.Id, ofDevice.Where(rule => rule.Model is { } model && (model.Attribute is not { } attribute || device.Text(attribute.Name) == attribute.Value)));
                }
            }
        }

        return concerned;
    }

    /// <summary>A passive lamp says nothing itself: what is known of it comes from its cabinet.</summary>
    private static bool IsChecked(DeviceDescriptor device, SimulatedFleet fleet) => fleet.Reports(device.Id) && DescriptorRules.CabinetFollowed(device) is null;

    /// <summary>A report of each device of a sector, then time for its rules.</summary>
    private static ImmutableArray<LogEntry> Report(SimulatedFleet fleet, GrainsSector sector, DateTimeOffset at) =>
    [
        .. sector.Devices.Select(device => fleet.Read(device.Id, at)).OfType<IncomingReading>()
            .Select(reading => new ReadingEntry { Device = reading.Device, ObservedAt = at, ReceivedAt = at, Metrics = reading.Metrics }),
        new RulesLookEntry { Device = "", ReceivedAt = at + LookAfter },
    ];

    /// <summary>Whether the sectors show exactly the alarms that must have been raised, each as often as it must.</summary>
    private static async Task<List<string>> CompareAsync(
        GrainsWorld world, Dictionary<(string Device, string Rule), (int Times, bool IsActive)> expected, ImmutableArray<MixedRule> rules, ImmutableArray<DeviceDescriptor> devices, SimulatedFleet fleet)
    {
        const int AllStates = (1 << ((int)AlarmState.OutOfService + 1)) - 1;
        var modelled = rules.Where(rule => rule.Model is not null).ToDictionary(rule => CompiledRule.AlarmConditionOf(rule.Id), rule => rule.Id, StringComparer.Ordinal);
        var isChecked = devices.Where(device => IsChecked(device, fleet)).Select(device => device.Id).ToHashSet(StringComparer.Ordinal);
        var found = new Dictionary<(string Device, string Rule), (int Times, bool IsActive)>();
        foreach (var sector in world.Sectors)
        {
            foreach (var alarm in await sector.Grain.GetAlarms(new AlarmFilter { States = AllStates, WithChildren = true, Limit = int.MaxValue }))
            {
                if (modelled.TryGetValue(alarm.Condition, out var rule) && isChecked.Contains(alarm.Source))
                {
                    found.Add((alarm.Source, rule), (alarm.Count, alarm.IsActive));
                }
            }
        }

        var failures = new List<string>();
        if (expected.Count == 0)
        {
            failures.Add("no rule had anything to raise");
        }

        var wrong = expected.Keys.Union(found.Keys).Where(key => expected.GetValueOrDefault(key) != found.GetValueOrDefault(key)).ToArray();
        if (wrong.Length > 0)
        {
            failures.Add($"{wrong.Length} of {expected.Count} alarms are other than the rules say; rule {wrong[0].Rule} on {wrong[0].Device} raised, and is active: {found.GetValueOrDefault(wrong[0])}, must be {expected.GetValueOrDefault(wrong[0])}: {rules.First(rule => rule.Id == wrong[0].Rule).Text}");
        }

        return failures;
    }
}

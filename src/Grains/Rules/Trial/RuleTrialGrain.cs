using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Notifications;
using Grid.Contracts.Parameters;
using Grid.Contracts.Rules;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains.Devices;
using Grid.Grains.Parameters;
using Grid.Grains.RollUp;
using Grid.Grains.Rules.Evaluation;
using Grid.Grains.Rules.Language;
using Grid.Grains.Rules.Starter;
using Grid.Grains.Sectors;
using Orleans;

namespace Grid.Grains.Rules.Trial;

/// <summary>Tries rules on history: see <see cref="IRuleTrialGrain"/>. It changes nothing.</summary>
public sealed partial class RuleTrialGrain(
    IDeviceRegistry registry,
    IHistory history,
    ITerritoryTable table,
    IBodyRegistry bodies,
    TerritoryParameters territory,
    DeviceContext context,
    FigureOptions figures,
    SectorOptions sectors,
    TimeProvider clock) : Grain, IRuleTrialGrain
{
    /// <summary>Devices of one trial.</summary>
    public const int MostDevices = 500;

    /// <summary>Values of one trial.</summary>
    public const int MostPoints = 500_000;

    /// <summary>Events that are told.</summary>
    public const int MostEvents = 2_000;

    private const string RuleId = "trial";
    private const string All = "all";

    /// <summary>A trial ends well before whoever waits for it gives up.</summary>
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(15);

    /// <summary>History before the beginning, so that a device is in the state in which it was.</summary>
    private static readonly TimeSpan RunUp = TimeSpan.FromDays(1);

    public async Task<RuleTrialAnswer> Try(RuleTrialRequest request)
    {
        if (RuleForms.Read(request.Rule, table, out var problems) is not { } rule)
        {
            return new RuleTrialAnswer { Problems = problems };
        }

        if (request.To <= request.From || request.To - request.From > TimeSpan.FromDays(RuleTrialRequest.MaximumDays))
        {
            return Refused("to", new(
                $"doit être après from, d’au plus {RuleTrialRequest.MaximumDays} jours", $"must be after from, by at most {RuleTrialRequest.MaximumDays} days"));
        }

        var started = clock.GetTimestamp();
        if (rule.Target.IsCommune || RuleChecker.FactsOf(rule).Needs != RuleNeeds.Device)
        {
            return await TryCommunesAsync(rule, request, started);
        }

        var kinds = RuleChecker.FactsOf(rule).Kinds;
        var found = await DevicesAsync(request.Scope ?? request.Rule.Scope, kinds);
        if (found is null)
        {
            return Refused("scope", RuleForms.ScopeForms);
        }

        var cut = found.Count > MostDevices ? $"only {MostDevices} devices were tried" : null;
        var set = RuleSets.SetOf([new PublishedRule { Id = RuleId, Version = 1, Name = request.Rule.Name, Scope = All, Kinds = kinds, Json = RuleJsonWriter.Write(rule) }]);
        var readings = new TrialReadings(history);
        var events = new List<RuleTrialEvent>();
        var (tried, count) = (0, 0);
        var defaults = new Dictionary<string, ImmutableArray<ParameterSet>>(StringComparer.Ordinal);
        foreach (var device in found.Where(device => PersonalData.SubscriberOf(device) is null).Take(MostDevices))
        {
            // Of persons' devices nothing is told: what happens in a dwelling would show.
            if (readings.Points >= MostPoints || clock.GetElapsedTime(started) > MostTime)
            {
                cut = readings.Points >= MostPoints ? $"only {MostPoints} values were read" : $"it was ended after {MostTime.TotalSeconds} s";
                break;
            }

            var given = await DefaultsAsync(device.Commune, request, defaults);
            var entries = await ReadAsync(readings, rule, device, request);
            events.AddRange(DeviceTrial.Run(device, given, set, entries, request.From, request.To, context));
            (tried, count) = (tried + 1, count + entries.Count);
        }

        return Told(events, tried, count, cut);
    }

    private static RuleTrialAnswer Told(List<RuleTrialEvent> events, int tried, int readings, string? cut) => new()
    {
        Events = [.. events.OrderBy(one => one.At).ThenBy(one => one.Device, StringComparer.Ordinal).Take(MostEvents)],
        Devices = tried,
        Readings = readings,
        Cut = events.Count > MostEvents ? $"only the first {MostEvents} of {events.Count} events are told" : cut,
    };

    private static RuleTrialAnswer Refused(string field, BilingualText reason) => new() { Problems = [RuleProblem.Of(field, reason)] };

    public ValueTask<ImmutableArray<StarterRule>> Starters() => new(StarterRules.All);

    private async Task<ImmutableArray<ParameterSet>> DefaultsAsync(string commune, RuleTrialRequest request, Dictionary<string, ImmutableArray<ParameterSet>> known)
    {
        if (!known.TryGetValue(commune, out var given))
        {
            known.Add(commune, given = ParameterResolution.Given(await territory.GiversAsync(GrainFactory, commune, territory.DayAt(commune, request.From))));
        }

        return given;
    }

    private async Task<List<ReadingEntry>> ReadAsync(TrialReadings readings, Rule rule, DeviceDescriptor device, RuleTrialRequest request)
    {
        var from = request.From - RunUp;
        var entries = await readings.OfAsync(device.Id, MetricsOf(device.Kind, rule), from, request.To, MostPoints, CancellationToken.None);
        if (DescriptorRules.CabinetHeard(device) is { } cabinet)
        {
            entries.AddRange(await readings.OfAsync(cabinet, MetricsOf(DeviceKind.Cabinet, null), from, request.To, MostPoints, CancellationToken.None));
            entries.Sort(static (one, other) => one.ObservedAt.CompareTo(other.ObservedAt));
        }

        return entries;
    }

    /// <summary>What its kind reports, and what else the rule names.</summary>
    private static IEnumerable<string> MetricsOf(DeviceKind kind, Rule? rule) =>
        MetricCatalog.All.Where(metric => (metric.Kinds & Vocabulary.SetOf(kind)) != 0).Select(metric => metric.Name)
            .Concat(rule is null ? [] : MetricsNamed.In(rule)).Distinct(StringComparer.Ordinal);

    /// <summary>One more than may be tried, so that it is seen that there are more; null when the scope is none.</summary>
    private async Task<List<DeviceDescriptor>?> DevicesAsync(string scope, DeviceKinds kinds)
    {
        if (RuleScopes.DeviceOf(scope) is { } id)
        {
            return await registry.GetAsync(id, CancellationToken.None) is { } record && (kinds & Vocabulary.SetOf(record.Descriptor.Kind)) != 0 ? [record.Descriptor] : [];
        }

        var communes = await CommunesAsync(scope, kinds);
        if (communes is not { } some)
        {
            return null;
        }

        var devices = new List<DeviceDescriptor>();
        foreach (var commune in some.Where(commune => commune.Kinds != DeviceKinds.None))
        {
            if (devices.Count > MostDevices)
            {
                break;
            }

            var page = await registry.ListAsync(new DeviceQuery { Communes = [commune], Limit = MostDevices + 1 }, CancellationToken.None);
            devices.AddRange(page.Select(record => record.Descriptor));
        }

        return devices;
    }

    /// <summary>The communes of a scope that is of more than one device, each with the kinds for which it is competent; null when it is none.</summary>
    private async Task<ImmutableArray<(string Commune, DeviceKinds Kinds)>?> CommunesAsync(string scope, DeviceKinds kinds)
    {
        var (word, key) = scope.Split(':') is [var first, var second] ? (first, second) : (scope, "");
        return word switch
        {
            "commune" => [(key, kinds)],
            "syndicate" => [.. (await bodies.GetMembersAsync(key, CancellationToken.None)).Select(member => (member.Commune, member.Kinds & kinds))],
            "department" => [.. table.CommunesOf(key).Select(commune => (commune.InseeCode, kinds))],
            All => [.. table.Departments.SelectMany(department => table.CommunesOf(department.Code)).Select(commune => (commune.InseeCode, kinds))],
            _ => null,
        };
    }
}

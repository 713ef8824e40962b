using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Devices;
using Grid.Contracts.Territories;
using Grid.Grains.Rules.Starter;

namespace Grid.LoadTests.Rules;

/// <summary>
/// Rules as a department's services may have written them: those that ship and few others for all, some for each body, most for one commune, and some for one device. Limits lie where values are
/// rare, or beyond all that is reported. Everything follows from the seed.
/// </summary>
/// <param name="values">Values that devices report, ascending, by kind and metric.</param>
/// <param name="isWide">True for the worst that was thought of: a third of the rules are for bodies or all, and one in thirty limits is crossed by one report in a hundred.</param>
/// <param name="seed">The seed.</param>
internal sealed class RuleMix(IReadOnlyDictionary<(DeviceKind Kind, string Metric), double[]> values, bool isWide, int seed)
{
    /// <summary>Of a hundred rules: up to which place they are for all, for the department, for a body.</summary>
    private readonly (int All, int Department, int Body) _places = isWide ? (2, 10, 35) : (1, 2, 12);

    /// <summary>Limits within what is reported are crossed by at most this share of it.</summary>
    private readonly double _crossed = isWide ? 0.01 : 0.0002;

    private static readonly (DeviceKind Kind, int Weight)[] Kinds =
    [
        (DeviceKind.Streetlight, 30), (DeviceKind.Meter, 20), (DeviceKind.Cabinet, 15), (DeviceKind.Bin, 15), (DeviceKind.Building, 10), (DeviceKind.Environment, 10),
    ];

    private static readonly (int From, int To)[] Windows = [(22 * 60, 6 * 60), (60, 5 * 60), (0, (7 * 60) + 30), (6 * 60, 22 * 60), ((3 * 60) + 20, (3 * 60) + 50)];

    private static readonly string[] Schedules = ["night", "weekday and from 06:00 to 22:00", "not holiday", "from civilDusk to civilDawn", "weekend or night"];

    /// <summary>What else rules ask, by kind: of what they raise nothing is checked.</summary>
    private static readonly ImmutableDictionary<DeviceKind, string[]> Others = new Dictionary<DeviceKind, string[]>
    {
        [DeviceKind.Streetlight] =
        [
            "lampFailure for 2 h", "status = silent for 1 h", "since(lampFailure) > 3 d", "supplyVolts < 207 and dimmingPercent > 0 for 20 min", "powerWatts > previous(powerWatts) * 1.5 and powerWatts > 20",
            "count(of kind streetlight where same cabinet: lampFailure) >= 5", "alarm lampFailure is acknowledged",
        ],
        [DeviceKind.Cabinet] = ["reported(doorOpen) for 15 min", "since(heard) > 2 h", "supplyVolts < 200 or supplyVolts > 253", "status = fault for 4 h", "count(of kind streetlight where same cabinet: status = silent) >= 10"],
        [DeviceKind.Meter] = ["since(heard) > 2 d", "leak or burst", "batteryLow and batteryPercent < 20", "status = silent for 1 d"],
        [DeviceKind.Bin] = ["fire and not tipped", "since(overflow) > 6 h", "status = fault", "fillPercent > 60 and temperatureCelsius > 50"],
        [DeviceKind.Building] = ["frostRisk for 30 min", "co2Ppm > 1200 and occupied for 10 min", "temperatureCelsius - outdoorCelsius > 22", "comfortBreach or heatingUnoccupied"],
        [DeviceKind.Environment] = ["localLevel for 30 min", "rapidRise", "batteryLow for 7 d", "status = warning for 2 h"],
    }.ToImmutableDictionary();

    private static readonly string[] Steps = ["temperatureCelsius", "fillPercent", "levelMillimetres", "co2Ppm", "powerWatts", "flowLitresPerHour", "supplyVolts"];

    private readonly Random _random = new(seed);

    /// <summary>So many rules for these territories and devices, those that ship among them.</summary>
    public ImmutableArray<MixedRule> Make(int count, string department, IReadOnlyList<string> bodies, IReadOnlyList<string> communes, IReadOnlyList<DeviceDescriptor> devices)
    {
        var rules = ImmutableArray.CreateBuilder<MixedRule>(count);
        foreach (var starter in StarterRules.All.Take(count))
        {
            rules.Add(new MixedRule(starter.Id, "all", starter.Text, null));
        }

        while (rules.Count < count)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"m{rules.Count:0000}");
            var place = _random.Next(100);
            if (place == 0)
            {
                var device = devices[_random.Next(devices.Count)];
                rules.Add(Modelled(id, $"device:{device.Id}", device.Kind));
                continue;
            }

            var scope = place < _places.All ? "all"
                : place < _places.Department ? $"department:{department}"
                : place < _places.Body ? $"syndicate:{bodies[_random.Next(bodies.Count)]}"
                : $"commune:{communes[_random.Next(communes.Count)]}";
            var kind = PickKind();
            rules.Add(_random.Next(4) == 0 ? Other(id, scope, kind) : Modelled(id, scope, kind));
        }

        return rules.DrainToImmutable();
    }

    private T One<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];

    private DeviceKind PickKind()
    {
        var drawn = _random.Next(Kinds.Sum(kind => kind.Weight));
        return Kinds.First(kind => (drawn -= kind.Weight) < 0).Kind;
    }

    private MixedRule Other(string id, string scope, DeviceKind kind)
    {
        var within = _random.Next(3) == 0 ? $" within {One(Schedules)}" : "";
        return new MixedRule(id, scope, $"each {Word(kind)} when {One(Others[kind])}{within} then raise alarm \"{id}\" priority low", null);
    }

    private MixedRule Modelled(string id, string scope, DeviceKind kind)
    {
        var metrics = values.Keys.Where(key => key.Kind == kind).Select(key => key.Metric).Order(StringComparer.Ordinal).ToArray();
        if (metrics.Length == 0)
        {
            return Other(id, scope, kind);
        }

        var metric = One(metrics);
        var sorted = values[(kind, metric)];
        var value = Steps.Contains(metric) ? One([ModelledValue.Newest, ModelledValue.Newest, ModelledValue.Newest, ModelledValue.Rate, ModelledValue.Gain]) : ModelledValue.Newest;
        var isAbove = _random.Next(3) > 0;
        var spread = Math.Max(1, sorted[^1] - sorted[0]);
        var limit = value switch
        {
            ModelledValue.Rate => (isAbove ? 1 : -1) * spread * (1 + (2 * _random.NextDouble())),
            ModelledValue.Gain => (isAbove ? 1 : -1) * spread * (0.3 + _random.NextDouble()),
            _ when _random.Next(3) > 0 => isAbove ? sorted[^1] + (spread * _random.NextDouble()) : sorted[0] - (spread * _random.NextDouble()),
            _ => sorted[(int)((sorted.Length - 1) * (isAbove ? 1 - (_random.NextDouble() * _crossed) : _random.NextDouble() * _crossed))],
        };
        limit = Math.Round(limit, 1);
        var deadband = value == ModelledValue.Newest && _random.Next(2) == 0 ? Math.Max(0.5, Math.Round(spread / 50, 1)) : 0;
        var minutes = One([0, 0, 10, 20, 30, 60, 120]);
        var window = _random.Next(3) == 0 ? One(Windows) : ((int, int)?)null;
        var attribute = kind == DeviceKind.Meter && _random.Next(3) == 0 ? ("fluid", "water") : ((string, string)?)null;
        var model = new RuleModel(kind, metric, value, isAbove, limit, deadband, minutes, window, attribute);
        return new MixedRule(id, scope, TextOf(id, model), model);
    }

    private static string TextOf(string id, RuleModel model)
    {
        var where = model.Attribute is { } attribute ? $" where {attribute.Name} = \"{attribute.Value}\"" : "";
        var compared = model.Value switch
        {
            ModelledValue.Newest => model.Metric,
            ModelledValue.Rate => $"rate({model.Metric})",
            _ => $"{model.Metric} - previous({model.Metric})",
        };
        var deadband = model.Deadband > 0 ? Invariant($" deadband {model.Deadband}") : "";
        var lasting = model.ForMinutes > 0 ? Invariant($" for {model.ForMinutes} min") : "";
        var within = model.Window is var (from, to) ? Invariant($" within from {from / 60:00}:{from % 60:00} to {to / 60:00}:{to % 60:00}") : "";
        return Invariant($"each {Word(model.Kind)}{where} when {compared} {(model.IsAbove ? ">" : "<")} {model.Limit}{deadband}{lasting}{within} then raise alarm \"{id}\" priority low");
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private static string Word(DeviceKind kind) => kind.ToString().ToLowerInvariant();
}

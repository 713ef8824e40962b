using System.Globalization;
using Grid.Contracts.Devices;
using Grid.Simulation.Faults;

namespace Grid.Simulation.Field;

/// <summary>A rule as somebody writes it, and what it means in a form of its own, apart from the language in which it is written.</summary>
internal sealed record RuleDraw
{
    private const int Rules = 6;
    private const int Neighbours = 2;
    private const int Communes = 2;

    /// <summary>The text.</summary>
    public required string Text { get; init; }

    /// <summary>The kind of the devices that it is for.</summary>
    public required DeviceKind Kind { get; init; }

    /// <summary>What is compared; null for a rule that asks for neighbours or alarms.</summary>
    public Func<IRuleValues, double?>? Value { get; init; }

    /// <summary>It holds above this.</summary>
    public double Above { get; init; }

    /// <summary>Once it holds, it goes on down to so much less.</summary>
    public double Deadband { get; init; }

    /// <summary>How long it has to hold.</summary>
    public TimeSpan For { get; init; }

    /// <summary>Minutes of the local day between which it counts; null for always.</summary>
    public (int From, int To)? Window { get; init; }

    /// <summary>True when it raises an alarm.</summary>
    public bool Raises { get; init; }

    /// <summary>The flag that it sets; null for none.</summary>
    public string? Flag { get; init; }

    /// <summary>Of a rule that asks for neighbours: the share of the light points of its cabinet that are fine, or null.</summary>
    public double? FineShare { get; init; }

    /// <summary>Of a rule that asks for alarms: the rule whose alarm is raised on the same device, or null.</summary>
    public string? AlarmOf { get; init; }

    /// <summary>Of a rule for communes: it holds where more alarms than this are unacknowledged; null for another.</summary>
    public int? AlarmsOver { get; init; }

    /// <summary>True when it is evaluated on the device's turn.</summary>
    public bool IsOfDevice => Value is not null;

    /// <summary>The ids under which there are rules.</summary>
    public static IReadOnlyList<string> Ids { get; } =
        [.. Enumerable.Range(1, Rules).Select(IdOf), .. Enumerable.Range(1, Neighbours).Select(number => string.Create(CultureInfo.InvariantCulture, $"neighbours{number}"))];

    /// <summary>The ids under which there are rules for communes.</summary>
    public static IReadOnlyList<string> IdsOfCommunes { get; } = [.. Enumerable.Range(1, Communes).Select(number => string.Create(CultureInfo.InvariantCulture, $"communes{number}"))];

    /// <summary>True for a rule for communes, and for what is named after it.</summary>
    public static bool IsOfCommunes(string id) => id.Contains("communes", StringComparison.Ordinal);

    /// <summary>True for a rule that asks for neighbours or alarms, and for what is named after it.</summary>
    public static bool IsOfNeighbours(string id) => id.Contains("neighbours", StringComparison.Ordinal);

    /// <summary>A new rule under an id.</summary>
    public static RuleDraw Of(string id, Chance chance) => id switch
    {
        "neighbours1" => OfCabinet(id, chance),
        "neighbours2" => OfAlarm(id, chance),
        _ when IsOfCommunes(id) => OfCommune(id, chance),
        _ => OfDevice(id, chance),
    };

    private static string IdOf(int number) => string.Create(CultureInfo.InvariantCulture, $"rule{number}");

    private static RuleDraw OfDevice(string id, Chance chance)
    {
        var draw = chance.Below(8) switch
        {
            0 or 1 => Compare("supplyVolts", DeviceKind.Streetlight, Whole(chance, 226, 236)),
            2 => Compare("powerWatts", DeviceKind.Streetlight, Whole(chance, 1, 60)),
            3 => new RuleDraw
            {
                Kind = DeviceKind.Streetlight,
                Text = "supplyVolts - previous(supplyVolts)",
                Value = static values => values["supplyVolts"] - values.Previous("supplyVolts"),
                Above = Whole(chance, -1, 2),
            },
            4 => Compare("flowLitresPerHour", DeviceKind.Meter, Whole(chance, 0, 20)),
            5 => Compare("fillPercent", DeviceKind.Bin, Whole(chance, 10, 80)),
            6 => Compare("co2Ppm", DeviceKind.Building, Whole(chance, 400, 800)),
            _ => Compare("powerWatts", DeviceKind.Cabinet, Whole(chance, 10, 400)),
        };
        draw = draw with
        {
            Deadband = draw.Text.Contains('(', StringComparison.Ordinal) ? 0 : chance.OneOf([0, 0, 1, 3]),
            For = TimeSpan.FromMinutes(chance.OneOf([0, 0, 1, 10, 20, 40])),
            Window = chance.Happens(0.3) ? (Whole(chance, 0, 23) * 60, (Whole(chance, 0, 23) * 60) + 30) : null,
        };
        var (actions, raises, flag) = Actions(id, draw.Kind, chance);
        return draw with { Text = TextOf(draw, actions), Raises = raises, Flag = flag };
    }

    private static RuleDraw OfCabinet(string id, Chance chance)
    {
        var percent = chance.OneOf([20, 50, 80]);
        var flag = chance.Happens(0.5) ? $"flag-{id}" : null;
        return new RuleDraw
        {
            Kind = DeviceKind.Cabinet,
            FineShare = percent / 100.0,
            Raises = true,
            Flag = flag,
            Text = string.Create(
                CultureInfo.InvariantCulture,
                $"each cabinet when share(of kind streetlight where same cabinet: status = ok) > {percent} % then raise alarm \"Quartier {percent}\"{(flag is null ? "" : $" and set flag \"{flag}\"")}"),
        };
    }

    private static RuleDraw OfAlarm(string id, Chance chance)
    {
        var other = IdOf(1 + chance.Below(Rules));
        return new RuleDraw
        {
            Kind = DeviceKind.Streetlight,
            AlarmOf = other,
            Raises = true,
            Text = $"each streetlight when alarm \"rule.{other}\" is raised then raise alarm \"Suite de {other}\"{(chance.Happens(0.5) ? " and open work order" : "")} and set flag \"flag-{id}\"",
            Flag = $"flag-{id}",
        };
    }

    private static RuleDraw OfCommune(string id, Chance chance)
    {
        var over = chance.Below(4);
        var lasting = chance.OneOf([0, 0, 2]);
        var flag = chance.Happens(0.5) ? $"flag-{id}" : null;
        var actions = (List<string>)[$"raise alarm \"Commune: {id}\" priority {chance.OneOf(["low", "medium", "high"])}"];
        if (flag is not null)
        {
            actions.Add($"set flag \"{flag}\"");
        }

        if (chance.Happens(0.5))
        {
            actions.Add("open work order");
        }

        if (chance.Happens(0.5))
        {
            actions.Add($"notify {RuleWriters.Endpoint} \"{id}\"");
        }

        return new RuleDraw
        {
            Kind = default,
            AlarmsOver = over,
            For = TimeSpan.FromMinutes(lasting),
            Raises = true,
            Flag = flag,
            Text = string.Create(
                CultureInfo.InvariantCulture,
                $"each commune when alarms.unacknowledged > {over}{(lasting == 0 ? "" : $" for {lasting} min")} then {string.Join(" and ", actions)}"),
        };
    }

    private static RuleDraw Compare(string metric, DeviceKind kind, double above) => new() { Kind = kind, Text = metric, Value = values => values[metric], Above = above };

    private static (List<string> Actions, bool Raises, string? Flag) Actions(string id, DeviceKind kind, Chance chance)
    {
        var actions = new List<string>();
        var raises = chance.Happens(0.7);
        if (raises)
        {
            actions.Add($"raise alarm \"Alarme de {id}\" priority {chance.OneOf(["low", "medium", "high"])}");
        }

        var flag = chance.Happens(0.4) ? $"flag-{id}" : null;
        if (flag is not null)
        {
            actions.Add($"set flag \"{flag}\"");
        }

        if (chance.Happens(0.3))
        {
            actions.Add(chance.Happens(0.5) ? "open work order" : $"open work order \"Voir {id}\"");
        }

        if (chance.Happens(0.3))
        {
            actions.Add($"notify {RuleWriters.Endpoint} \"{id}\"");
        }

        if (kind == DeviceKind.Streetlight && chance.Happens(0.2))
        {
            actions.Add(string.Create(
                CultureInfo.InvariantCulture, $"command setDimming(percent: {chance.Below(101)}, durationMinutes: 30) on {chance.OneOf(["this device", "this device", "group cabinet"])}"));
        }

        if (actions.Count == 0 || chance.Happens(0.1))
        {
            actions.Add($"clear alarm \"{chance.OneOf([.. Ids.Where(other => other != id)])}\"");
        }

        return (actions, raises, flag);
    }

    private static string TextOf(RuleDraw draw, List<string> actions)
    {
        var deadband = draw.Deadband > 0 ? string.Create(CultureInfo.InvariantCulture, $" deadband {draw.Deadband}") : "";
        var lasting = draw.For > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $" for {draw.For.TotalMinutes} min") : "";
        var window = draw.Window is var (from, to) ? $" within from {Clock(from)} to {Clock(to)}" : "";
        return string.Create(
            CultureInfo.InvariantCulture, $"each {draw.Kind.ToString().ToLowerInvariant()} when {draw.Text} > {draw.Above}{deadband}{lasting}{window} then {string.Join(" and ", actions)}");
    }

    private static string Clock(int minutes) => string.Create(CultureInfo.InvariantCulture, $"{minutes / 60:00}:{minutes % 60:00}");

    private static int Whole(Chance chance, int from, int to) => from + chance.Below(to - from + 1);
}

/// <summary>What a device has reported.</summary>
internal interface IRuleValues
{
    /// <summary>The newest value of a metric; null when it was never reported.</summary>
    double? this[string metric] { get; }

    /// <summary>The value before that, since a rule asks for it.</summary>
    double? Previous(string metric);
}

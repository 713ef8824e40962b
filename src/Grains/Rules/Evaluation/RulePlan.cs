using Grid.Grains.Devices;

namespace Grid.Grains.Rules.Evaluation;

/// <summary>
/// The rules that devices have in common, by what they see: which of them another value, condition or instant concerns. Shared by all devices of a kind for which the same
/// rules hold; a rule is its number in the set.
/// </summary>
internal sealed class RulePlan
{
    /// <summary>Limits of one metric that are told apart; of more, any other value counts.</summary>
    private const int MostLimits = 60_000;

    /// <summary>Makes the plan of a set.</summary>
    /// <param name="rules">The rules of the kind.</param>
    /// <param name="concerned">Which of them concern the devices.</param>
    public RulePlan(CompiledRule[] rules, ulong[] concerned)
    {
        Rules = rules;
        Concerned = concerned;
        Restless = new ulong[concerned.Length];
        Scheduled = new ulong[concerned.Length];
        OfStatus = new ulong[concerned.Length];
        var conditions = new List<(Conditions, int)>();
        var ages = new List<(Conditions, int)>();
        var limits = new List<(string Metric, double Value, int Rule)>();
        var values = new List<(string Metric, int Rule)>();
        for (var number = 0; number < rules.Length; number++)
        {
            if (!RuleBits.Has(concerned, number))
            {
                continue;
            }

            var inputs = rules[number].Inputs;
            Note(Restless, inputs.IsRestless, number);
            Note(Scheduled, inputs.IsScheduled, number);
            Note(OfStatus, inputs.HasStatus, number);
            HasRestless |= inputs.IsRestless;
            HasScheduled |= inputs.IsScheduled;
            Conditions |= inputs.Conditions;
            Ages |= inputs.Ages;
            if (inputs.Conditions != default)
            {
                conditions.Add((inputs.Conditions, number));
            }

            if (inputs.Ages != default)
            {
                ages.Add((inputs.Ages, number));
            }

            limits.AddRange(inputs.Limits.Select(limit => (limit.Metric, limit.Value, number)));
            values.AddRange(inputs.Values.Select(metric => (metric, number)));
        }

        (OfConditions, OfAges) = ([.. conditions], [.. ages]);
        Metrics =
        [
            .. limits.Select(limit => limit.Metric).Concat(values.Select(value => value.Metric)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
                .Select(metric => PlanOf(metric, [.. limits.Where(limit => limit.Metric == metric)], [.. values.Where(value => value.Metric == metric).Select(value => value.Rule)])),
        ];
    }

    /// <summary>All rules of the kind, by number.</summary>
    public CompiledRule[] Rules { get; }

    /// <summary>Those that concern the devices.</summary>
    public ulong[] Concerned { get; }

    /// <summary>Those that are evaluated every time.</summary>
    public ulong[] Restless { get; }

    /// <summary>Those that see sun or calendar.</summary>
    public ulong[] Scheduled { get; }

    /// <summary>Those that see the status.</summary>
    public ulong[] OfStatus { get; }

    /// <summary>Those that see conditions, and which.</summary>
    public (Conditions Seen, int Rule)[] OfConditions { get; }

    /// <summary>Those that see how long conditions have held, and which.</summary>
    public (Conditions Seen, int Rule)[] OfAges { get; }

    /// <summary>The metrics that rules see, by name.</summary>
    public PlannedMetric[] Metrics { get; }

    /// <summary>All conditions that are seen.</summary>
    public Conditions Conditions { get; }

    /// <summary>All conditions whose age is seen.</summary>
    public Conditions Ages { get; }

    /// <summary>True when some rule is evaluated every time.</summary>
    public bool HasRestless { get; }

    /// <summary>True when some rule sees sun or calendar.</summary>
    public bool HasScheduled { get; }

    private static void Note(ulong[] bits, bool isSo, int number)
    {
        if (isSo)
        {
            RuleBits.Set(bits, number);
        }
    }

    private PlannedMetric PlanOf(string metric, (string Metric, double Value, int Rule)[] limits, int[] values)
    {
        var any = new ulong[Concerned.Length];
        foreach (var rule in limits.Length > MostLimits ? [.. values, .. limits.Select(limit => limit.Rule)] : values)
        {
            RuleBits.Set(any, rule);
        }

        var told = limits.Length > MostLimits ? [] : limits.OrderBy(limit => limit.Value).ToArray();
        return new PlannedMetric(metric, [.. told.Select(limit => limit.Value)], [.. told.Select(limit => limit.Rule)], RuleBits.IsEmpty(any) ? null : any);
    }
}

/// <summary>What rules see of a metric.</summary>
/// <param name="Name">Its name, the shared instance.</param>
/// <param name="Limits">The values at which a rule may change, ascending; one may be there several times.</param>
/// <param name="Rules">The rule of each limit.</param>
/// <param name="OfAnyValue">The rules for which any other value counts; null for none.</param>
internal sealed record PlannedMetric(string Name, double[] Limits, int[] Rules, ulong[]? OfAnyValue)
{
    /// <summary>Where a value lies among the limits: how many are below it, and how many are not above it.</summary>
    public (ushort Below, ushort NotAbove) PlaceOf(double value)
    {
        if (double.IsNaN(value))
        {
            return (ushort.MaxValue, 0);
        }

        var below = 0;
        for (var beyond = Limits.Length; below < beyond;)
        {
            var middle = (below + beyond) / 2;
            (below, beyond) = Limits[middle] < value ? (middle + 1, beyond) : (below, middle);
        }

        var notAbove = below;
        while (notAbove < Limits.Length && Limits[notAbove] == value)
        {
            notAbove++;
        }

        return ((ushort)below, (ushort)notAbove);
    }

    /// <summary>Whether a value lies where another does, so that no rule with a limit can tell them apart.</summary>
    public bool IsAt(double value, ushort below, ushort notAbove) =>
        below == notAbove
            ? (below == 0 || Limits[below - 1] < value) && (below == Limits.Length ? !double.IsNaN(value) : value < Limits[below])
            : below < notAbove && value == Limits[below];
}

/// <summary>Sets of rules, a bit each.</summary>
internal static class RuleBits
{
    /// <summary>An empty set with room for so many.</summary>
    public static ulong[] Of(int rules) => new ulong[(rules + 63) / 64];

    public static bool Has(ReadOnlySpan<ulong> bits, int number) => (bits[number >> 6] & (1UL << number)) != 0;

    public static void Set(Span<ulong> bits, int number) => bits[number >> 6] |= 1UL << number;

    public static void Add(Span<ulong> bits, ReadOnlySpan<ulong> others)
    {
        for (var word = 0; word < bits.Length; word++)
        {
            bits[word] |= others[word];
        }
    }

    public static bool IsEmpty(ReadOnlySpan<ulong> bits) => !bits.ContainsAnyExcept(0UL);
}

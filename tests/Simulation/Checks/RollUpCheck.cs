using System.Globalization;
using System.Runtime.InteropServices;
using Grid.Contracts.Devices;
using Grid.Contracts.Territories;
using Grid.Grains.Territory;
using Grid.Simulation.Machine;

namespace Grid.Simulation.Checks;

/// <summary>
/// I1: after quiet, each commune's figures are the sum over its devices, and each body's the sum over its members' devices by competence and date.
/// </summary>
internal static class RollUpCheck
{
    private static readonly DateOnly Epoch = new(1970, 1, 1);
    private static readonly string[] Statuses = [.. Enum.GetValues<DeviceStatus>().Select(status => $"status.{status}")];

    public static async Task RunAsync(World world, GridProcess process)
    {
        var devices = new List<(string Commune, Contribution Contribution)>();
        foreach (var record in world.Registry.Devices.Values)
        {
            devices.Add((record.Descriptor.Commune, await process.Get<Client.IGridGrains>().Device(record.Descriptor.Kind, record.Descriptor.Id).GetContribution()));
        }

        var byCommune = devices.ToLookup(device => device.Commune, StringComparer.Ordinal);
        foreach (var commune in world.Communes)
        {
            Compare(world, $"commune:{commune.InseeCode}", byCommune[commune.InseeCode], await process.Grains.GetGrain<ICommuneGrain>(commune.InseeCode).GetPartial());
        }

        Compare(
            world, $"department:{world.Options.Department}", devices, await process.Grains.GetGrain<IBodyGrain>(TerritoryKeys.OfDepartment(world.Options.Department)).GetPartial());
        foreach (var body in world.Registry.Bodies.Keys)
        {
            var grain = process.Grains.GetGrain<IBodyGrain>(body);
            var date = Epoch.AddDays((await grain.GetSummary()).Today);
            var kinds = world.Registry.Members[body].Where(member => member.HoldsOn(date)).GroupBy(member => member.Commune, StringComparer.Ordinal)
                .ToDictionary(members => members.Key, members => members.Aggregate(DeviceKinds.None, (all, member) => all | member.Kinds), StringComparer.Ordinal);
            var counted = devices.Where(device => kinds.GetValueOrDefault(device.Commune).HasFlag((DeviceKinds)(1 << (int)device.Contribution.Kind)));
            Compare(world, $"body:{body}", counted, await grain.GetPartial());
        }
    }

    private static void Compare(World world, string territory, IEnumerable<(string Commune, Contribution Contribution)> devices, TerritoryPartial partial)
    {
        var expected = Sum(devices.Select(device => device.Contribution));
        var actual = Flatten(partial.Figures);
        world.Trace.Add("figures", territory, Trace.HashOf(System.Text.Encoding.UTF8.GetBytes(string.Join(';', actual))));
        foreach (var name in expected.Keys.Union(actual.Keys).Where(name => expected.GetValueOrDefault(name) != actual.GetValueOrDefault(name)))
        {
            world.Violated("I1", string.Create(CultureInfo.InvariantCulture, $"{territory} says {name} {actual.GetValueOrDefault(name)}, its devices add up to {expected.GetValueOrDefault(name)}"));
        }
    }

    private static SortedDictionary<string, long> Sum(IEnumerable<Contribution> contributions)
    {
        var counted = new Dictionary<(DeviceKind Kind, string Name, int Number), long>();
        foreach (var item in contributions)
        {
            void Add(string name, long amount, int number = 0)
            {
                if (amount != 0)
                {
                    CollectionsMarshal.GetValueRefOrAddDefault(counted, (item.Kind, name, number), out _) += amount;
                }
            }

            Add("total", 1);
            Add(Statuses[(int)item.Status], 1);
            Add("lit", item.Light == LightState.On ? 1 : 0);
            Add("dark", item.Light == LightState.Off ? 1 : 0);
            Add("failed", item.Light == LightState.Failed ? 1 : 0);
            Add("power", item.PowerMilliwatts);
            Add("flow", item.FlowMillilitresPerHour);
            Add("leaks", item.Flags.HasFlag(ContributionFlags.LeakSuspect) ? 1 : 0);
            Add("comfort", item.Flags.HasFlag(ContributionFlags.ComfortBreach) ? 1 : 0);
            Add("over80", item.Flags.HasFlag(ContributionFlags.Over80Percent) ? 1 : 0);
            Add("overflowing", item.Flags.HasFlag(ContributionFlags.Overflowing) ? 1 : 0);
            Add("fires", item.Flags.HasFlag(ContributionFlags.Fire) ? 1 : 0);
            Add("level.", item.Kind == DeviceKind.Environment ? 1 : 0, item.LocalLevel);
            Add("day.", item.DayAmount, item.Day);
            Add("day.", item.PreviousDayAmount, item.Day - 1);
            Add("saved.", item.DaySaved, item.SavedDay);
            Add("saved.", item.PreviousDaySaved, item.SavedDay - 1);
        }

        var sums = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var ((kind, name, number), sum) in counted)
        {
            sums.Add(name.EndsWith('.') ? string.Create(CultureInfo.InvariantCulture, $"{kind}.{name}{number}") : $"{kind}.{name}", sum);
        }

        return NewestDays(sums);
    }

    private static SortedDictionary<string, long> Flatten(TerritoryFigures figures)
    {
        var sums = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var kind in figures.Kinds)
        {
            void Add(string name, long amount)
            {
                if (amount != 0)
                {
                    sums[$"{kind.Kind}.{name}"] = amount;
                }
            }

            Add("total", kind.Total);
            for (var status = 0; status < kind.ByStatus.Length; status++)
            {
                Add($"status.{(DeviceStatus)status}", kind.ByStatus[status]);
            }

            Add("lit", kind.LightsOn);
            Add("dark", kind.LightsOff);
            Add("failed", kind.LightsFailed);
            Add("power", kind.PowerMilliwatts);
            Add("flow", kind.FlowMillilitresPerHour);
            Add("leaks", kind.LeakSuspects);
            Add("comfort", kind.ComfortBreaches);
            Add("over80", kind.Over80Percent);
            Add("overflowing", kind.Overflowing);
            Add("fires", kind.Fires);
            for (var level = 0; level < kind.ByLocalLevel.Length; level++)
            {
                Add($"level.{level}", kind.ByLocalLevel[level]);
            }

            foreach (var day in kind.Days)
            {
                Add($"day.{day.Day}", day.Amount);
            }

            foreach (var day in kind.SavedDays)
            {
                Add($"saved.{day.Day}", day.Amount);
            }
        }

        return sums;
    }

    /// <summary>Figures keep the newest days of each kind only.</summary>
    private static SortedDictionary<string, long> NewestDays(SortedDictionary<string, long> sums)
    {
        var days = sums.Keys.Where(name => name.Contains(".day.", StringComparison.Ordinal) || name.Contains(".saved.", StringComparison.Ordinal))
            .Select(name => (Name: name, Kind: name[..name.LastIndexOf('.')], Day: int.Parse(name[(name.LastIndexOf('.') + 1)..], CultureInfo.InvariantCulture)))
            .GroupBy(day => day.Kind, StringComparer.Ordinal);
        foreach (var old in days.SelectMany(kind => kind.Where(day => sums[day.Name] != 0).OrderByDescending(day => day.Day).Skip(KindFigures.MaximumDays)).ToList())
        {
            sums.Remove(old.Name);
        }

        return sums;
    }
}

using FsCheck;
using FsCheck.Fluent;
using Grid.Contracts.Devices;
using Grid.Contracts.Territories;
using Grid.Grains.RollUp;

namespace Grid.Tests.City;

public sealed class FiguresSumTests
{
    [Fact]
    public void A_sum_does_not_depend_on_order_nor_on_what_came_and_went() => Prop.ForAll(
        Arb.From(Contributions.ListOf()),
        Arb.From(Contributions.ListOf()),
        (kept, gone) =>
        {
            var there = new FiguresSum();
            kept.Concat(gone).ToList().ForEach(item => there.Add(item));
            gone.ToList().ForEach(item => there.Subtract(item));
            return FiguresComparison.AreEqual(there.ToFigures(), Sum(kept.AsEnumerable().Reverse()));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_sum_of_parts_is_the_sum_of_the_whole() => Prop.ForAll(
        Arb.From(Contributions.ListOf()),
        Arb.From(Contributions.ListOf()),
        (left, right) => FiguresComparison.AreEqual(
            Sum([Sum(left), Sum(right)], DeviceKinds.All),
            Sum(left.Concat(right)))).QuickCheckThrowOnFailure();

    [Fact]
    public void A_body_counts_only_the_kinds_that_it_is_competent_for()
    {
        var figures = Sum([
            new Contribution { Kind = DeviceKind.Streetlight, Status = DeviceStatus.Ok, Light = LightState.On, PowerMilliwatts = 70_000 },
            new Contribution { Kind = DeviceKind.Meter, Status = DeviceStatus.Silent, FlowMillilitresPerHour = 12_000 },
        ]);
        var lighting = Sum([figures], DeviceKinds.Streetlight | DeviceKinds.Cabinet);
        var kind = Assert.Single(lighting.Kinds);
        Assert.Equal(DeviceKind.Streetlight, kind.Kind);
        Assert.Equal(1, kind.LightsOn);
        Assert.Equal(70_000, kind.PowerMilliwatts);
    }

    [Fact]
    public void Amounts_are_kept_by_local_day_newest_first()
    {
        var figures = Sum([
            new Contribution { Kind = DeviceKind.Meter, Status = DeviceStatus.Ok, Day = 20_000, DayAmount = 5, PreviousDayAmount = 7 },
            new Contribution { Kind = DeviceKind.Meter, Status = DeviceStatus.Ok, Day = 19_999, DayAmount = 11, PreviousDayAmount = 13 },
        ]);
        Assert.Equal([new DayAmount(20_000, 5), new DayAmount(19_999, 18), new DayAmount(19_998, 13)], figures.Kinds[0].Days);
    }

    private static Gen<Contribution> Contributions { get; } =
        from kind in Gen.Elements(Enum.GetValues<DeviceKind>())
        from status in Gen.Elements(Enum.GetValues<DeviceStatus>())
        from light in Gen.Elements(Enum.GetValues<LightState>())
        from flags in Gen.Choose(0, 31)
        from level in Gen.Choose(0, 3)
        from power in Gen.Choose(0, 1_000_000)
        from flow in Gen.Choose(0, 1_000_000)
        from day in Gen.Choose(19_998, 20_001)
        from amount in Gen.Choose(0, 1_000)
        from previous in Gen.Choose(0, 1_000)
        select new Contribution
        {
            Kind = kind,
            Status = status,
            Light = light,
            Flags = (ContributionFlags)flags,
            LocalLevel = kind == DeviceKind.Environment ? (byte)level : (byte)0,
            PowerMilliwatts = power,
            FlowMillilitresPerHour = flow,
            Day = day,
            DayAmount = amount,
            PreviousDayAmount = previous,
        };

    private static TerritoryFigures Sum(IEnumerable<Contribution> contributions)
    {
        var sum = new FiguresSum();
        foreach (var contribution in contributions)
        {
            sum.Add(contribution);
        }

        return sum.ToFigures();
    }

    private static TerritoryFigures Sum(IEnumerable<TerritoryFigures> parts, DeviceKinds kinds)
    {
        var sum = new FiguresSum();
        foreach (var part in parts)
        {
            sum.Add(part, kinds);
        }

        return sum.ToFigures();
    }
}

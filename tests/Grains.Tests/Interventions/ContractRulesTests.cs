using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Interventions;
using Grid.Contracts.Territories;
using Grid.Grains.Interventions;
using Grid.Grains.Territory;
using static Grid.Tests.Grains.Interventions.Orders;

namespace Grid.Tests.Grains.Interventions;

public sealed class ContractRulesTests
{
    private const string Siren = "999000001";

    private static readonly Commune Here = TerritoryTable.Shared.FindCommune(Brest)!;

    private static ServiceContract Contract(string id, string holder = $"syndicate:{Siren}") => new()
    {
        Id = id,
        Holder = holder,
        Name = "Lighting",
        Contractor = $"Contractor of {id}",
        Zone = "Europe/Paris",
        Hours = OfficeHours.Hours,
        Lots = [new ContractLot { Name = "elsewhere", Kinds = DeviceKinds.Streetlight, Communes = ["29232"] }, new ContractLot { Name = "lamps", Kinds = DeviceKinds.Streetlight | DeviceKinds.Cabinet }],
        Deadlines = [new(WorkOrderPriority.Medium, 40, false)],
    };

    private static string? Chosen(DeviceKind? kind, params ServiceContract[] contracts)
    {
        var bodies = new[] { (new Body("999000002", "E", BodyKind.Epci), DeviceKinds.Bin), (new Body(Siren, "S", BodyKind.Syndicate), DeviceKinds.Streetlight | DeviceKinds.Bin) };
        var views = contracts.OrderBy(contract => contract.Id, StringComparer.Ordinal).Select(contract => new ContractView { Contract = contract, Version = 1, ChangedAt = Monday });
        var terms = ContractRules.Choose([.. views], Here, "Europe/Paris", kind, bodies, _ => new DateOnly(2026, 11, 16));
        return terms.Contract is null ? null : $"{terms.Contract}/{terms.Lot}";
    }

    [Fact]
    public void The_lot_counts_that_has_the_kind_and_the_commune() => Assert.Equal("a/lamps", Chosen(DeviceKind.Streetlight, Contract("a"), Contract("b")));

    [Fact]
    public void A_contract_of_the_commune_itself_comes_before_one_of_a_body() => Assert.Equal("z/lamps", Chosen(DeviceKind.Streetlight, Contract("a"), Contract("z", "commune:29019")));

    [Fact]
    public void A_body_that_is_not_competent_for_the_kind_has_no_say()
    {
        Assert.Null(Chosen(DeviceKind.Cabinet, Contract("a")));
        Assert.Null(Chosen(DeviceKind.Meter, Contract("a")));
        Assert.Null(Chosen(null, Contract("a")));
    }

    [Fact]
    public void A_contract_holds_from_its_first_day_to_its_last()
    {
        var day = new DateOnly(2026, 11, 16);

        Assert.Equal("a/lamps", Chosen(DeviceKind.Streetlight, Contract("a") with { From = day, To = day }));
        Assert.Null(Chosen(DeviceKind.Streetlight, Contract("a") with { From = day.AddDays(1) }));
        Assert.Null(Chosen(DeviceKind.Streetlight, Contract("a") with { To = day.AddDays(-1) }));
    }

    [Fact]
    public void Without_a_contract_the_clock_never_stands_still_and_there_is_no_deadline()
    {
        var terms = ContractRules.Choose([], Here, "Europe/Paris", DeviceKind.Bin, [], _ => default);

        Assert.Empty(terms.Deadlines);
        Assert.Equal(TimeSpan.FromHours(168), Time.Between(terms.Calendar, Monday, Monday.AddDays(7)));
        Assert.Equal((24, 7), (terms.ConfirmHours, terms.RecurrenceDays));
    }

    [Fact]
    public void What_is_wrong_with_a_contract_is_said_by_field()
    {
        static string FaultsOf(ServiceContract contract) =>
            string.Join(' ', ContractRules.Check(contract, commune => commune is "29019" or "29232", siren => siren == Siren).Select(fault => fault.Field));
        var good = Contract("a");

        Assert.Equal("", FaultsOf(good));
        Assert.Equal("id holder name contractor zone", FaultsOf(good with { Id = "a/b", Holder = "syndicate:1", Name = "", Contractor = " ", Zone = "Europe/Brest" }));
        Assert.Equal("holder", FaultsOf(good with { Holder = "commune:99999" }));
        Assert.Equal("to confirmHours recurrenceDays", FaultsOf(good with { From = new(2026, 1, 2), To = new(2026, 1, 1), ConfirmHours = 0, RecurrenceDays = 91 }));
        Assert.Equal("hours", FaultsOf(good with { Hours = [] }));
        Assert.Equal("hours[0] hours[2]", FaultsOf(good with { Hours = [new(Weekday.Monday, 600, 600), new(Weekday.Tuesday, 0, 1440), new(Weekday.Tuesday, 700, 800)] }));
        Assert.Equal("lots", FaultsOf(good with { Lots = [] }));
        Assert.Equal(
            "lots[0].kinds lots[1].name lots[1].communes",
            FaultsOf(good with { Lots = [new ContractLot { Name = "a", Kinds = DeviceKinds.None }, new ContractLot { Name = "a", Kinds = DeviceKinds.Bin, Communes = ["1"] }] }));
        Assert.Equal(
            "deadlines[0].hours deadlines[1].priority",
            FaultsOf(good with { Deadlines = [new(WorkOrderPriority.Low, 0, false), new(WorkOrderPriority.Low, 1, false)] }));
    }

    [Fact]
    public void Two_contracts_are_the_same_when_they_say_the_same()
    {
        var same = Contract("a") with { Hours = [.. OfficeHours.Hours], Lots = [.. Contract("a").Lots], Deadlines = ImmutableArray.Create(new PriorityDeadline(WorkOrderPriority.Medium, 40, false)) };

        Assert.True(ContractRules.AreSame(Contract("a"), same));
        Assert.False(ContractRules.AreSame(Contract("a"), same with { Deadlines = [] }));
        Assert.False(ContractRules.AreSame(Contract("a"), same with { Lots = [same.Lots[0], same.Lots[1] with { Communes = ["29019"] }] }));
        Assert.False(ContractRules.AreSame(Contract("a"), same with { Contractor = "other" }));
    }
}

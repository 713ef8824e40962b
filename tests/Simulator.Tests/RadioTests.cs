using System.Collections.Immutable;
using Grid.Connectors.Simulator;
using Grid.Connectors.Simulator.Radio;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Grains.Territory;

namespace Grid.Tests.Simulator;

public sealed class RadioTests
{
    private const string Gateway = "lorawan-29019";
    private static readonly ImmutableArray<DeviceDescriptor> Lamps =
    [
        .. Enumerable.Range(0, 2_000).Select(lamp => new DeviceDescriptor
        {
            Id = $"lamp-{lamp}",
            Kind = DeviceKind.Streetlight,
            Commune = "29019",
            Name = "lamp",
            Connector = new ConnectorSpec { Type = "simulator", Gateway = Gateway },
            Attributes = ImmutableSortedDictionary<string, AttributeValue>.Empty.Add("scheduler", AttributeValue.Of(true)),
        }),
    ];

    private readonly SimulatedFleet _fleet = SimulatedFleet.Build(Lamps, TerritoryTable.Shared, 1);
    private readonly SimulatorDownlinkSender _sender = new(new SimulatorOptions { Seed = 1 });

    public RadioTests() => _sender.Serve(_fleet);

    // Worked out by hand from the datasheet. Spreading factor 9: symbols of 4.096 ms; 12.25 of preamble, 8 + 5 ceil((408 - 36 + 28) / 36) = 68 of payload.
    // 12: of 32.768 ms, optimised for drift; 12.25 and 8 + 5 ceil((408 - 48 + 28) / 40) = 58. 7: of 1.024 ms; 12.25 and 8 + 5 ceil((104 - 28 + 28) / 28) = 28.
    [Theory]
    [InlineData(51, 9, 328.704)]
    [InlineData(51, 12, 2_301.952)]
    [InlineData(13, 7, 41.216)]
    public void A_frame_is_on_the_air_as_long_as_the_datasheet_says(int bytes, int spreadingFactor, double milliseconds) =>
        Assert.Equal(milliseconds, LoRaAirtime.OfDownlink(bytes, spreadingFactor, 125_000).TotalMilliseconds, 0.001);

    [Fact]
    public void What_is_no_frame_has_no_airtime()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => LoRaAirtime.OfDownlink(0, 9, 125_000));
        Assert.Throws<ArgumentOutOfRangeException>(() => LoRaAirtime.OfDownlink(256, 9, 125_000));
        Assert.Throws<ArgumentOutOfRangeException>(() => LoRaAirtime.OfDownlink(51, 6, 125_000));
        Assert.Throws<ArgumentOutOfRangeException>(() => LoRaAirtime.OfDownlink(51, 9, 868));
    }

    [Fact]
    public void A_gateway_is_never_longer_on_the_air_than_a_tenth_of_an_hour()
    {
        var budget = _sender.BudgetOf(Gateway)!.Value;
        var airtime = LoRaAirtime.OfDownlink(51, 9, 125_000) * (budget.PerHour + budget.Burst);

        Assert.InRange(airtime, TimeSpan.FromMinutes(5.9), TimeSpan.FromMinutes(6));
        Assert.True(_sender.CanMulticast(Gateway));
        Assert.Null(_sender.BudgetOf("operator-3"));
        Assert.Null(_sender.BudgetOf(string.Empty));
        Assert.False(_sender.CanMulticast("operator-3"));
    }

    [Fact]
    public async Task Some_downlinks_are_lost_some_are_not_answered_and_some_are_acknowledged_and_not_obeyed()
    {
        var outcomes = new List<(DownlinkStatus Status, bool Arrived)>();
        foreach (var lamp in Lamps)
        {
            var result = await _sender.SendAsync(Command(lamp.Id), default);
            outcomes.Add((result.Status, _sender.Waiting.TryRead(out _)));
        }

        Assert.InRange(Share(DownlinkStatus.Acknowledged, arrived: true), 0.93, 0.97);
        Assert.InRange(Share(DownlinkStatus.Ambiguous, arrived: false), 0.02, 0.04);
        Assert.InRange(Share(DownlinkStatus.Ambiguous, arrived: true), 0.004, 0.02);
        Assert.InRange(Share(DownlinkStatus.Acknowledged, arrived: false), 0.004, 0.02);

        double Share(DownlinkStatus status, bool arrived) => outcomes.Count(outcome => outcome == (status, arrived)) / (double)outcomes.Count;
    }

    [Fact]
    public async Task What_was_lost_arrives_at_another_try()
    {
        foreach (var lamp in Lamps.Take(300))
        {
            var tries = 0;
            while ((await _sender.SendAsync(Command(lamp.Id), default)).Status != DownlinkStatus.Acknowledged) Assert.InRange(++tries, 1, 5);
        }
    }

    [Fact]
    public async Task A_multicast_is_repeated_reaches_all_that_there_are_and_is_acknowledged_by_nobody()
    {
        ImmutableArray<DownlinkMember> members = [.. Lamps.Select((lamp, version) => new DownlinkMember(lamp.Id, version)), new DownlinkMember("stranger", 1)];

        var result = await _sender.MulticastAsync(Command(string.Empty), members, default);

        Assert.Equal(DownlinkStatus.Transmitted, result.Status);
        Assert.True(_sender.Waiting.TryRead(out var message));
        Assert.Equal(5, _sender.MulticastTimes(Gateway));
        Assert.Equal(members[..^1].AsEnumerable(), message.Members);
        Assert.False(_sender.Waiting.TryRead(out _));
        Assert.True(_sender.TakeMissesDevices());
    }

    [Fact]
    public async Task Other_gateways_lose_nothing_and_have_no_multicast()
    {
        foreach (var lamp in Lamps) Assert.Equal(DownlinkStatus.Acknowledged, (await _sender.SendAsync(Command(lamp.Id) with { Gateway = "operator-3" }, default)).Status);

        Assert.Equal(Lamps.Length, _sender.Waiting.Count);
        await Assert.ThrowsAsync<NotSupportedException>(async () => await _sender.MulticastAsync(Command(string.Empty) with { Gateway = string.Empty }, [new DownlinkMember(Lamps[0].Id, 1)], default));
    }

    private static Downlink Command(string device) => new(
        "c1", device, "simulator", "setDimming", ImmutableSortedDictionary<string, double>.Empty.Add("percent", 40), 1, DateTimeOffset.MaxValue, Gateway);
}

using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Grains.Alarms;
using Grid.Grains.Devices;
using Grid.Grains.Sectors;

namespace Grid.Tests.Grains.Alarms;

/// <summary>What the loss of a gateway explains says nothing of the network server behind it.</summary>
public sealed class NetworkCauseTests
{
    private const string Sector = "29155.0";
    private const string Network = $"network:tts@{Sector}~networkOutage";

    private readonly SectorBook _book = new();
    private readonly SectorAlarms _alarms;
    private long _offset;

    public NetworkCauseTests() => _alarms = new SectorAlarms(Sector, _book);

    private IEnumerable<string> Open => _alarms.List(new AlarmFilter { Limit = 1_000 }).Where(alarm => alarm.IsActive).Select(alarm => alarm.Id).Order(StringComparer.Ordinal);

    private static string Outage(string gateway) => $"gateway:{gateway}@{Sector}~gatewayOutage";

    private void Add(string gateway, int devices)
    {
        for (var number = 0; number < devices; number++)
        {
            var device = new SectorDevice { Id = $"{gateway}-{number}", Kind = DeviceKind.Meter, Contribution = new Contribution { Kind = DeviceKind.Meter, Status = DeviceStatus.Unknown } };
            _book.Add(device);
            _alarms.Place(device, new AlarmTopology(null, gateway.Length == 0 ? null : gateway, "tts"));
        }
    }

    private void Silence(string gateway, int from, int to) => Change(gateway, from, to, Conditions.None, Conditions.CommunicationLoss);

    private void Hear(string gateway, int from, int to) => Change(gateway, from, to, Conditions.CommunicationLoss, Conditions.None);

    private void Change(string gateway, int from, int to, Conditions former, Conditions now)
    {
        for (var number = from; number < to; number++)
        {
            _offset++;
            _alarms.Change(_book.Find($"{gateway}-{number}")!, (int)former, (int)now, 1_700_000_000_000 + (_offset * 1_000), _offset);
        }
    }

    [Theory]
    [InlineData(10, 20, 10, 20, 0, 0)]
    [InlineData(12, 30, 10, 20, 2, 10)]
    [InlineData(12, 30, 0, 0, 12, 30)]
    public void Devices_behind_a_gateway_that_is_out_are_taken_out(int active, int behind, int through, int reached, int left, int of) => Assert.Equal(
        new CauseShare(left, of),
        CauseRules.OfNetwork(new CauseShare(active, behind), through == 0 ? [] : [new CauseShare(through, reached)]));

    [Fact]
    public void All_count_when_every_one_of_several_gateways_is_out() =>
        Assert.Equal(new CauseShare(16, 30), CauseRules.OfNetwork(new CauseShare(16, 30), [new CauseShare(8, 15), new CauseShare(8, 15)]));

    [Fact]
    public void One_gateway_that_is_out_is_one_alarm_however_much_of_the_network_it_serves()
    {
        Add("G1", 20);
        Add("G2", 20);
        Silence("G1", 0, 20);
        Assert.Equal([Outage("G1")], Open);

        // Some others are silent for their own reasons.
        Silence("G2", 0, 3);
        Assert.Equal(["G2-0~communicationLoss", "G2-1~communicationLoss", "G2-2~communicationLoss", Outage("G1")], Open);
        Hear("G2", 0, 3);
        Hear("G1", 0, 20);
        Assert.Empty(Open);
    }

    [Fact]
    public void What_is_left_beside_it_is_told_as_the_network_when_it_is_a_fifth_of_what_is_left()
    {
        Add("G1", 20);
        Add("", 20);
        Silence("G1", 0, 20);
        Silence("", 0, 5);
        Assert.Equal([Outage("G1"), Network], Open);

        // One that was told before the gateway was found is told no more when nothing is left of it.
        Hear("", 0, 5);
        Assert.Equal([Outage("G1")], Open);
    }

    [Fact]
    public void A_network_of_several_small_gateways_is_told_until_a_gateway_explains_what_is_left()
    {
        foreach (var gateway in new[] { "G1", "G2", "G3", "G4", "G5" })
        {
            Add(gateway, 6);
            Silence(gateway, 0, 1);
        }

        // Of 30 devices 5 are too few, and 6 are a fifth.
        Assert.Equal(5, Open.Count());
        Silence("G1", 1, 2);
        Assert.Equal([Network], Open);

        foreach (var gateway in new[] { "G2", "G3", "G4", "G5" })
        {
            Hear(gateway, 0, 1);
        }

        Assert.Equal([Network], Open);
        Silence("G1", 2, 6);
        Assert.Equal([Outage("G1")], Open);
    }

    [Fact]
    public void Every_one_of_several_gateways_out_is_the_network_until_one_of_them_is_back()
    {
        Add("G1", 10);
        Add("G2", 10);
        Silence("G1", 0, 10);
        Assert.Equal([Outage("G1")], Open);
        Silence("G2", 0, 10);
        Assert.Equal([Outage("G1"), Outage("G2"), Network], Open);

        Hear("G2", 0, 10);
        Assert.Equal([Outage("G1")], Open);
    }

    [Fact]
    public void It_is_the_same_after_a_start_from_a_snapshot()
    {
        Add("G1", 20);
        Add("G2", 20);
        Silence("G1", 0, 20);
        var again = new SectorBook();
        foreach (var device in _book.Devices)
        {
            again.Add(new SectorDevice { Id = device.Id, Kind = device.Kind, Contribution = device.Contribution, Topology = device.Topology, Holding = device.Holding });
        }

        var resumed = new SectorAlarms(Sector, again);
        resumed.Resume(_alarms.ToSnapshot());
        resumed.Change(again.Find("G2-0")!, 0, (int)Conditions.CommunicationLoss, 1_700_000_100_000, 100);
        Assert.Equal(["G2-0~communicationLoss", Outage("G1")], resumed.List(new AlarmFilter { Limit = 10 }).Select(alarm => alarm.Id).Order(StringComparer.Ordinal));
    }
}

using Grid.Contracts.Devices;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Grains.Intake;

namespace Grid.Tests.City;

/// <summary>A grain never changes its partition: whatever happens to a device, whoever asks is told the same.</summary>
public sealed class DevicePartitionTests
{
    private const string Home = "29019.0";
    private static readonly string Elsewhere = Enumerable.Range(1, 1_000).Select(slice => $"29019.{slice}").First(sector => SectorMap.PartitionOf(sector) != SectorMap.PartitionOf(Home));

    private readonly DeviceDirectory _directory = new();

    private void Register(string device, string sector) => _directory.Set(new DirectoryEntry(device, DeviceKind.Streetlight, sector, null, null, null));

    [Fact]
    public void A_device_lives_on_the_partition_of_its_sector()
    {
        Register("L1", Home);

        Assert.Equal(SectorMap.PartitionOf(Home), _directory.PartitionOf("L1"));
    }

    [Fact]
    public void A_device_that_moves_to_another_sector_stays_on_its_partition()
    {
        Register("L1", Home);

        Register("L1", Elsewhere);

        Assert.Equal(SectorMap.PartitionOf(Home), _directory.PartitionOf("L1"));
    }

    [Fact]
    public void A_device_that_was_removed_and_comes_back_elsewhere_stays_on_its_partition()
    {
        Register("L1", Home);
        _directory.Remove("L1");
        var gone = _directory.PartitionOf("L1");

        Register("L1", Elsewhere);

        Assert.Equal(SectorMap.PartitionOf(Home), gone);
        Assert.Equal(gone, _directory.PartitionOf("L1"));
    }

    [Fact]
    public void A_device_that_was_asked_for_before_it_was_registered_stays_where_the_runtime_has_put_it()
    {
        Assert.Null(_directory.PartitionOf("L1"));

        Register("L1", Home);
        Register("L1", Elsewhere);
        _directory.Remove("L1");

        Assert.Null(_directory.PartitionOf("L1"));
    }

    [Fact]
    public async Task Who_asks_while_devices_come_move_and_go_gets_one_answer_for_each()
    {
        var devices = Enumerable.Range(0, 20_000).Select(number => $"L{number}").ToArray();
        var told = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            var answers = new HashSet<int?>[devices.Length];
            for (var round = 0; round < 4; round++)
            {
                for (var device = 0; device < devices.Length; device++)
                {
                    (answers[device] ??= []).Add(_directory.PartitionOf(devices[device]));
                }
            }

            return answers;
        })).Append(Task.Run(() =>
        {
            foreach (var device in devices)
            {
                Register(device, Home);
                Register(device, Elsewhere);
                _directory.Remove(device);
                Register(device, Elsewhere);
            }

            return devices.Select(device => new HashSet<int?> { _directory.PartitionOf(device) }).ToArray();
        })));

        Assert.All(Enumerable.Range(0, devices.Length), device => Assert.Single(told.SelectMany(answers => answers[device]).Distinct()));
    }
}

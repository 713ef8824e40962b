using Grid.Contracts.Devices;
using Grid.Grains.Devices;
using Grid.Grains.Sectors;

namespace Grid.Tests.City;

/// <summary>What a sector knows of how its devices are to be heard outlives it.</summary>
public sealed class RhythmSnapshotTests
{
    private static SectorBook Book(StatedRhythm own, int intervalMinutes, TimeSpan? silentAfter)
    {
        var book = new SectorBook { Offset = 3 };
        book.Add(new SectorDevice
        {
            Id = "B1",
            Kind = DeviceKind.Bin,
            Own = own,
            IntervalMinutes = intervalMinutes,
            SilentAfter = silentAfter,
            Contribution = new Contribution { Kind = DeviceKind.Bin, Status = DeviceStatus.Ok },
        });
        return book;
    }

    private static SectorDevice Read(byte[] block) => SectorSnapshot.Read(block, new SectorBook(), null!).Find("B1")!;

    [Theory]
    [InlineData(null, null)]
    [InlineData(15, null)]
    [InlineData(null, 0)]
    [InlineData(1_440, 44_640)]
    public void It_is_read_as_it_was_written(int? interval, int? bound)
    {
        var block = SectorSnapshot.Write(Book(new(interval, bound), 61, TimeSpan.FromMinutes(124)), null!);
        var read = Read(block);

        Assert.Equal((new StatedRhythm(interval, bound), 61, TimeSpan.FromMinutes(124)), (read.Own, read.IntervalMinutes, read.SilentAfter!.Value));
        Assert.Equal(["B1"], SectorSnapshot.ReadDevices(block).Devices);
    }

    [Fact]
    public void Books_from_when_silence_was_three_intervals_are_read()
    {
        var block = SectorSnapshot.Write(Book(new(120, null), 120, TimeSpan.FromHours(6)), null!);

        // From its end: no tombstone, no parameter, a contribution of eleven bytes (the last one its bounds); before these its own interval, and the one that holds.
        byte[] former = [6, .. block[1..^15], .. block[^13..^3], .. block[^2..]];
        var read = Read(former);

        Assert.Equal((new StatedRhythm(120, null), 120, TimeSpan.FromHours(6)), (read.Own, read.IntervalMinutes, read.SilentAfter!.Value));
        Assert.Equal(block, SectorSnapshot.Write(SectorSnapshot.Read(former, new SectorBook(), null!), null!));
    }
}

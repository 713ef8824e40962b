using Grid.Contracts.Devices;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Cabinets;

public sealed class CabinetSegmentTests
{
    private static readonly DateTimeOffset Noon = Entries.Start;

    [Fact]
    public void A_segment_for_the_night_that_is_fed_by_day_is_a_condition_after_its_delay()
    {
        var cabinet = TestDevice.Of(DeviceKind.Cabinet, ("segment2NightOnly", true));
        cabinet.Report(Noon, ("segment2On", 1));
        cabinet.Report(Noon.Minutes(29), ("segment2On", 1));
        Assert.Empty(cabinet.Conditions);

        Assert.Equal(DeviceStatus.Warning, cabinet.Report(Noon.Minutes(30), ("powerWatts", 500)).Contribution.Status);
        Assert.Equal("segmentUnexpectedOn", Assert.Single(cabinet.Conditions).Condition);

        cabinet.Report(Noon.Minutes(31), ("segment2On", 0));
        Assert.Empty(cabinet.Conditions);
    }

    [Fact]
    public void By_night_and_for_other_segments_it_is_none()
    {
        var cabinet = TestDevice.Of(DeviceKind.Cabinet, ("segment2NightOnly", true), ("unexpectedOnDelayMinutes", 0));
        cabinet.Report(Noon, ("segment1On", 1), ("segment2On", 0));
        cabinet.Report(Noon.Minutes(60), ("segment1On", 1));
        Assert.Empty(cabinet.Conditions);

        cabinet.Report(Noon.AddHours(10), ("segment2On", 1));
        cabinet.Report(Noon.AddHours(12), ("segment2On", 1));
        Assert.Empty(cabinet.Conditions);

        // The morning comes, and it is still fed.
        cabinet.Report(Noon.AddHours(22), ("segment2On", 1));
        cabinet.Report(Noon.AddHours(22.5), ("segment2On", 1));
        Assert.Equal("segmentUnexpectedOn", Assert.Single(cabinet.Conditions).Condition);
    }
}

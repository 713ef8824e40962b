using Grid.Contracts.Notifications;
using Grid.Grains.OnCall;
using static Grid.Tests.Grains.OnCall.Calendars;

namespace Grid.Tests.Grains.OnCall;

public sealed class OnCallChecksTests
{
    private static readonly OnCallCalendar Good = Of(Always("Anne"), Always("Brice")) with { RepeatEveryMinutes = 30, RepeatAtMost = 3 };

    private static string[] FieldsOf(OnCallCalendar calendar) => [.. OnCallChecks.Check(calendar, endpoint => endpoint is "anne" or "brice").Select(fault => fault.Field)];

    private static OnCallCalendar WithFirst(Func<OnCallLevel, OnCallLevel> change) => Good with { Levels = [change(Good.Levels[0]), Good.Levels[1]] };

    [Fact]
    public void A_calendar_that_can_be_kept_has_no_fault() => Assert.Empty(FieldsOf(Good));

    [Fact]
    public void Each_fault_names_its_field()
    {
        Assert.Equal(["zone"], FieldsOf(Good with { ZoneId = "Europe/Brest" }));
        Assert.Equal(["levels"], FieldsOf(Good with { Levels = [] }));
        Assert.Equal(["levels"], FieldsOf(Good with { Levels = [.. Enumerable.Repeat(Good.Levels[0], 11)] }));
        Assert.Equal(["repeatEveryMinutes"], FieldsOf(Good with { RepeatEveryMinutes = 0 }));
        Assert.Equal(["repeatEveryMinutes"], FieldsOf(Good with { RepeatEveryMinutes = null }));
        Assert.Equal(["repeatAtMost"], FieldsOf(Good with { RepeatAtMost = 21 }));
        Assert.Equal(["priorities"], FieldsOf(Good with { Priorities = [] }));
        Assert.Equal(["levels[0].afterMinutes"], FieldsOf(WithFirst(level => level with { AfterMinutes = 1441 })));
        Assert.Equal(["levels[0].rotation.every"], FieldsOf(WithFirst(level => level with { Rotation = level.Rotation with { Days = 0 } })));
        Assert.Equal(["levels[0].rotation.from"], FieldsOf(WithFirst(level => level with { Rotation = level.Rotation with { From = new(1999, 12, 31) } })));
        Assert.Equal(["levels[0].rotation.handOver"], FieldsOf(WithFirst(level => level with { Rotation = level.Rotation with { HandOver = new(8, 0, 30) } })));
        Assert.Equal(["levels[0].rotation.turns"], FieldsOf(WithFirst(level => level with { Rotation = level.Rotation with { Turns = [] } })));
        Assert.Equal(["levels[0].rotation.turns[0].endpoints"], FieldsOf(WithFirst(level => level with { Rotation = level.Rotation with { Turns = [Turn("Zoé")] } })));
        Assert.Equal(["levels[0].rotation.turns[0].name"], FieldsOf(WithFirst(level => level with { Rotation = level.Rotation with { Turns = [new("", ["anne"])] } })));
        Assert.Equal(["levels[0].windows[0].days"], FieldsOf(WithFirst(level => level with { Windows = [new(WeekDays.None, new(8, 0), new(9, 0))] })));
        var noon = new DateTime(2026, 3, 2, 12, 0, 0);
        Assert.Equal(["levels[0].overrides[0].to"], FieldsOf(WithFirst(level => level with { Overrides = [new(noon, noon, Turn("Anne"))] })));
        Assert.Empty(FieldsOf(WithFirst(level => level with { Overrides = [new(noon, noon.AddHours(1), new("nobody", []))] })));
    }
}

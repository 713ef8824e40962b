using FsCheck;
using FsCheck.Fluent;
using Grid.Grains.Devices;
using Grid.Grains.Territory;

namespace Grid.Tests.Grains.Devices;

public sealed class LocalCalendarTests
{
    private const long Hour = 3_600_000;

    private static readonly LocalCalendar Paris = new("Europe/Paris");

    private static long At(int year, int month, int day, int hour, int minute = 0) =>
        new DateTimeOffset(year, month, day, hour, minute, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    [Theory]
    [InlineData(2026, 1, 15, 24)]
    [InlineData(2026, 3, 29, 23)]
    [InlineData(2026, 10, 25, 25)]
    public void A_day_has_as_many_hours_as_clocks_show(int year, int month, int day, int hours)
    {
        var found = Paris.DayOf(At(year, month, day, 12));

        Assert.Equal(Entries.DayNumber(year, month, day), found.Day);
        Assert.Equal(hours * Hour, found.End - found.Start);
    }

    [Fact]
    public void The_day_turns_at_local_midnight()
    {
        // Paris is one hour ahead of UTC in January.
        Assert.Equal(Entries.DayNumber(2026, 1, 14), Paris.DayOf(At(2026, 1, 14, 22, 59)).Day);
        Assert.Equal(Entries.DayNumber(2026, 1, 15), Paris.DayOf(At(2026, 1, 14, 23)).Day);
    }

    [Fact]
    public void An_index_of_midnight_belongs_to_the_day_that_it_ends()
    {
        var midnight = At(2026, 1, 14, 23);
        Assert.Equal(Entries.DayNumber(2026, 1, 14), Paris.DayUpTo(midnight).Day);
        Assert.Equal(Entries.DayNumber(2026, 1, 15), Paris.DayUpTo(midnight + 1).Day);
        Assert.True(Paris.DayUpTo(midnight).CountsUpTo(midnight));
        Assert.False(Paris.DayOf(midnight).CountsUpTo(midnight));
    }

    [Theory]
    [InlineData("Europe/Paris", 2026, 1, 15, 1, 3)]
    [InlineData("Europe/Paris", 2026, 7, 15, 0, 2)]
    [InlineData("Europe/Paris", 2026, 3, 29, 1, 2)] // 02:00 never comes: at that moment it is 03:00
    [InlineData("Europe/Paris", 2026, 10, 25, 0, 3)] // 02:00 comes twice
    [InlineData("Indian/Reunion", 2026, 3, 29, -2, 0)]
    public void The_hours_of_the_night_are_one_to_three(string zone, int year, int month, int day, int from, int until)
    {
        var midnight = At(year, month, day, 0);
        Assert.Equal((midnight + (from * Hour), midnight + (until * Hour)), new LocalCalendar(zone).DayOf(At(year, month, day, 12)).Night);
    }

    [Fact]
    public void A_commune_has_the_day_of_its_department()
    {
        var calendars = new LocalCalendars(TerritoryTable.Shared);

        Assert.Equal("Europe/Paris", calendars.OfCommune("29019").ZoneId);
        Assert.Equal("Indian/Reunion", calendars.OfCommune("97411").ZoneId);
        Assert.Equal(LocalCalendars.DefaultZone, calendars.OfCommune("00000").ZoneId);
        Assert.Same(calendars.OfCommune("29019"), calendars.OfZone("Europe/Paris"));
    }

    [Fact]
    public void An_unknown_zone_is_refused_by_name() =>
        Assert.Contains("Mars/Olympus", Assert.Throws<ArgumentException>(() => new LocalCalendar("Mars/Olympus")).Message, StringComparison.Ordinal);

    [Fact]
    public void The_answer_does_not_depend_on_what_was_asked_before()
    {
        var instants = Gen.Choose(-40_000, 90_000).Select(hours => hours * Hour * 7).ListOf();
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(instants.ToArbitrary(), asked =>
        {
            var calendar = new LocalCalendar("Europe/Paris");
            return asked.All(instant => calendar.DayOf(instant) == new LocalCalendar("Europe/Paris").DayOf(instant));
        }));
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void An_instant_beyond_all_calendars_has_a_day(long instant) => Assert.NotEqual(0, Paris.DayOf(instant).Day);
}

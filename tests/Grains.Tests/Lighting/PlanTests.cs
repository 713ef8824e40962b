using Grid.Contracts.Lighting;
using Grid.Grains.Lighting;

namespace Grid.Tests.Grains.Lighting;

/// <summary>Overrides, pauses, the hours of the law, and plans that are refused.</summary>
public sealed class PlanTests
{
    private static readonly DateOnly Evening = new(2026, 11, 21);

    [Fact]
    public void An_override_lies_over_the_program_until_its_end()
    {
        var plan = Plans.Plan("18:00 100", "23:00 50", "07:00 0") with
        {
            Overrides = [new PlanOverride("2026-11-21T22:00", "2026-11-22T01:00", 80, "Concert", null)],
        };

        Assert.Equal(["18:00 100", "22:00 80", "01:00 50", "07:00 0"], Plans.Clock(Plans.Compile(plan, Plans.Brest, Evening), Plans.Brest, Evening));
        var dayAfter = Evening.AddDays(1);
        Assert.Equal(["18:00 100", "23:00 50", "07:00 0"], Plans.Clock(Plans.Compile(plan, Plans.Brest, dayAfter), Plans.Brest, dayAfter));
    }

    [Fact]
    public void An_override_of_several_nights_fills_each_of_them()
    {
        var plan = Plans.Plan("18:00 100", "07:00 0") with
        {
            Overrides = [new PlanOverride("2026-11-20T20:00", "2026-11-22T20:00", 30, "Works on the network", null)],
        };

        Assert.Equal(["12:00 30"], Plans.Clock(Plans.Compile(plan, Plans.Brest, Evening), Plans.Brest, Evening));
    }

    [Fact]
    public void An_override_of_one_commune_leaves_the_others_as_they_are()
    {
        var plan = Plans.Plan("18:00 100", "07:00 0") with
        {
            Overrides = [new PlanOverride("2026-11-21T20:00", "2026-11-21T21:00", 30, "Concert", "67482")],
        };

        Assert.Equal(["18:00 100", "07:00 0"], Plans.Clock(Plans.Compile(plan, Plans.Brest, Evening), Plans.Brest, Evening));
        Assert.Equal(["18:00 100", "20:00 30", "21:00 100", "07:00 0"], Plans.Clock(Plans.Compile(plan, Plans.Strasbourg, Evening), Plans.Strasbourg, Evening));
    }

    [Fact]
    public void Works_keep_it_dark_and_an_override_lies_over_them()
    {
        var plan = Plans.Plan("18:00 100", "07:00 0") with
        {
            Pauses = [new PlanPause("2026-11-21T12:00", "2026-11-22T12:00", PauseCause.Works, "Cable", null)],
            Overrides = [new PlanOverride("2026-11-21T23:00", "2026-11-21T23:30", 100, "Test", null)],
        };

        var profile = Plans.Compile(plan, Plans.Brest, Evening);
        var lit = Assert.Single(profile.LitWithin(profile.Start, profile.End));
        Assert.Equal((Plans.At("2026-11-21T23:00+01:00"), Plans.At("2026-11-21T23:30+01:00")), lit);
    }

    [Fact]
    public void For_an_event_it_is_lit_in_full_from_sunset_to_sunrise()
    {
        var plan = Plans.Plan("sunset 100", "23:00 0", "05:30 100", "sunrise 0") with
        {
            Pauses = [new PlanPause("2026-11-21T12:00", "2026-11-22T12:00", PauseCause.Event, null, null)],
        };

        var night = new LocalNight(Plans.Brest, Evening);
        var profile = Plans.Compile(plan, Plans.Brest, Evening);
        Assert.Equal((night.Sunset, night.Sunrise), Assert.Single(profile.LitWithin(profile.Start, profile.End)));
        Assert.Equal(night.Sunrise - night.Sunset, profile.FullMilliseconds(profile.Start, profile.End));
    }

    // Category, activity from and to, program, and what article 2 of the arrêté of 27 December 2018 makes of it.
    [Theory]
    [InlineData(InstallationCategory.Road, null, null, "sunset 100|sunrise 0", "")]
    [InlineData(InstallationCategory.Facade, null, null, "sunset 100|01:00 0", "")]
    [InlineData(InstallationCategory.Facade, null, null, "17:00 100|02:00 0", "article 2, III 17:00-17:32, article 2, III 01:00-02:00")]
    [InlineData(InstallationCategory.Heritage, null, null, "sunset 100|sunrise 0", "article 2, II 01:00-08:35")]
    [InlineData(InstallationCategory.Park, null, "20:00", "sunset 100|22:00 0", "article 2, II 21:00-22:00")]
    [InlineData(InstallationCategory.Park, null, null, "sunset 100|22:00 0", "")]
    [InlineData(InstallationCategory.ShopFront, "09:00", "19:30", "17:00 100|01:00 0|07:00 100|09:00 0", "")]
    [InlineData(InstallationCategory.ShopFront, "09:00", "19:30", "17:00 100|01:30 0|06:30 100|09:00 0", "article 2, III 01:00-01:30, article 2, III 06:30-07:00")]
    [InlineData(InstallationCategory.ShopFront, "09:00", "02:00", "17:00 100|03:00 0", "")]
    [InlineData(InstallationCategory.ShopFront, "05:00", "19:30", "17:00 100|01:00 0|04:00 100|09:00 0", "")]
    [InlineData(InstallationCategory.CarPark, "08:00", "20:00", "sunset 100|23:00 0|07:00 100|sunrise 0", "article 2, IV 22:00-23:00")]
    [InlineData(InstallationCategory.EnclosedSite, "06:00", "21:00", "17:00 100|22:00 0|05:00 100|sunrise 0", "")]
    [InlineData(InstallationCategory.Workplace, "08:00", "18:00", "16:00 100|19:30 0", "article 2, III 19:00-19:30")]
    [InlineData(InstallationCategory.WorkSite, "07:30", "17:30", "17:00 100|18:30 0|07:30 100|sunrise 0", "")]
    [InlineData(InstallationCategory.WorkSite, "07:30", "17:30", "17:00 100|sunrise 0", "article 2, V 18:30-07:30")]
    public void The_hours_of_the_law_warn_by_category(InstallationCategory category, string? from, string? to, string program, string expected)
    {
        var plan = Plans.Plan(program.Split('|')) with { Installation = new PlanInstallation(category, from, to) };
        var night = new LocalNight(Plans.Brest, Evening);

        var warnings = NuisanceHours.Check(plan.Installation, Plans.Compile(plan, Plans.Brest, Evening), night);

        Assert.Equal(expected, string.Join(", ", warnings.Select(warning =>
            $"{warning.Article} {Clock(warning.From)}-{Clock(warning.To)}")));

        string Clock(DateTimeOffset instant) =>
            night.Local(instant.ToUnixTimeMilliseconds()).ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public void A_plan_that_cannot_be_understood_is_refused_field_by_field()
    {
        var plan = Plans.Plan("sunset 100") with
        {
            Name = " ",
            Decision = new PlanDecision("", new DateOnly(2026, 1, 1)),
            Installation = new PlanInstallation(InstallationCategory.CarPark, "8:00", null),
            Programs = [Plans.Program("night", "25:00 100", "sunset+13:00 101 7200"), Plans.Program("a b", "sunset 1"), Plans.Program("night", "sunset 1")],
            Calendar = [new CalendarEntry("monday", "day", 1_001)],
            Overrides = [new PlanOverride("2026-07-14", "2026-07-14T22:00", 50, "Feast", null), new PlanOverride("2026-07-14T22:00", "2026-07-14T22:00", -1, "", null)],
            Pauses = [new PlanPause("2026-07-14T22:00", "2028-07-14T22:00", PauseCause.Works, null, null)],
        };

        Assert.Null(PlanParsing.Parse(plan, out var faults));
        Assert.Equal(
            [
                "name", "decision.reference", "installation.activityFrom", "installation.activityTo", "programs.night[0].at", "programs.night[1].at",
                "programs.night[1].percent", "programs.night[1].rampSeconds", "programs", "programs.night", "calendar[0].when", "calendar[0].program",
                "calendar[0].priority", "pauses[0].to", "overrides[0].from", "overrides[1].percent", "overrides[1].reason", "overrides[1].to",
            ],
            faults.Select(fault => fault.Field));
    }

    [Fact]
    public void A_plan_must_have_a_program_for_every_night()
    {
        var plan = Plans.Plan("sunset 100") with { Calendar = [new CalendarEntry("mon-fri", "night", 0), new CalendarEntry("sat", "night", 0)] };

        Assert.Null(PlanParsing.Parse(plan, out var faults));
        Assert.Equal("calendar", Assert.Single(faults).Field);
    }
}

using Grid.Contracts.Lighting;

namespace Grid.Tests.Simulator;

/// <summary>Programs for controllers at Brest.</summary>
internal static class Programs
{
    /// <summary>Lit from sunset to sunrise, dimmed from 23:00 to 05:00 by the clock of Brest.</summary>
    public static ControllerProgram Midnight(long version = 1, double dimmed = 30, int rampSeconds = 0) => new()
    {
        Version = version,
        Plan = "midnight",
        PlanVersion = 4,
        ZoneId = "Europe/Paris",
        Longitude = -4.4861,
        Latitude = 48.3904,
        Programs =
        [
            [
                new ProgramPoint(SwitchAnchor.Sunset, 0, 100, rampSeconds), new ProgramPoint(SwitchAnchor.Clock, 23 * 60, dimmed, rampSeconds),
                new ProgramPoint(SwitchAnchor.Clock, 5 * 60, 100, rampSeconds), new ProgramPoint(SwitchAnchor.Sunrise, 0, 0, rampSeconds),
            ],
        ],
        Calendar = [new ProgramNight(new DateOnly(2026, 1, 1), 0)],
        Spans = [],
    };
}

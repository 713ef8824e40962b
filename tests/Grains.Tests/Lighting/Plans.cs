using System.Globalization;
using Grid.Contracts.Lighting;
using Grid.Grains.Lighting;

namespace Grid.Tests.Grains.Lighting;

/// <summary>Plans and places for tests, in few words.</summary>
internal static class Plans
{
    public static readonly LightingPlace Brest = new("29019", "29", "Europe/Paris", -4.4863, 48.3904);
    public static readonly LightingPlace Strasbourg = new("67482", "67", "Europe/Paris", 7.7521, 48.5734);
    public static readonly LightingPlace Tromso = new("00000", "00", "Europe/Oslo", 18.9553, 69.6492);

    /// <summary>One program on every night, from points such as <c>sunset 100</c> or <c>23:00 50 600</c> (ramp in seconds).</summary>
    public static LightingPlan Plan(params string[] points) => new()
    {
        Name = "Plan",
        Decision = new PlanDecision("2026-114", new DateOnly(2026, 3, 12)),
        Programs = [Program("night", points)],
        Calendar = [new CalendarEntry("always", "night", 0)],
    };

    public static ControlProgram Program(string name, params string[] points) => new(name, [.. points.Select(Point)]);

    public static ParsedPlan Parsed(LightingPlan plan)
    {
        var parsed = PlanParsing.Parse(plan, out var faults);
        Assert.Empty(faults);
        return parsed!;
    }

    public static NightProfile Compile(LightingPlan plan, LightingPlace place, DateOnly date) => Parsed(plan).Compile(place, new LocalNight(place, date));

    /// <summary>What a profile does by the clock of its place: <c>23:00 50</c>, with the offset where the clock changes.</summary>
    public static string[] Clock(NightProfile profile, LightingPlace place, DateOnly date, string form = "HH:mm")
    {
        var night = new LocalNight(place, date);
        return
        [
            .. profile.Points.Select(point => string.Create(
                CultureInfo.InvariantCulture, $"{night.Local(point.At).ToString(form, CultureInfo.InvariantCulture)} {point.Percent}")),
        ];
    }

    public static long At(string instant) => DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();

    private static SwitchPoint Point(string text)
    {
        var parts = text.Split(' ');
        return new SwitchPoint(
            parts[0], double.Parse(parts[1], CultureInfo.InvariantCulture), parts.Length > 2 ? int.Parse(parts[2], CultureInfo.InvariantCulture) : 0);
    }
}

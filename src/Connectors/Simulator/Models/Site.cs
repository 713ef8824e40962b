using Grid.Connectors.Simulator.Sky;
using Grid.Contracts.Territories;

namespace Grid.Connectors.Simulator.Models;

/// <summary>What the devices of one commune share: its place under the sky and its habits.</summary>
internal sealed class Site
{
    private const int QuietTownInhabitants = 10_000;

    private readonly List<(WeekCalendar Week, OpenDays Days)> _openDays = [];
    private readonly List<float> _means = [];
    private Nights? _dark;

    public Site(ulong seed, Commune commune, ZoneClock clock, Weather weather)
    {
        Commune = commune;
        Key = Seeded.Key(seed, commune.InseeCode);
        Clock = clock;
        Weather = weather;
        Nights = new Nights(commune.Longitude, commune.Latitude, clock);
        // Two small communes of three switch their lights off in the quiet hours; towns dim what they can.
        SwitchesOffInQuietHours = commune.Population < QuietTownInhabitants && Seeded.Unit(Key, 0) < 0.65;
        QuietDimming = SwitchesOffInQuietHours ? 0 : Seeded.Unit(Key, 1) < 0.5 ? 0.5 : 0.3;
    }

    public Commune Commune { get; }

    public ulong Key { get; }

    public ZoneClock Clock { get; }

    public Weather Weather { get; }

    /// <summary>Floods over its department; none without.</summary>
    public Floods Floods { get; init; } = new(0, 0, 0, rate: 0);

    public Nights Nights { get; }

    /// <summary>Days of the buildings that keep a week. Not safe for several threads.</summary>
    public OpenDays DaysOf(WeekCalendar week)
    {
        foreach (var (known, days) in _openDays) if (ReferenceEquals(known, week)) return days;
        var made = new OpenDays(this, week);
        _openDays.Add((week, made));
        return made;
    }

    /// <summary>Mean outdoor temperature of a day since the origin.</summary>
    public double DayCelsius(int day)
    {
        while (_means.Count <= day)
        {
            var mean = 0.0;
            for (var quarter = 0; quarter < 4; quarter++) mean += OutdoorCelsius((_means.Count + (quarter / 4.0)) * SimulatedTime.Day) / 4;
            _means.Add((float)mean);
        }

        return _means[day];
    }

    /// <summary>How many times as often as is believable something fails.</summary>
    public double FaultRate { get; init; } = 1;

    public bool SwitchesOffInQuietHours { get; }

    /// <summary>Level of controlled lamps in the quiet hours, 0 to 1.</summary>
    public double QuietDimming { get; }

    /// <summary>Seconds from sunset to sunrise since the origin.</summary>
    public double DarkSeconds(double now) => (_dark ??= new Nights(Commune.Longitude, Commune.Latitude, Clock, marginSeconds: 0)).At(now).LitSeconds;

    public double OutdoorCelsius(double now) => Weather.OutdoorCelsius(Commune.Longitude, Commune.Latitude, now);
}

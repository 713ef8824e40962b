using System.Globalization;
using Grid.Contracts.Commands;

namespace Grid.Grains.Lighting.Controllers;

/// <summary>What a row of the outbox is about: which program, which level, or which device, and through what.</summary>
internal sealed record ControllerRow(char Purpose, long Number, long Version, double Percent, string Device, DownlinkRoute Lane)
{
    /// <summary>Controllers that are to load a program: <see cref="Version"/>.</summary>
    public const char Program = 'p';

    /// <summary>Devices that are switched live to a level: <see cref="Percent"/>.</summary>
    public const char Live = 'l';

    /// <summary>Cabinets that are switched live: a segment, by its number as <see cref="Version"/>, to a level, 0 or 100.</summary>
    public const char Segment = 's';

    /// <summary>A device that is told what it should do now: <see cref="Device"/>; of several orders the one at <see cref="Version"/>.</summary>
    public const char Renewal = 'r';

    /// <summary>Devices that are told the same now: the reminder of the row's number.</summary>
    public const char Reminder = 'm';

    private const int Parts = 7;

    /// <summary>A row for controllers that are to load a program.</summary>
    public static ControllerRow ForProgram(long number, long version, DownlinkRoute lane) => new(Program, number, version, 0, "", lane);

    /// <summary>A row for devices that are switched live.</summary>
    public static ControllerRow ForLevel(long number, double percent, DownlinkRoute lane) => new(Live, number, 0, percent, "", lane);

    /// <summary>A row for cabinets one segment of which is switched live.</summary>
    public static ControllerRow ForSegment(long number, int segment, double percent, DownlinkRoute lane) => new(Segment, number, segment, percent, "", lane);

    /// <summary>A row for one of the orders of a device.</summary>
    public static ControllerRow ForRenewal(long number, string device, int place, DownlinkRoute lane) => new(Renewal, number, place, 0, device, lane);

    /// <summary>A row for devices that are told the same.</summary>
    public static ControllerRow ForReminder(Controllers.Reminder reminder) => new(Reminder, reminder.Number, 0, 0, "", reminder.Lane);

    /// <summary>The row of a word; null when it is none.</summary>
    public static ControllerRow? Parse(string word)
    {
        // The gateway is last: it may have any character.
        var parts = word.Split('/', Parts);
        return parts is [{ Length: 1 } purpose, _, _, _, _, _, _]
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            && double.TryParse(parts[3], NumberStyles.Float, CultureInfo.InvariantCulture, out var percent)
            ? new ControllerRow(purpose[0], number, version, percent, parts[4], new DownlinkRoute(parts[5], parts[6]))
            : null;
    }

    /// <summary>As the owner's word in the key of a row.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Purpose}/{Number}/{Version}/{Percent:R}/{Device}/{Lane.Connector}/{Lane.Gateway}");
}

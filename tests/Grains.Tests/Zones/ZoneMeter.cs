using Grid.Contracts.Devices;
using Grid.Contracts.Zones;
using Grid.Grains.Devices;
using Grid.Grains.Zones;

namespace Grid.Tests.Grains.Zones;

/// <summary>A meter of a zone as its rules see it: readings of an index by hours since midnight of day 0, in a zone where every day has 24 hours.</summary>
internal sealed class ZoneMeter(ZoneRole role, long modulus = 0)
{
    public const long Hour = 3_600_000;
    public const long Day = 24 * Hour;
    public const int FirstDay = 20_000;

    private static readonly LocalCalendar Utc = new("UTC");

    private IndexPoint[]? _points;

    public ZoneRole Role => role;

    public TimeSpan? SilentAfter { get; init; } = TimeSpan.FromHours(3);

    public NetworkNight? Night { get; private set; }

    /// <summary>An index in litres.</summary>
    public ZoneMeter Read(double hours, long litres)
    {
        var at = At(hours);
        _points = IndexDays.Add(_points, litres * 1_000, at, Utc.DayUpTo(at), modulus * 1_000);
        var local = (int)(at / Day);
        if (role != ZoneRole.Customer && _points[^1].At == at)
        {
            Night = NetworkNight.After(Night, _points[^1], local, ((local * Day) + (2 * Hour), (local * Day) + (4 * Hour)));
        }

        return this;
    }

    public Contribution Contribution()
    {
        var amounts = IndexDays.AmountsOf(_points, modulus * 1_000);
        return new Contribution
        {
            Kind = DeviceKind.Meter,
            Status = DeviceStatus.Ok,
            Day = amounts.Day,
            DayAmount = amounts.Amount,
            PreviousDayAmount = amounts.PreviousAmount,
            Bounds = DayBounds.Counts | amounts.Bounds,
            Zone = ZoneMeterDays.Of(_points, Night),
        };
    }

    /// <summary>What it has counted on a day, in millilitres, asked at an hour.</summary>
    public long? AmountOn(int day, double askedAt = double.MaxValue / 2) => KnownOf(day, askedAt)?.Millilitres;

    /// <summary>True when that is known from midnight to midnight.</summary>
    public bool IsExactOn(int day) => KnownOf(day)?.IsExact == true;

    public ZoneAmount? KnownOf(int day, double askedAt = double.MaxValue / 2)
    {
        var local = Utc.OfNumber(FirstDay + day);
        return ZoneBalance.AmountOf(Contribution(), local, Utc.OfNumber(FirstDay + day - 1), SilentAfter, askedAt > 1e9 ? long.MaxValue : At(askedAt));
    }

    private static long At(double hours) => (FirstDay * Day) + (long)(hours * Hour);
}

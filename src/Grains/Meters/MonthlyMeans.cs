using Grid.Grains.Devices;
using Orleans;

namespace Grid.Grains.Meters;

/// <summary>
/// What was consumed a day in each of the last 36 months, so that the same months of three years can be compared with. A month is closed when its last reading leaves the days that
/// <see cref="IndexDays"/> keeps, and so with all late readings that it takes in; nothing changes between. At most 208 bytes.
/// </summary>
[GenerateSerializer, Immutable, Alias("grid.MonthlyMeans")]
public sealed record MonthlyMeans
{
    /// <summary>Months that are kept.</summary>
    public const int Most = 36;

    /// <summary>Days that a mean must rest on, and that it may.</summary>
    private const int LeastDays = 15;
    private const int MostDays = 46;

    private const int Millilitres = 100; // in a decilitre
    private static readonly DateOnly Epoch = new(1970, 1, 1);

    /// <summary>Local day of the last reading of the last month that is closed, or of the first reading of all.</summary>
    [Id(0)] public int BaseDay { get; init; }

    /// <summary>That reading, as <see cref="IndexPoint.Virtual"/>.</summary>
    [Id(1)] public long Base { get; init; }

    /// <summary>The last month that is closed, as <see cref="MonthOf"/> numbers it.</summary>
    [Id(2)] public int Last { get; init; }

    /// <summary>By month, up to <see cref="Last"/>: decilitres a day and one more, at most 429,000 m3; 0 where nobody knows.</summary>
    [Id(3)] public uint[] Means { get; init; } = [];

    /// <summary>The month of a day: 12 for each year, and January is 0.</summary>
    public static int MonthOf(int day)
    {
        var date = Epoch.AddDays(day);
        return (date.Year * 12) + date.Month - 1;
    }

    /// <summary>The means after a reading.</summary>
    /// <param name="months">The former ones; null before the first.</param>
    /// <param name="before">The readings that were kept before; null for none.</param>
    /// <param name="after">Those that are kept now.</param>
    public static MonthlyMeans? After(MonthlyMeans? months, IndexPoint[]? before, IndexPoint[] after)
    {
        if (before is null || before[0].Day >= after[0].Day)
        {
            return months;
        }

        var gone = before[0];
        foreach (var point in before)
        {
            gone = point.Day < after[0].Day ? point : gone;
        }

        var month = MonthOf(gone.Day);
        var isClosed = month < MonthOf(after[0].Day);
        return months is null ? new MonthlyMeans { BaseDay = gone.Day, Base = gone.Virtual, Last = isClosed ? month : month - 1 }
            : isClosed && month > months.Last ? months.Close(month, gone)
            : months;
    }

    /// <summary>Consumption a day in a month, in millilitres; null where nobody knows.</summary>
    public long? Of(int month)
    {
        var place = Means.Length - 1 - (Last - month);
        return month <= Last && place >= 0 && Means[place] > 0 ? (Means[place] - 1L) * Millilitres : null;
    }

    private MonthlyMeans Close(int month, in IndexPoint last)
    {
        var days = last.Day - BaseDay;
        var mean = days is >= LeastDays and <= MostDays ? (uint)Math.Min(uint.MaxValue - 1, (last.Virtual - Base) / Millilitres / days) + 1 : 0;
        var length = (int)Math.Min(Most, (long)Means.Length + (month - Last));
        var means = new uint[length];
        for (var place = 0; place < length - 1; place++)
        {
            var former = Means.Length - 1 - (Last - (month - (length - 1 - place)));
            means[place] = former >= 0 && former < Means.Length ? Means[former] : 0;
        }

        means[^1] = mean;
        return new MonthlyMeans { BaseDay = last.Day, Base = last.Virtual, Last = month, Means = means };
    }
}

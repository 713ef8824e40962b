using System.Globalization;
using Grid.Contracts.Storage;

namespace Grid.Storage.History;

/// <summary>What one file of history holds: raw points of a day, roll-ups to 15 minutes of a month, roll-ups to a day of a year. UTC.</summary>
/// <param name="Resolution">What is in it.</param>
/// <param name="Number">Days since 1970-01-01, months since year 0, or the year.</param>
internal readonly record struct HistoryPeriod(HistoryResolution Resolution, int Number)
{
    private static readonly int Epoch = new DateOnly(1970, 1, 1).DayNumber;

    /// <summary>The first day of it, in days since 1970-01-01.</summary>
    public int FirstDay => Resolution switch
    {
        HistoryResolution.Raw => Number,
        HistoryResolution.QuarterHour => DayOf(new DateOnly(Number / 12, (Number % 12) + 1, 1)),
        _ => DayOf(new DateOnly(Number, 1, 1)),
    };

    /// <summary>The last day of it.</summary>
    public int LastDay => Resolution switch
    {
        HistoryResolution.Raw => Number,
        HistoryResolution.QuarterHour => DayOf(new DateOnly(Number / 12, (Number % 12) + 1, 1).AddMonths(1)) - 1,
        _ => DayOf(new DateOnly(Number, 12, 31)),
    };

    /// <summary>Name of the file.</summary>
    public string FileName => Resolution switch
    {
        HistoryResolution.Raw => $"raw-{DateOf(Number):yyyy-MM-dd}.db",
        HistoryResolution.QuarterHour => string.Create(CultureInfo.InvariantCulture, $"quarters-{Number / 12:0000}-{(Number % 12) + 1:00}.db"),
        _ => string.Create(CultureInfo.InvariantCulture, $"days-{Number:0000}.db"),
    };

    /// <summary>The file that holds a day.</summary>
    public static HistoryPeriod Of(HistoryResolution resolution, int day)
    {
        var date = DateOf(day);
        return new HistoryPeriod(resolution, resolution switch
        {
            HistoryResolution.Raw => day,
            HistoryResolution.QuarterHour => (date.Year * 12) + date.Month - 1,
            _ => date.Year,
        });
    }

    /// <summary>The period of a file's name, null when it is no file of history.</summary>
    public static HistoryPeriod? Parse(string fileName)
    {
        var form = fileName switch
        {
            _ when fileName.StartsWith("raw-", StringComparison.Ordinal) => (HistoryResolution.Raw, "'raw-'yyyy-MM-dd'.db'"),
            _ when fileName.StartsWith("quarters-", StringComparison.Ordinal) => (HistoryResolution.QuarterHour, "'quarters-'yyyy-MM'.db'"),
            _ => (HistoryResolution.Day, "'days-'yyyy'.db'"),
        };
        return DateOnly.TryParseExact(fileName, form.Item2, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? Of(form.Item1, DayOf(date)) : null;
    }

    /// <summary>Days since 1970-01-01 of a date.</summary>
    public static int DayOf(DateOnly date) => date.DayNumber - Epoch;

    /// <summary>The date of days since 1970-01-01.</summary>
    public static DateOnly DateOf(int day) => DateOnly.FromDayNumber(day + Epoch);
}

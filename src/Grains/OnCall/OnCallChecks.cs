using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Alarms;
using Grid.Contracts.Notifications;
using NodaTime;

namespace Grid.Grains.OnCall;

/// <summary>What a calendar must satisfy. Pure.</summary>
public static class OnCallChecks
{
    private const int MostTurns = 100;
    private const int MostWindows = 50;
    private const int MostOverrides = 200;
    private const int MostEndpoints = 10;
    private const int MostNameLength = 100;
    private const int MostMinutes = 24 * 60;
    private const int MostDays = 366;
    private const int MostRepetitions = 20;

    private static readonly DateOnly FirstDate = new(2000, 1, 1);
    private static readonly DateOnly LastDate = new(2199, 12, 31);

    /// <summary>Everything that is wrong; empty when the calendar can be taken.</summary>
    public static ImmutableArray<NotificationFault> Check(OnCallCalendar calendar, Func<string, bool> isEndpoint)
    {
        var faults = ImmutableArray.CreateBuilder<NotificationFault>();
        Need(DateTimeZoneProviders.Tzdb.GetZoneOrNull(calendar.ZoneId) is not null, "zone", "is no IANA time zone that is known, such as Europe/Paris");
        NeedCount(calendar.Levels.Length, 1, OnCallCalendar.MaximumLevels, "levels");
        Need(calendar.RepeatEveryMinutes is null or (>= 1 and <= MostMinutes), "repeatEveryMinutes", $"must be from 1 to {MostMinutes}");
        Need(calendar.RepeatAtMost is >= 0 and <= MostRepetitions, "repeatAtMost", $"must be from 0 to {MostRepetitions}");
        Need(calendar.RepeatAtMost == 0 || calendar.RepeatEveryMinutes is not null, "repeatEveryMinutes", "is missing: repeatAtMost asks for repetitions");
        NeedCount(calendar.Priorities.Length, 1, Enum.GetValues<AlarmPriority>().Length, "priorities");
        for (var index = 0; index < Math.Min(calendar.Levels.Length, OnCallCalendar.MaximumLevels); index++)
        {
            CheckLevel(calendar.Levels[index], $"levels[{index}]");
        }

        return faults.DrainToImmutable();

        void CheckLevel(OnCallLevel level, string field)
        {
            Need(level.AfterMinutes is >= 1 and <= MostMinutes, $"{field}.afterMinutes", $"must be from 1 to {MostMinutes}");
            Need(level.Rotation.Days is >= 1 and <= MostDays, $"{field}.rotation.every", $"must be from 1 to {MostDays} days");
            NeedDate(level.Rotation.From, $"{field}.rotation.from");
            NeedMinute(level.Rotation.HandOver, $"{field}.rotation.handOver");
            NeedCount(level.Rotation.Turns.Length, 1, MostTurns, $"{field}.rotation.turns");
            for (var index = 0; index < Math.Min(level.Rotation.Turns.Length, MostTurns); index++)
            {
                CheckTurn(level.Rotation.Turns[index], $"{field}.rotation.turns[{index}]", fewest: 1);
            }

            NeedCount(level.Windows.Length, 0, MostWindows, $"{field}.windows");
            for (var index = 0; index < Math.Min(level.Windows.Length, MostWindows); index++)
            {
                Need(level.Windows[index].Days != WeekDays.None, $"{field}.windows[{index}].days", "is empty");
                NeedMinute(level.Windows[index].From, $"{field}.windows[{index}].from");
                NeedMinute(level.Windows[index].To, $"{field}.windows[{index}].to");
            }

            NeedCount(level.Overrides.Length, 0, MostOverrides, $"{field}.overrides");
            for (var index = 0; index < Math.Min(level.Overrides.Length, MostOverrides); index++)
            {
                CheckOverride(level.Overrides[index], $"{field}.overrides[{index}]");
            }
        }

        void CheckOverride(OnCallOverride agreed, string field)
        {
            NeedDate(DateOnly.FromDateTime(agreed.From), $"{field}.from");
            NeedDate(DateOnly.FromDateTime(agreed.To), $"{field}.to");
            NeedMinute(TimeOnly.FromDateTime(agreed.From), $"{field}.from");
            NeedMinute(TimeOnly.FromDateTime(agreed.To), $"{field}.to");
            Need(agreed.To > agreed.From, $"{field}.to", "is not after from");
            CheckTurn(agreed.Turn, field, fewest: 0);
        }

        void CheckTurn(OnCallTurn turn, string field, int fewest)
        {
            Need(turn.Name.Length is >= 1 and <= MostNameLength, $"{field}.name", $"must have 1 to {MostNameLength} characters");
            NeedCount(turn.Endpoints.Length, fewest, MostEndpoints, $"{field}.endpoints");
            foreach (var unknown in turn.Endpoints.Take(MostEndpoints).Where(endpoint => !isEndpoint(endpoint)))
            {
                Need(false, $"{field}.endpoints", $"names {Short(unknown)}, which is no notification endpoint");
            }
        }

        void NeedDate(DateOnly date, string field) =>
            Need(date >= FirstDate && date <= LastDate, field, string.Create(CultureInfo.InvariantCulture, $"must be from {FirstDate:yyyy-MM-dd} to {LastDate:yyyy-MM-dd}"));

        void NeedMinute(TimeOnly time, string field) => Need(time.Ticks % TimeSpan.TicksPerMinute == 0, field, "must be a whole minute");

        void NeedCount(int count, int fewest, int most, string field) =>
            Need(count >= fewest && count <= most, field, fewest == 0 ? $"has more than {most} entries" : $"must have {fewest} to {most} entries");

        void Need(bool holds, string field, string reason)
        {
            if (!holds && faults.Count < MostOverrides)
            {
                faults.Add(new NotificationFault(field, reason));
            }
        }
    }

    private static string Short(string text) => text.Length <= 64 ? text : text[..64];
}

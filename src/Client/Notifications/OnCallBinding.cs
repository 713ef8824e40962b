using System.Globalization;
using Grid.Client.Errors;
using Grid.Contracts.Notifications;

namespace Grid.Client.Notifications;

/// <summary>Between what PUT sends, what grains keep and what GET shows. Form only: ranges are the grain's to judge.</summary>
internal static class OnCallBinding
{
    private const string TimeForm = "HH:mm";
    private const string DateTimeForm = "yyyy-MM-dd'T'HH:mm";
    private const string DefaultZone = "Europe/Paris";
    private const int DaysOfWeek = 7;

    /// <summary>Entries of a list that are looked at: a grain takes fewer.</summary>
    private const int MostEntries = 1_000;

    /// <summary>The calendar, with what is wrong with its form.</summary>
    public static OnCallCalendar Bind(OnCallCalendarModel input, List<FieldError> errors)
    {
        var calendar = new OnCallCalendar
        {
            ZoneId = input.Zone ?? DefaultZone,
            Levels = [.. Entries(input.Levels, "levels", errors).Select(item => Bind(item.Entry, item.Field, errors))],
            RepeatEveryMinutes = input.RepeatEveryMinutes,
            RepeatAtMost = input.RepeatAtMost ?? 0,
        };
        return input.Priorities is null ? calendar : calendar with { Priorities = [.. input.Priorities.Distinct()] };
    }

    /// <summary>What GET shows.</summary>
    public static OnCallCalendarModel Present(OnCallCalendar calendar) => new(
        calendar.ZoneId,
        calendar.Priorities,
        calendar.RepeatEveryMinutes,
        calendar.RepeatAtMost,
        [
            .. calendar.Levels.Select(level => new OnCallLevelModel(
                level.AfterMinutes,
                Present(level.Rotation),
                [.. level.Windows.Select(window => new OnCallWindowModel(
                    [.. Enum.GetValues<DayOfWeek>().Where(day => (window.Days & Flag(day)) != 0).OrderBy(day => Flag(day))], Text(window.From), Text(window.To)))],
                [.. level.Overrides.Select(agreed => new OnCallOverrideModel(Text(agreed.From), Text(agreed.To), agreed.Turn.Name, agreed.Turn.Endpoints))])),
        ]);

    private static OnCallRotationModel Present(OnCallRotation rotation)
    {
        var isWeeks = rotation.Days % DaysOfWeek == 0;
        return new OnCallRotationModel(
            [.. rotation.Turns.Select(turn => new OnCallTurnModel(turn.Name, turn.Endpoints))],
            isWeeks ? rotation.Days / DaysOfWeek : rotation.Days,
            isWeeks ? TurnUnit.Weeks : TurnUnit.Days,
            rotation.From,
            Text(rotation.HandOver));
    }

    private static OnCallLevel Bind(OnCallLevelModel level, string field, List<FieldError> errors) => new()
    {
        AfterMinutes = Required(level.AfterMinutes, $"{field}.afterMinutes", errors),
        Rotation = BindRotation(level.Rotation, $"{field}.rotation", errors),
        Windows = [.. Entries(level.Windows ?? [], $"{field}.windows", errors).Select(item => Bind(item.Entry, item.Field, errors))],
        Overrides = [.. Entries(level.Overrides ?? [], $"{field}.overrides", errors).Select(item => Bind(item.Entry, item.Field, errors))],
    };

    private static OnCallRotation BindRotation(OnCallRotationModel? rotation, string field, List<FieldError> errors)
    {
        if (rotation is null)
        {
            errors.Add(new(field, "is missing"));
            return new OnCallRotation { Turns = [], Days = 1, From = default, HandOver = default };
        }

        var every = Required(rotation.Every, $"{field}.every", errors);
        return new OnCallRotation
        {
            Turns = [.. Entries(rotation.Turns, $"{field}.turns", errors).Select(item => BindTurn(item.Entry.Name, item.Entry.Endpoints, item.Field, errors))],
            Days = (rotation.Unit ?? TurnUnit.Weeks) == TurnUnit.Weeks ? (int)Math.Clamp((long)every * DaysOfWeek, int.MinValue, int.MaxValue) : every,
            From = Required(rotation.From, $"{field}.from", errors),
            HandOver = Time(rotation.HandOver, $"{field}.handOver", errors),
        };
    }

    private static OnCallTurn BindTurn(string? name, IReadOnlyList<string?>? endpoints, string field, List<FieldError> errors) =>
        new(name ?? "", [.. Entries(endpoints ?? [], $"{field}.endpoints", errors).Select(item => item.Entry)]);

    private static WeeklyWindow Bind(OnCallWindowModel window, string field, List<FieldError> errors) => new(
        (window.Days ?? []).Aggregate(WeekDays.None, (days, day) => days | Flag(day)),
        Time(window.From, $"{field}.from", errors),
        Time(window.To, $"{field}.to", errors));

    private static OnCallOverride Bind(OnCallOverrideModel agreed, string field, List<FieldError> errors) => new(
        DateAndTime(agreed.From, $"{field}.from", errors), DateAndTime(agreed.To, $"{field}.to", errors), BindTurn(agreed.Name, agreed.Endpoints, field, errors));

    private static IEnumerable<(T Entry, string Field)> Entries<T>(IReadOnlyList<T?>? list, string field, List<FieldError> errors)
        where T : class
    {
        if (list is null)
        {
            errors.Add(new(field, "is missing"));
            yield break;
        }

        if (list.Count > MostEntries)
        {
            errors.Add(new(field, $"has more than {MostEntries} entries"));
            yield break;
        }

        for (var index = 0; index < list.Count; index++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{field}[{index}]");
            if (list[index] is { } entry)
            {
                yield return (entry, name);
            }
            else
            {
                errors.Add(new(name, "is null"));
            }
        }
    }

    private static T Required<T>(T? value, string field, List<FieldError> errors)
        where T : struct
    {
        if (value is null)
        {
            errors.Add(new(field, "is missing"));
        }

        return value ?? default;
    }

    private static TimeOnly Time(string? text, string field, List<FieldError> errors)
    {
        if (!TimeOnly.TryParseExact(text, TimeForm, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            errors.Add(new(field, "is no local time HH:mm, such as 08:00"));
        }

        return time;
    }

    private static DateTime DateAndTime(string? text, string field, List<FieldError> errors)
    {
        if (!DateTime.TryParseExact(text, DateTimeForm, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at))
        {
            errors.Add(new(field, "is no local date and time yyyy-MM-ddTHH:mm, such as 2026-12-24T18:00"));
        }

        return at;
    }

    private static string Text(TimeOnly time) => time.ToString(TimeForm, CultureInfo.InvariantCulture);

    private static string Text(DateTime at) => at.ToString(DateTimeForm, CultureInfo.InvariantCulture);

    /// <summary>Monday is the first.</summary>
    private static WeekDays Flag(DayOfWeek day) => (WeekDays)(1 << (((int)day + DaysOfWeek - 1) % DaysOfWeek));
}

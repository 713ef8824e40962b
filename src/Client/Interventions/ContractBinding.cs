using System.Collections.Immutable;
using System.Globalization;
using Grid.Client.Errors;
using Grid.Client.Json;
using Grid.Contracts.Devices;
using Grid.Contracts.Interventions;
using Grid.Contracts.Territories;

namespace Grid.Client.Interventions;

/// <summary>Between what PUT sends, what grains keep and what GET shows of a contract. Form only: what a contract may be is the grain's to judge.</summary>
internal static class ContractBinding
{
    private const string DefaultZone = "Europe/Paris";
    private const string CommunePrefix = "commune:";
    private const int MinutesOfHour = 60;
    private const int MaximumEntries = 1_000;

    /// <summary>The contract; null when there are errors.</summary>
    public static ServiceContract? Bind(string id, ContractInput input, ITerritoryTable table, List<FieldError> errors)
    {
        var holder = Needed("holder", input.Holder, errors);
        var contract = new ServiceContract
        {
            Id = id,
            Holder = holder,
            Name = Needed("name", input.Name, errors),
            Contractor = Needed("contractor", input.Contractor, errors),
            Zone = input.Zone ?? ZoneOf(holder, table),
            Hours = HoursOf(input.Hours ?? [], errors),
            WorksOnHolidays = input.WorksOnHolidays,
            Lots = LotsOf(input.Lots ?? [], errors),
            Deadlines = DeadlinesOf(input.Deadlines ?? [], errors),
            From = input.From,
            To = input.To,
            ConfirmHours = input.ConfirmHours ?? WorkTerms.DefaultConfirmHours,
            RecurrenceDays = input.RecurrenceDays ?? WorkTerms.DefaultRecurrenceDays,
        };
        return errors.Count > 0 ? null : contract;
    }

    /// <summary>What GET shows.</summary>
    public static ContractModel Present(ContractView view)
    {
        var contract = view.Contract;
        return new()
        {
            Id = contract.Id,
            Version = view.Version,
            ChangedAt = view.ChangedAt,
            Holder = contract.Holder,
            Name = contract.Name,
            Contractor = contract.Contractor,
            Zone = contract.Zone,
            Hours = contract.Hours.GroupBy(hours => hours.Day)
                .ToDictionary(day => Words<Weekday>.Of(day.Key), IReadOnlyList<string> (day) => [.. day.Select(hours => $"{TimeOf(hours.From)}-{TimeOf(hours.To)}")]),
            WorksOnHolidays = contract.WorksOnHolidays,
            Lots = [.. contract.Lots.Select(lot => new ContractLotModel(lot.Name, [.. Enum.GetValues<DeviceKind>().Where(kind => (lot.Kinds & (DeviceKinds)(1 << (int)kind)) != 0)], lot.Communes))],
            Deadlines = contract.Deadlines.ToDictionary(deadline => Words<WorkOrderPriority>.Of(deadline.Priority), deadline => new DeadlineModel(deadline.Hours, deadline.AroundTheClock)),
            From = contract.From,
            To = contract.To,
            ConfirmHours = contract.ConfirmHours,
            RecurrenceDays = contract.RecurrenceDays,
        };
    }

    private static string Needed(string field, string? text, List<FieldError> errors)
    {
        if (text is null)
        {
            errors.Add(new(field, "is missing"));
        }

        return text ?? "";
    }

    private static string ZoneOf(string holder, ITerritoryTable table) =>
        holder.StartsWith(CommunePrefix, StringComparison.Ordinal) && table.FindCommune(holder[CommunePrefix.Length..]) is { } commune && table.FindDepartment(commune.Department) is { } department
            ? department.ZoneId
            : DefaultZone;

    private static ImmutableArray<WorkingInterval> HoursOf(Dictionary<string, List<string?>?> input, List<FieldError> errors)
    {
        var hours = new List<WorkingInterval>();
        foreach (var (word, spans) in input.Take(MaximumEntries))
        {
            if (!Words<Weekday>.TryParse(word, out var day))
            {
                errors.Add(new($"hours.{word}", $"is none of {Words<Weekday>.All}"));
                continue;
            }

            foreach (var span in (spans ?? []).Take(MaximumEntries))
            {
                if (span?.Split('-') is [var from, var to] && MinuteOf(from) is { } begin && MinuteOf(to) is { } end && begin < end)
                {
                    hours.Add(new(day, begin, end));
                }
                else
                {
                    errors.Add(new($"hours.{word}", "has a value that is no time from 00:00 to 24:00, such as 08:00-12:00"));
                }
            }
        }

        return [.. hours.OrderBy(interval => interval.Day).ThenBy(interval => interval.From)];
    }

    private static int? MinuteOf(string text) =>
        text is [var hour10, var hour1, ':', var minute10, var minute1]
        && char.IsAsciiDigit(hour10) && char.IsAsciiDigit(hour1) && char.IsAsciiDigit(minute10) && char.IsAsciiDigit(minute1)
        && int.Parse(text[..2], CultureInfo.InvariantCulture) is <= 24 and var hours
        && int.Parse(text[3..], CultureInfo.InvariantCulture) is < MinutesOfHour and var minutes
        && (hours * MinutesOfHour) + minutes is <= WorkingCalendar.MinutesOfDay and var all
            ? all
            : null;

    private static string TimeOf(int minute) => string.Create(CultureInfo.InvariantCulture, $"{minute / MinutesOfHour:D2}:{minute % MinutesOfHour:D2}");

    private static ImmutableArray<ContractLot> LotsOf(List<ContractLotInput?> input, List<FieldError> errors)
    {
        var lots = ImmutableArray.CreateBuilder<ContractLot>();
        for (var index = 0; index < input.Count; index++)
        {
            if (input[index] is not { Name: { } name, Kinds: { } kinds } lot)
            {
                errors.Add(new($"lots[{index}]", "misses its name or its kinds"));
            }
            else if (lot.Communes?.Contains(null) == true)
            {
                errors.Add(new($"lots[{index}].communes", "have one that is null"));
            }
            else
            {
                lots.Add(new ContractLot
                {
                    Name = name,
                    Kinds = kinds.Aggregate(DeviceKinds.None, (set, kind) => set | (DeviceKinds)(1 << (int)kind)),
                    Communes = [.. (lot.Communes ?? []).Select(commune => commune!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
                });
            }
        }

        return lots.DrainToImmutable();
    }

    private static ImmutableArray<PriorityDeadline> DeadlinesOf(Dictionary<string, DeadlineInput?> input, List<FieldError> errors)
    {
        var deadlines = new List<PriorityDeadline>();
        foreach (var (word, deadline) in input.Take(MaximumEntries))
        {
            if (!Words<WorkOrderPriority>.TryParse(word, out var priority))
            {
                errors.Add(new($"deadlines.{word}", $"is none of {Words<WorkOrderPriority>.All}"));
            }
            else if (deadline?.Hours is not { } hours)
            {
                errors.Add(new($"deadlines.{word}.hours", "is missing"));
            }
            else
            {
                deadlines.Add(new(priority, hours, deadline.AroundTheClock));
            }
        }

        return [.. deadlines.OrderBy(deadline => deadline.Priority)];
    }
}

using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Devices;
using Grid.Contracts.Interventions;
using Grid.Contracts.Territories;
using NodaTime;

namespace Grid.Grains.Interventions;

/// <summary>What a contract may be, and which one covers what. Pure.</summary>
public static class ContractRules
{
    private const int MaximumIdLength = 64;
    private const int MaximumLots = 100;
    private const int MaximumLotCommunes = 1_000;
    private const int MaximumIntervals = 28;
    private const double MaximumHours = 2_000;
    private const int MaximumConfirmHours = 720;
    private const int MaximumRecurrenceDays = 90;

    private const string CommunePrefix = "commune:";
    private const string BodyPrefix = "syndicate:";

    /// <summary>What is wrong with a contract.</summary>
    /// <param name="contract">The contract.</param>
    /// <param name="isCommune">True for the INSEE code of a commune that is known.</param>
    /// <param name="isBody">True for the SIREN code of a body that is known.</param>
    public static ImmutableArray<InterventionFault> Check(ServiceContract contract, Func<string, bool> isCommune, Func<string, bool> isBody)
    {
        var faults = ImmutableArray.CreateBuilder<InterventionFault>();
        if (contract.Id.Length is 0 or > MaximumIdLength || !contract.Id.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-'))
        {
            faults.Add(new("id", "is not 1 to 64 of A-Z a-z 0-9 . _ -"));
        }

        var isHolder = contract.Holder.StartsWith(CommunePrefix, StringComparison.Ordinal) ? isCommune(contract.Holder[CommunePrefix.Length..])
            : contract.Holder.StartsWith(BodyPrefix, StringComparison.Ordinal) && isBody(contract.Holder[BodyPrefix.Length..]);
        if (!isHolder)
        {
            faults.Add(new("holder", "is neither commune:INSEE nor syndicate:SIREN of one that is known"));
        }

        Line("name", contract.Name, faults);
        Line("contractor", contract.Contractor, faults);
        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(contract.Zone) is null)
        {
            faults.Add(new("zone", "is no IANA time zone, such as Europe/Paris"));
        }

        if (contract.From is { } from && contract.To is { } to && to < from)
        {
            faults.Add(new("to", "is before from"));
        }

        Range("confirmHours", contract.ConfirmHours, 1, MaximumConfirmHours, faults);
        Range("recurrenceDays", contract.RecurrenceDays, 0, MaximumRecurrenceDays, faults);
        Hours(contract.Hours, faults);
        Lots(contract.Lots, isCommune, faults);
        Deadlines(contract.Deadlines, faults);
        return faults.DrainToImmutable();
    }

    /// <summary>True when two contracts say the same.</summary>
    public static bool AreSame(ServiceContract one, ServiceContract other) =>
        one with { Hours = other.Hours, Lots = other.Lots, Deadlines = other.Deadlines } == other
        && one.Hours.SequenceEqual(other.Hours)
        && one.Deadlines.SequenceEqual(other.Deadlines)
        && one.Lots.Length == other.Lots.Length
        && one.Lots.Zip(other.Lots).All(pair => pair.First with { Communes = pair.Second.Communes } == pair.Second && pair.First.Communes.SequenceEqual(pair.Second.Communes));

    /// <summary>The terms of the first contract that covers a kind in a commune on a local day.</summary>
    /// <param name="contracts">Contracts by id.</param>
    /// <param name="commune">The commune.</param>
    /// <param name="zone">IANA zone of the commune, for an order that no contract covers.</param>
    /// <param name="kind">The kind; null for none.</param>
    /// <param name="bodies">The bodies of the commune in the order that counts, each with the kinds that it is competent for.</param>
    /// <param name="dayIn">The local day in a zone.</param>
    public static WorkTerms Choose(
        ImmutableArray<ContractView> contracts, Commune commune, string zone, DeviceKind? kind, IEnumerable<(Body Body, DeviceKinds Kinds)> bodies, Func<string, DateOnly> dayIn)
    {
        if (kind is { } known)
        {
            var bit = (DeviceKinds)(1 << (int)known);
            var holders = bodies.Where(body => (body.Kinds & bit) != 0).Select(body => BodyPrefix + body.Body.Siren).Prepend(CommunePrefix + commune.InseeCode);
            foreach (var holder in holders)
            {
                foreach (var contract in contracts.Select(view => view.Contract).Where(contract => contract.Holder == holder && contract.HoldsOn(dayIn(contract.Zone))))
                {
                    if (contract.Lots.FirstOrDefault(lot => (lot.Kinds & bit) != 0 && (lot.Communes.IsEmpty || lot.Communes.Contains(commune.InseeCode))) is { } lot)
                    {
                        return TermsOf(contract, lot, commune);
                    }
                }
            }
        }

        return new WorkTerms { Calendar = WorkingCalendar.AroundTheClock(zone, commune.Department) };
    }

    private static WorkTerms TermsOf(ServiceContract contract, ContractLot lot, Commune commune) => new()
    {
        Contract = contract.Id,
        Contractor = contract.Contractor,
        Lot = lot.Name,
        Calendar = new WorkingCalendar { Zone = contract.Zone, Department = commune.Department, Hours = contract.Hours, RunsOnHolidays = contract.WorksOnHolidays },
        Deadlines = contract.Deadlines,
        ConfirmHours = contract.ConfirmHours,
        RecurrenceDays = contract.RecurrenceDays,
    };

    private static void Hours(ImmutableArray<WorkingInterval> hours, ImmutableArray<InterventionFault>.Builder faults)
    {
        if (hours.Length is 0 or > MaximumIntervals)
        {
            faults.Add(new("hours", string.Create(CultureInfo.InvariantCulture, $"are not 1 to {MaximumIntervals}")));
        }

        for (var index = 0; index < hours.Length; index++)
        {
            var interval = hours[index];
            if (!Enum.IsDefined(interval.Day) || interval.From < 0 || interval.To > WorkingCalendar.MinutesOfDay || interval.From >= interval.To)
            {
                faults.Add(new($"hours[{index}]", "is no day with from before to, 00:00 to 24:00"));
            }
            else if (index > 0 && (hours[index - 1].Day > interval.Day || (hours[index - 1].Day == interval.Day && hours[index - 1].To > interval.From)))
            {
                faults.Add(new($"hours[{index}]", "is not after the one before it, by day and begin"));
            }
        }
    }

    private static void Lots(ImmutableArray<ContractLot> lots, Func<string, bool> isCommune, ImmutableArray<InterventionFault>.Builder faults)
    {
        if (lots.Length is 0 or > MaximumLots)
        {
            faults.Add(new("lots", string.Create(CultureInfo.InvariantCulture, $"are not 1 to {MaximumLots}")));
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var index = 0; index < lots.Length; index++)
        {
            var lot = lots[index];
            Line($"lots[{index}].name", lot.Name, faults);
            if (!names.Add(lot.Name))
            {
                faults.Add(new($"lots[{index}].name", "is that of another lot"));
            }

            if ((lot.Kinds & DeviceKinds.All) == DeviceKinds.None)
            {
                faults.Add(new($"lots[{index}].kinds", "are none"));
            }

            if (lot.Communes.Length > MaximumLotCommunes)
            {
                faults.Add(new($"lots[{index}].communes", string.Create(CultureInfo.InvariantCulture, $"are more than {MaximumLotCommunes}")));
            }
            else if (lot.Communes.FirstOrDefault(commune => !isCommune(commune)) is { } unknown)
            {
                faults.Add(new($"lots[{index}].communes", $"have {(unknown.Length > MaximumIdLength ? "one" : unknown)}, which is no commune that is known"));
            }
        }
    }

    private static void Deadlines(ImmutableArray<PriorityDeadline> deadlines, ImmutableArray<InterventionFault>.Builder faults)
    {
        for (var index = 0; index < deadlines.Length; index++)
        {
            var deadline = deadlines[index];
            if (deadlines.Take(index).Any(other => other.Priority == deadline.Priority))
            {
                faults.Add(new($"deadlines[{index}].priority", "is given more than once"));
            }

            if (deadline.Hours is not (> 0 and <= MaximumHours))
            {
                faults.Add(new($"deadlines[{index}].hours", string.Create(CultureInfo.InvariantCulture, $"is not more than 0 and at most {MaximumHours}")));
            }
        }
    }

    private static void Line(string field, string text, ImmutableArray<InterventionFault>.Builder faults)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > WorkOrderChecks.MaximumLine)
        {
            faults.Add(new(field, string.Create(CultureInfo.InvariantCulture, $"is no line of 1 to {WorkOrderChecks.MaximumLine} characters")));
        }
    }

    private static void Range(string field, int value, int least, int most, ImmutableArray<InterventionFault>.Builder faults)
    {
        if (value < least || value > most)
        {
            faults.Add(new(field, string.Create(CultureInfo.InvariantCulture, $"is not from {least} to {most}")));
        }
    }
}

using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Devices;
using Grid.Contracts.Interventions;
using Grid.Grains.Devices;
using Grid.Grains.Interventions;
using Grid.Grains.Territory;

namespace Grid.Tests.Grains.Interventions;

/// <summary>Orders and contracts to test with.</summary>
internal static class Orders
{
    public const string Brest = "29019";
    public const string Alarm = "L1~lampFailure";

    public static readonly WorkingTime Time = new(new LocalCalendars(TerritoryTable.Shared));
    public static readonly WorkOrderRules Rules = new(new DeadlineRules(Time));
    public static readonly ConfirmationRules Confirmations = new(Rules);

    /// <summary>Monday, 16 November 2026, 09:00 in Paris.</summary>
    public static readonly DateTimeOffset Monday = Paris("2026-11-16 09:00");

    /// <summary>Monday to Friday, 08:00 to 12:00 and 13:30 to 17:30.</summary>
    public static readonly WorkingCalendar OfficeHours = Calendar("29", [.. Enum.GetValues<Weekday>().Where(day => day <= Weekday.Friday).SelectMany(Halves)]);

    /// <summary>8 working hours for what is medium, 2 hours around the clock for what is urgent.</summary>
    public static readonly WorkTerms Terms = new()
    {
        Contract = "lighting-2026",
        Contractor = "Lumière SA",
        Lot = "north",
        Calendar = OfficeHours,
        Deadlines = [new(WorkOrderPriority.Medium, 8, false), new(WorkOrderPriority.Urgent, 2, true)],
    };

    public static readonly WorkTerms NoTerms = new() { Calendar = WorkingCalendar.AroundTheClock("Europe/Paris", "29") };

    /// <summary>An instant by the clock of Paris; of a time that comes twice, the first.</summary>
    public static DateTimeOffset Paris(string local)
    {
        var time = DateTime.ParseExact(local, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");
        return new DateTimeOffset(time, zone.IsAmbiguousTime(time) ? zone.GetAmbiguousTimeOffsets(time).Max() : zone.GetUtcOffset(time)).ToUniversalTime();
    }

    public static WorkingCalendar Calendar(string department, params WorkingInterval[] hours) => new() { Zone = "Europe/Paris", Department = department, Hours = [.. hours] };

    public static WorkOrderRequest Request(string? alarm = null, string? key = null, DateTimeOffset? raisedAt = null) => new()
    {
        Commune = Brest,
        Origin = alarm is null ? WorkOrderOrigin.Person : WorkOrderOrigin.Alarm,
        By = "ana",
        Priority = WorkOrderPriority.Medium,
        Title = "Lamp out",
        Device = "L1",
        Kind = DeviceKind.Streetlight,
        Alarm = alarm,
        AlarmRaisedAt = alarm is null ? null : raisedAt ?? Monday.AddMinutes(-5),
        Key = key,
    };

    public static WorkOrder Opened(WorkTerms? terms = null, string? alarm = null) => Rules.Open(Request(alarm), terms ?? Terms, 1, Monday);

    public static WorkOrderAction Action(WorkOrderVerb verb, string? note = null, string by = "ben") => new() { Verb = verb, By = by, Note = note };

    /// <summary>The order after what must be possible.</summary>
    public static WorkOrder After(this WorkOrder order, DateTimeOffset at, WorkOrderVerb verb, string? note = "because")
    {
        var action = Action(verb, note) with
        {
            Contractor = verb == WorkOrderVerb.Assign ? "Watt SARL" : null,
            Priority = verb == WorkOrderVerb.Prioritise ? WorkOrderPriority.Urgent : null,
        };
        var outcome = Rules.Act(order, action, at);
        Assert.Null(outcome.Refusal);
        return outcome.Order!;
    }

    public static string? RefusalOf(WorkOrder order, WorkOrderVerb verb) => Rules.Act(order, Action(verb, "because"), Monday.AddHours(5)).Refusal;

    public static WorkOrderBook Book(params WorkOrder[] orders) => orders.Aggregate(WorkOrderBook.Empty, (book, order) => book.With(order));

    private static WorkingInterval[] Halves(Weekday day) => [new(day, 8 * 60, 12 * 60), new(day, (13 * 60) + 30, (17 * 60) + 30)];
}

using System.Globalization;
using Grid.Client.Devices;
using Grid.Client.Exports;
using Grid.Client.Json;
using Grid.Contracts.Devices;
using Grid.Contracts.Interventions;

namespace Grid.Client.Interventions;

/// <summary>From what grains hold of a work order to what GET shows.</summary>
internal static class WorkOrderPresenting
{
    public const string CsvHeader =
        "id,commune,state,priority,origin,title,device,kind,alarm,openedAt,dueAt,overdue,late,contract,contractor,lot,pauseReason,visits,repairedAt,repairNote,parts,endedAt,reopenings";

    public const string DelayCsvHeader = "contractor,lot,count,pending,overdue,repaired,medianHours,p90Hours";

    /// <param name="order">The order.</param>
    /// <param name="now">Now.</param>
    /// <param name="withPersonal">True to show a citizen's own words.</param>
    public static WorkOrderModel Present(WorkOrder order, DateTimeOffset now, bool withPersonal)
    {
        var request = order.Request;
        return new()
        {
            Id = order.Id,
            Commune = request.Commune,
            State = order.State,
            Priority = order.Priority,
            Origin = request.Origin,
            By = request.By,
            Title = request.Title,
            Description = request.Report is null || withPersonal ? request.Description : null,
            Device = request.Device,
            Kind = request.Kind,
            Position = request.Position is { } position ? new PositionModel(position.Longitude, position.Latitude) : null,
            Alarm = request.Alarm,
            AlarmActive = order.IsAlarmActive,
            OpenedAt = order.OpenedAt,
            ChangedAt = order.ChangedAt,
            DueAt = order.Clock.DueAt,
            Overdue = order.IsOverdueAt(now),
            Late = order.Clock.IsLateAt(now),
            Contract = order.Terms.Contract,
            Contractor = order.Contractor,
            Lot = order.Lot,
            PauseReason = order.PauseReason,
            Visits = [.. order.Visits.Select(visit => new VisitModel(visit.By, visit.ArrivedAt, visit.LeftAt))],
            Repair = order.Repair is { } repair ? new RepairModel(repair.At, repair.By, repair.Note, [.. repair.Parts.Select(part => new PartModel(part.Name, part.Quantity))]) : null,
            EndedAt = order.EndedAt,
            Reopenings = order.Reopenings,
            Report = request.Report is { } report ? Present(report, withPersonal) : null,
            History = [.. order.History.Select(step => new StepModel(step.At, step.By, step.Verb, step.State, step.Note))],
        };
    }

    /// <summary>An order as a row of <see cref="CsvHeader"/>.</summary>
    public static string Row(WorkOrder order, DateTimeOffset now)
    {
        var request = order.Request;
        return CsvRow.Of(
            order.Id,
            request.Commune,
            Words<WorkOrderState>.Of(order.State),
            Words<WorkOrderPriority>.Of(order.Priority),
            Words<WorkOrderOrigin>.Of(request.Origin),
            CsvRow.Text(request.Title),
            CsvRow.Text(request.Device),
            request.Kind is { } kind ? Words<DeviceKind>.Of(kind) : null,
            CsvRow.Text(request.Alarm),
            InstantConverter.ToText(order.OpenedAt),
            Instant(order.Clock.DueAt),
            Flag(order.IsOverdueAt(now)),
            Flag(order.Clock.IsLateAt(now)),
            CsvRow.Text(order.Terms.Contract),
            CsvRow.Text(order.Contractor),
            CsvRow.Text(order.Lot),
            CsvRow.Text(order.PauseReason),
            Number(order.Visits.Length),
            Instant(order.Repair?.At),
            CsvRow.Text(order.Repair?.Note),
            CsvRow.Text(order.Repair is { } repair ? string.Join("; ", repair.Parts.Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Name} x {part.Quantity}"))) : null),
            Instant(order.EndedAt),
            Number(order.Reopenings));
    }

    /// <summary>Delays as a row of <see cref="DelayCsvHeader"/>.</summary>
    public static string Row(DelayModel delay) => CsvRow.Of(
        CsvRow.Text(delay.Contractor),
        CsvRow.Text(delay.Lot),
        Number(delay.Count),
        Number(delay.Pending),
        Number(delay.Overdue),
        Number(delay.Repaired),
        delay.MedianHours?.ToString(CultureInfo.InvariantCulture),
        delay.P90Hours?.ToString(CultureInfo.InvariantCulture));

    private static ReportModel Present(CitizenReport report, bool withPersonal) => new(
        report.Service,
        withPersonal ? report.Answers : null,
        withPersonal ? report.Address : null,
        withPersonal ? report.MediaUrl : null,
        report.DeviceStatus,
        report.DistanceMetres);

    private static string? Instant(DateTimeOffset? instant) => instant is { } given ? InstantConverter.ToText(given) : null;

    private static string Flag(bool flag) => flag ? "true" : "false";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}

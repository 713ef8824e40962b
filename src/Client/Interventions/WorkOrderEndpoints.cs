using System.Globalization;
using System.Runtime.CompilerServices;
using Grid.Client.Alarms;
using Grid.Client.Audit;
using Grid.Client.Authentication;
using Grid.Client.Commands;
using Grid.Client.Devices;
using Grid.Client.Errors;
using Grid.Client.Json;
using Grid.Client.Paging;
using Grid.Client.Rights;
using Grid.Contracts.Devices;
using Grid.Contracts.Interventions;
using Grid.Contracts.Rights;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grid.Client.Interventions;

/// <summary>Work orders: list, open, follow, act on; and how long contractors take.</summary>
internal static class WorkOrderEndpoints
{
    /// <summary>Rows of a list as CSV.</summary>
    private const int MaximumRows = 100_000;

    private static readonly TimeSpan DelaysSince = TimeSpan.FromDays(365);

    public static void Map(IEndpointRouteBuilder api)
    {
        var orders = api.MapGroup("/work-orders").WithTags("Work orders");
        orders.MapGet("", ListAsync)
            .WithName("listWorkOrders")
            .WithSummary("Work orders of a scope: those to be repaired by deadline, then those that wait for confirmation, then those that have ended, newest first.")
            .WithDescription(
                "scope is device:ID, commune:INSEE, syndicate:SIREN (any body), department:CODE or all. state, contractor, lot and overdue=true|false choose. Accept: text/csv or format=csv gives all "
                + "of them, at most 100,000 rows. An order whose deadline moves between two pages may be in both or in none.")
            .Produces<WorkOrderPage>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .RequireRight(Right.Read)
            .Reaches(Reach.Scope);
        orders.MapGet("/delays", DelaysAsync)
            .WithName("getWorkOrderDelays")
            .WithSummary("How long orders took by contractor and lot, in working hours, and how many were late.")
            .WithDescription("since: orders opened from this RFC 3339 instant on; the last 365 days without it. format as for the list.")
            .Produces<DelayList>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .RequireRight(Right.Read)
            .Reaches(Reach.Scope);
        orders.MapGet("/{id}", GetAsync)
            .WithName("getWorkOrder")
            .WithSummary("Show a work order with its history.")
            .Produces<WorkOrderModel>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .RequireRight(Right.Read)
            .Reaches(Reach.WorkOrder);
        orders.MapPost("", OpenAsync)
            .WithName("openWorkOrder")
            .WithSummary("Open a work order. With an Idempotency-Key, or for the same alarm, the same request again finds the same order.")
            .Accepts<WorkOrderInput>("application/json")
            .Produces<WorkOrderModel>(StatusCodes.Status201Created)
            .Produces<WorkOrderModel>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status409Conflict)
            .Audited("work-order.open")
            .RequireRight(Right.Intervene)
            .Reaches(Reach.Handler);
        orders.MapPatch("/{id}", ActAsync)
            .WithName("actOnWorkOrder")
            .WithSummary("Act on a work order: assign, pause, resume, arrive, leave, repair, close, reopen, cancel, prioritise. 409 where its state does not allow it.")
            .Accepts<WorkOrderActionInput>("application/json")
            .Produces<WorkOrderModel>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .Audited("work-order.act")
            .RequireRight(Right.Intervene)
            .Reaches(Reach.WorkOrder);
    }

    private static async Task<IResult> ListAsync(HttpContext http, WorkOrderListing listing, TimeProvider time)
    {
        var query = new QueryReader(http.Request.Query);
        var (scopeText, states, contractor, lot) = (query.Text("scope"), query.Words<WorkOrderState>("state"), query.Text("contractor"), query.Text("lot"));
        bool? overdue = query.Text("overdue") is null ? null : query.Flag("overdue");
        var list = string.Create(CultureInfo.InvariantCulture, $"work-orders?{scopeText}&{string.Join(',', states)}&{contractor}&{lot}&{overdue}");
        var (after, limit, isCsv) = (query.After(list), query.Limit(), CsvAnswer.IsWanted(http.Request, query));
        var scope = await listing.ResolveAsync(query, http.RequestAborted);
        if (query.Fault() is { } fault)
        {
            return fault;
        }

        var asked = new WorkOrderQuery { States = [.. states], Contractor = contractor, Lot = lot, IsOverdue = overdue, After = after };
        if (isCsv)
        {
            return CsvAnswer.Send(http, "work-orders", WorkOrderPresenting.CsvHeader, RowsAsync(listing.ReadAsync(scope!, asked, MaximumRows, http.RequestAborted), time));
        }

        var found = await listing.ListAsync(scope!, asked with { Limit = limit + 1 });
        var (now, withPersonal) = (time.GetUtcNow(), Actor.Of(http).SeesPersonalData);
        return TypedResults.Json(
            new WorkOrderPage(
                [.. found.Take(limit).Select(order => WorkOrderPresenting.Present(order, now, withPersonal))],
                found.Count > limit ? PageCursor.Encode(list, found[limit - 1].Rank()) : null),
            GridJson.Default.WorkOrderPage);
    }

    private static async IAsyncEnumerable<string> RowsAsync(IAsyncEnumerable<WorkOrder> orders, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var order in orders.WithCancellation(cancellationToken))
        {
            yield return WorkOrderPresenting.Row(order, time.GetUtcNow());
        }
    }

    private static async Task<IResult> DelaysAsync(HttpContext http, WorkOrderListing listing, TimeProvider time)
    {
        var query = new QueryReader(http.Request.Query);
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        var (since, isCsv) = (SinceIn(query) ?? now - DelaysSince, CsvAnswer.IsWanted(http.Request, query));
        var scope = await listing.ResolveAsync(query, http.RequestAborted);
        if (query.Fault() is { } fault)
        {
            return fault;
        }

        var delays = await listing.DelaysAsync(scope!, since);
        return isCsv
            ? CsvAnswer.Send(http, "work-order-delays", WorkOrderPresenting.DelayCsvHeader, delays.Select(WorkOrderPresenting.Row).ToAsyncEnumerable())
            : TypedResults.Json(new DelayList(since, now, delays), GridJson.Default.DelayList);
    }

    private static async Task<IResult> GetAsync(string id, HttpContext http, IGridGrains grains, ITerritoryTable table, TimeProvider time) =>
        Place(id, table) is { } commune && await grains.WorkOrders(commune).Get(id) is { } order ? Show(http, order, time) : Problems.NotFound("such work order");

    private static async Task<IResult> OpenAsync(HttpContext http, IDeviceRegistry registry, AlarmReader alarms, ITerritoryTable table, IGridGrains grains, TimeProvider time)
    {
        var (input, fault) = await JsonBody.ReadAsync(http.Request, GridJson.Default.WorkOrderInput);
        if (input is null || !IdempotencyKey.TryRead(http.Request, out var key, out fault))
        {
            return fault!;
        }

        var alarm = input.Alarm is { } alarmId && alarms.SectorOf(alarmId) is { } sector ? await sector.GetAlarm(alarmId) : null;
        var device = (input.Device ?? alarm?.Source) is { } id && DeviceBinding.IsKey(id) ? (await registry.GetAsync(id, http.RequestAborted))?.Descriptor : null;
        var errors = new List<FieldError>();
        if (WorkOrderBinding.Bind(input, device, alarm, table, Actor.Of(http).Name, key, errors) is not { } request)
        {
            return Problems.Invalid(errors);
        }

        var territory = Territory.Of(http);
        if (!territory.Covers(request.Commune, request.Device is null || request.Kind is not { } kind ? DeviceKinds.All : (DeviceKinds)(1 << (int)kind)))
        {
            return RouteReaches.Forbidden(http);
        }

        var answer = await grains.WorkOrders(request.Commune).Open(request);
        if (FaultOf(answer) is { } refusal)
        {
            return refusal;
        }

        var order = answer.Order!;
        if (answer.IsNew && alarm is { ClearedAt: { } cleared })
        {
            // Opened for what is over already: it says so.
            await grains.WorkOrders(request.Commune).AlarmChanged(alarm.Id, alarm.Source, isActive: false, cleared);
            order = await grains.WorkOrders(request.Commune).Get(order.Id) ?? order;
        }

        http.Audit($"work-order:{order.Id}", answer.IsNew ? $"opened for {order.Request.Device ?? $"commune {order.Request.Commune}"}, {Words<WorkOrderPriority>.Of(order.Priority)}" : "asked for again");
        http.Response.Headers.Location = $"/api/v1/work-orders/{order.Id}";
        return Show(http, order, time, answer.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static async Task<IResult> ActAsync(string id, HttpContext http, IGridGrains grains, ITerritoryTable table, TimeProvider time)
    {
        var (input, fault) = await JsonBody.ReadAsync(http.Request, GridJson.Default.WorkOrderActionInput);
        if (input is null || !IdempotencyKey.TryRead(http.Request, out var key, out fault))
        {
            return fault!;
        }

        var errors = new List<FieldError>();
        if (WorkOrderBinding.Bind(input, Actor.Of(http).Name, key, errors) is not { } action)
        {
            return Problems.Invalid(errors);
        }

        var answer = Place(id, table) is { } commune ? await grains.WorkOrders(commune).Act(id, action) : new WorkOrderAnswer();
        if (FaultOf(answer) is { } refusal)
        {
            return refusal;
        }

        if (answer.Order is not { } order)
        {
            return Problems.NotFound("such work order");
        }

        var by = action.By == Actor.Of(http).Name ? "" : $" for {action.By}";
        http.Audit($"work-order:{id}", $"{Words<WorkOrderVerb>.Of(action.Verb)}{by}{(answer.HasChanged ? "" : " again")}, is {Words<WorkOrderState>.Of(order.State)}");
        return Show(http, order, time);
    }

    private static IResult? FaultOf(WorkOrderAnswer answer) =>
        !answer.Faults.IsEmpty ? Problems.Invalid(answer.Faults.Select(fault => new FieldError(fault.Field, fault.Reason)))
        : answer.Conflict is { } conflict ? Problems.Conflict(conflict)
        : null;

    /// <summary>The commune of an id; null for what is no id of a commune that is known, so that nobody wakes grains by guessing.</summary>
    private static string? Place(string id, ITerritoryTable table) => WorkOrder.CommuneOf(id) is { } commune && table.FindCommune(commune) is not null ? commune : null;

    private static IResult Show(HttpContext http, WorkOrder order, TimeProvider time, int status = StatusCodes.Status200OK) => TypedResults.Json(
        WorkOrderPresenting.Present(order, time.GetUtcNow(), Actor.Of(http).SeesPersonalData), GridJson.Default.WorkOrderModel, statusCode: status);

    private static DateTimeOffset? SinceIn(QueryReader query)
    {
        if (query.Text("since") is not { } text)
        {
            return null;
        }

        if (text.Contains('T', StringComparison.OrdinalIgnoreCase)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var since))
        {
            return since;
        }

        query.Reject("since", "is no RFC 3339 instant (write + as %2B)");
        return null;
    }
}

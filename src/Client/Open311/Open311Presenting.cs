using System.Globalization;
using System.Text.Json.Nodes;
using Grid.Contracts.Devices;
using Grid.Contracts.Interventions;

namespace Grid.Client.Open311;

/// <summary>
/// From what Grid holds to the documents of GeoReport v2. Nothing of a citizen is in them: neither words, nor pictures, nor addresses that somebody wrote; the place is that of the device, or the
/// told one to some ten metres.
/// </summary>
internal static class Open311Presenting
{
    private const string Specification = "http://wiki.open311.org/GeoReport_v2";
    private const int PlaceDigits = 4;

    public static Open311Document Services() => new("services", new JsonArray([.. CitizenServices.All.Select(JsonNode? (service) => new JsonObject
    {
        ["service_code"] = service.Code,
        ["service_name"] = service.Name,
        ["description"] = service.Description,
        ["metadata"] = !service.Questions.IsEmpty,
        ["type"] = "realtime",
        ["keywords"] = service.Keywords,
        ["group"] = service.Group,
    })]));

    public static Open311Document Definition(CitizenService service) => new("service_definition", new JsonObject
    {
        ["service_code"] = service.Code,
        ["attributes"] = new JsonArray([.. service.Questions.Select(JsonNode? (question, index) =>
        {
            var attribute = new JsonObject
            {
                ["variable"] = question.IsAsked,
                ["code"] = question.Code,
                ["datatype"] = question.DataType,
                ["required"] = question.IsRequired,
                ["datatype_description"] = null,
                ["order"] = index + 1,
                ["description"] = question.Description,
            };
            if (!question.Answers.IsEmpty)
            {
                attribute["values"] = new JsonArray([.. question.Answers.Select(JsonNode? (answer) => new JsonObject { ["key"] = answer.Key, ["name"] = answer.Name })]);
            }

            return attribute;
        })]),
    });

    public static Open311Document Created(WorkOrder order) => new("service_requests", new JsonArray(new JsonObject
    {
        ["service_request_id"] = order.Id,
        ["service_notice"] = NoticeOf(order),
        ["account_id"] = null,
    }));

    public static Open311Document Token(WorkOrder order) => new("service_requests", new JsonArray(new JsonObject
    {
        ["service_request_id"] = order.Id,
        ["token"] = order.Id,
    }));

    public static Open311Document Requests(IEnumerable<WorkOrder> orders, Func<string, string> agencyOf) =>
        new("service_requests", new JsonArray([.. orders.Select(JsonNode? (order) => Present(order, agencyOf))]));

    public static Open311Document Discovery(Open311Options options, string url, DateTimeOffset startedAt) => new("discovery", new JsonObject
    {
        ["changeset"] = InstantOf(startedAt),
        ["contact"] = options.Contact,
        ["key_service"] = options.Contact,
        ["endpoints"] = new JsonArray(new JsonObject
        {
            ["specification"] = Specification,
            ["url"] = url,
            ["changeset"] = InstantOf(startedAt),
            ["type"] = "production",
            ["formats"] = new JsonArray("text/xml", "application/json"),
        }),
    });

    private static JsonObject Present(WorkOrder order, Func<string, string> agencyOf)
    {
        var service = CitizenServices.Find(order.Request.Report!.Service);
        return new()
        {
            ["service_request_id"] = order.Id,
            ["status"] = order.IsEnded ? "closed" : "open",
            ["status_notes"] = NotesOf(order),
            ["service_name"] = service?.Name ?? order.Request.Title,
            ["service_code"] = order.Request.Report.Service,
            ["description"] = null,
            ["agency_responsible"] = agencyOf(order.Request.Commune),
            ["service_notice"] = NoticeOf(order),
            ["requested_datetime"] = InstantOf(order.OpenedAt),
            ["updated_datetime"] = InstantOf(order.ChangedAt),
            ["expected_datetime"] = !order.IsEnded && order.Clock.DueAt is { } due ? InstantOf(due) : null,
            ["address"] = null,
            ["address_id"] = null,
            ["zipcode"] = null,
            ["lat"] = order.Request.Position is { } place ? Math.Round(place.Latitude, PlaceDigits) : null,
            ["long"] = order.Request.Position is { } there ? Math.Round(there.Longitude, PlaceDigits) : null,
            ["media_url"] = null,
        };
    }

    private static string NotesOf(WorkOrder order) => order.State switch
    {
        WorkOrderState.Open => "Signalement reçu ; l'intervention n'est pas encore attribuée.",
        WorkOrderState.Assigned => order.Visits.IsEmpty ? "L'intervention est confiée à l'entreprise." : "L'entreprise s'est rendue sur place.",
        WorkOrderState.Paused => "L'intervention est suspendue.",
        WorkOrderState.Repaired => "Réparé ; en attente de confirmation par les mesures.",
        WorkOrderState.Closed => "Réparé et vérifié.",
        WorkOrderState.Reopened => "Le défaut est revenu ou persiste ; l'intervention est rouverte.",
        WorkOrderState.Cancelled => "Sans suite.",
        _ => throw new ArgumentOutOfRangeException(nameof(order), order.State, "Unknown state."),
    };

    private static string NoticeOf(WorkOrder order) => order.Request.Report?.DeviceStatus switch
    {
        null => "Aucun équipement suivi n'a été trouvé à cet endroit ; le signalement sera vérifié sur place.",
        DeviceStatus.Fault or DeviceStatus.Warning => "Rapproché de l'équipement le plus proche, dont un défaut est déjà connu.",
        DeviceStatus.Ok => "Rapproché de l'équipement le plus proche, qui ne signale pas de défaut ; il sera vérifié.",
        DeviceStatus.Silent or DeviceStatus.Unknown => "Rapproché de l'équipement le plus proche, qui ne communique pas ; il sera vérifié.",
        _ => throw new ArgumentOutOfRangeException(nameof(order), order.Request.Report?.DeviceStatus, "Unknown status."),
    };

    private static string InstantOf(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

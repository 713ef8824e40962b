using Grid.Contracts.Interventions;
using Grid.Contracts.Territories;

namespace Grid.Client.Open311;

/// <summary>Citizens' reports as work orders: only those are found here.</summary>
internal sealed class CitizenRequests(IGridGrains grains, ITerritoryTable table, ReportPlace places)
{
    private const int AtOnce = 16;
    private const int Page = 1_000;

    /// <summary>Opens the order of a report, or finds the one that another citizen has made; null where there is no commune.</summary>
    public async Task<WorkOrderAnswer?> OpenAsync(BoundReport report, double nearestMetres, CancellationToken cancellationToken)
    {
        var service = report.Service;
        var near = await places.NearestAsync(report.Place, service.Kind, nearestMetres, cancellationToken);
        if ((near?.Device.Commune ?? await places.CommuneOfAsync(report.Place, cancellationToken)) is not { } commune)
        {
            return null;
        }

        return await grains.WorkOrders(commune).Open(new WorkOrderRequest
        {
            Commune = commune,
            Origin = WorkOrderOrigin.Citizen,
            By = "citizen",
            Priority = service.Priority,
            Title = service.Name,
            Description = report.Description,
            Device = near?.Device.Id,
            Kind = service.Kind,
            Position = near?.Device.Position ?? report.Place,
            Report = new CitizenReport
            {
                Service = service.Code,
                Answers = report.Answers,
                Address = report.Address,
                MediaUrl = report.MediaUrl,
                DeviceStatus = near?.Status,
                DistanceMetres = near is null ? null : Math.Round(near.Metres, 1),
            },
        });
    }

    /// <summary>The report of an id; null when there is none.</summary>
    public async Task<WorkOrder?> FindAsync(string id) =>
        WorkOrder.CommuneOf(id) is { } commune && table.FindCommune(commune) is not null
        && await grains.WorkOrders(commune).Get(id) is { Request: { Origin: WorkOrderOrigin.Citizen, Report: not null } } order
            ? order
            : null;

    /// <summary>Reports, newest first.</summary>
    public async Task<IReadOnlyList<WorkOrder>> ListAsync(RequestQuery query, CancellationToken cancellationToken)
    {
        if (!query.Ids.IsEmpty)
        {
            var found = new List<WorkOrder>();
            foreach (var id in query.Ids.Distinct(StringComparer.Ordinal))
            {
                if (await FindAsync(id) is { } order && query.Matches(order))
                {
                    found.Add(order);
                }
            }

            return found;
        }

        List<WorkOrder> newest = [];
        foreach (var batch in (await grains.WorkOrderPlaces().List()).Chunk(AtOnce))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var answers = await Task.WhenAll(batch.Select(commune => OfCommuneAsync(commune, query)));
            newest = [.. newest.Concat(answers.SelectMany(orders => orders)).OrderByDescending(order => order.OpenedAt).ThenBy(order => order.Id, StringComparer.Ordinal).Take(RequestQuery.MaximumRequests)];
        }

        return newest;
    }

    /// <summary>Who answers for a commune.</summary>
    public string AgencyOf(string commune) => table.FindCommune(commune)?.Name ?? commune;

    private async Task<List<WorkOrder>> OfCommuneAsync(string commune, RequestQuery query)
    {
        var found = new List<WorkOrder>();
        var asked = new WorkOrderQuery { Origin = WorkOrderOrigin.Citizen, From = query.From, To = query.To.AddMilliseconds(1), Limit = Page };
        while (true)
        {
            var page = await grains.WorkOrders(commune).List(asked);
            found.AddRange(page.Where(query.Matches));
            if (page.Length < Page)
            {
                return found;
            }

            asked = asked with { After = page[^1].Rank() };
        }
    }
}

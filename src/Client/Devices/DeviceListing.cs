using System.Collections.Immutable;
using System.Globalization;
using Grid.Client.Paging;
using Grid.Client.Territories;
using Grid.Contracts.Devices;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Microsoft.AspNetCore.Http;

namespace Grid.Client.Devices;

/// <summary>Lists devices: the registry filters and orders, sectors say their status.</summary>
public sealed class DeviceListing(IDeviceRegistry registry, IGridGrains grains, ScopeMembers members, ITerritoryTable table)
{
    // A status is known to sectors only: looking for a rare one ends after this many devices, with a page that is short and a cursor.
    private const int MaximumScanned = 20_000;
    private const int ScanPage = 1_000;

    /// <summary>A page, or the answer that says what is wrong with the query.</summary>
    public async Task<(DevicePage? Page, IResult? Fault)> ListAsync(IQueryCollection query, bool withPersonal, CancellationToken cancellationToken)
    {
        var reader = new QueryReader(query);
        var commune = reader.Text("commune");
        var body = reader.Text("syndicate");
        var department = reader.Text("department");
        var kinds = reader.Kinds("kind");
        var statuses = reader.Words<DeviceStatus>("status");
        var box = reader.Box("bbox");
        var cabinet = reader.Text("cabinet");
        var text = reader.Text("q");
        var list = string.Create(
            CultureInfo.InvariantCulture, $"devices?{commune}&{body}&{department}&{kinds:D}&{string.Join(',', statuses)}&{box}&{cabinet}&{text}");
        var after = reader.After(list);
        var limit = reader.Limit();
        var communes = await CommunesAsync(reader, commune, body, department, cancellationToken);
        if (reader.Fault() is { } fault)
        {
            return (null, fault);
        }

        var wanted = new DeviceQuery { Communes = communes, Kinds = kinds, Box = box, Cabinet = cabinet, Text = text, After = after };
        var (items, last) = statuses.Count == 0
            ? await PageAsync(wanted, limit, withPersonal, cancellationToken)
            : await ScanAsync(wanted, limit, statuses, withPersonal, cancellationToken);
        return (new(items, last is null ? null : PageCursor.Encode(list, last)), null);
    }

    private async ValueTask<ImmutableArray<(string Commune, DeviceKinds Kinds)>> CommunesAsync(
        QueryReader reader, string? commune, string? body, string? department, CancellationToken cancellationToken)
    {
        Dictionary<string, DeviceKinds>? communes = null;
        if (commune is not null)
        {
            if (table.FindCommune(commune) is null)
            {
                reader.Reject("commune", "is no commune that is known");
            }

            communes = new() { [commune] = DeviceKinds.All };
        }

        if (department is not null)
        {
            communes = Narrow(communes, members.OfDepartment(department), reader, "department", "is no department that is known");
        }

        if (body is not null)
        {
            communes = Narrow(communes, await members.OfBodyAsync(body, cancellationToken), reader, "syndicate", "is no body that is known");
        }

        return communes is null ? default : [.. communes.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value))];
    }

    private static Dictionary<string, DeviceKinds> Narrow(
        Dictionary<string, DeviceKinds>? communes, ImmutableArray<MemberCommune>? scope, QueryReader reader, string name, string reason)
    {
        if (scope is not { } found)
        {
            reader.Reject(name, reason);
            return [];
        }

        return found
            .Where(member => communes is null || communes.ContainsKey(member.Commune.InseeCode))
            .ToDictionary(member => member.Commune.InseeCode, member => member.Kinds & (communes?[member.Commune.InseeCode] ?? DeviceKinds.All));
    }

    private async Task<(List<DeviceItem> Items, string? Last)> PageAsync(DeviceQuery query, int limit, bool withPersonal, CancellationToken cancellationToken)
    {
        // One more than asked says whether there is another page.
        var records = await registry.ListAsync(query with { Limit = limit + 1 }, cancellationToken);
        var hasMore = records.Length > limit;
        var page = hasMore ? records.RemoveAt(records.Length - 1) : records;
        var glances = await GlancesAsync(page);
        return ([.. page.Select((record, i) => DevicePresenting.PresentItem(record.Descriptor, glances[i], withPersonal))], hasMore ? page[^1].Descriptor.Id : null);
    }

    private async Task<(List<DeviceItem> Items, string? Last)> ScanAsync(
        DeviceQuery query, int limit, IReadOnlyList<DeviceStatus> statuses, bool withPersonal, CancellationToken cancellationToken)
    {
        var items = new List<DeviceItem>();
        for (var scanned = 0; scanned < MaximumScanned;)
        {
            var records = await registry.ListAsync(query with { Limit = ScanPage }, cancellationToken);
            var glances = await GlancesAsync(records);
            for (var i = 0; i < records.Length; i++)
            {
                if (!statuses.Contains(glances[i]?.Status ?? DeviceStatus.Unknown))
                {
                    continue;
                }

                if (items.Count == limit)
                {
                    return (items, items[^1].Id);
                }

                items.Add(DevicePresenting.PresentItem(records[i].Descriptor, glances[i], withPersonal));
            }

            if (records.Length < ScanPage)
            {
                return (items, null);
            }

            scanned += records.Length;
            query = query with { After = records[^1].Descriptor.Id };
        }

        return (items, query.After);
    }

    private async Task<DeviceGlance?[]> GlancesAsync(ImmutableArray<DeviceRecord> records)
    {
        var glances = new DeviceGlance?[records.Length];
        var bySector = records.Select((record, index) => (record, index)).GroupBy(item => item.record.Sector);
        await Task.WhenAll(bySector.Select(async sector =>
        {
            var items = sector.ToArray();
            var answers = await grains.Sector(sector.Key).GetGlances([.. items.Select(item => item.record.Descriptor.Id)]);
            for (var i = 0; i < items.Length; i++)
            {
                glances[items[i].index] = answers[i];
            }
        }));
        return glances;
    }
}

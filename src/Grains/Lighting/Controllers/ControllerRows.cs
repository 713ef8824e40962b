using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;

namespace Grid.Grains.Lighting.Controllers;

/// <summary>
/// The rows of the outbox for the controllers of a sector, one for all that are told the same through one gateway. They are added once what they are for is persisted; one too many
/// finds nothing to send.
/// </summary>
internal sealed class ControllerRows(string sector, ControllersBook book, IOutbox outbox, ControllersOptions options)
{
    /// <summary>Rows for controllers that are to load their program.</summary>
    public async Task AddProgramsAsync(IEnumerable<Controller> pending, DateTimeOffset now)
    {
        foreach (var (version, lane) in pending.Select(controller => (controller.Version, controller.Lane)).Distinct().ToArray())
        {
            await AddAsync(ControllerRow.ForProgram(book.NextNumber(), version, lane), now);
        }
    }

    /// <summary>Rows for controllers that are switched live.</summary>
    public async Task AddLevelsAsync(IEnumerable<Controller> switched, DateTimeOffset now)
    {
        var cabinets = switched.ToLookup(controller => controller.Kind == DeviceKind.Cabinet);
        foreach (var (percent, lane) in cabinets[false].Select(light => (light.Level, light.Lane)).Distinct().ToArray())
        {
            await AddGatheredAsync(ControllerRow.ForLevel(book.NextNumber(), percent, lane), now);
        }

        var segments = cabinets[true].SelectMany(cabinet => ControllerRules.SegmentsIn(cabinet.SegmentsToSend), (cabinet, segment) => (segment, cabinet.Level, cabinet.Lane));
        foreach (var (segment, percent, lane) in segments.Distinct().ToArray())
        {
            await AddAsync(ControllerRow.ForSegment(book.NextNumber(), segment, percent, lane), now);
        }
    }

    /// <summary>Adds a row that is due at the instant at which all that are told the same about now are told.</summary>
    public Task AddGatheredAsync(ControllerRow row, DateTimeOffset now) =>
        AddAsync(row, options.GatherFor is { Ticks: > 0 and var ticks } ? now.AddTicks(ticks - (now.UtcTicks % ticks)) : now);

    /// <summary>Adds a row that is due at an instant.</summary>
    public Task AddAsync(ControllerRow row, DateTimeOffset dueAt) => outbox.AddAsync(
        new Downlink(
            DownlinkOwners.RowOf(sector, row.ToString()), "", row.Lane.Connector, "", ImmutableSortedDictionary<string, double>.Empty, 0, dueAt + options.RowsLast,
            row.Lane.Gateway, DownlinkOwner.Controllers),
        dueAt,
        CancellationToken.None);
}

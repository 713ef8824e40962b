using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Lighting;
using Grid.Grains.Waiting;
using Orleans;

namespace Grid.Grains.Lighting.Controllers;

/// <summary>
/// Tells cabinets what their reports are to be judged by: what hangs on their segments, and of those that run a program by themselves what that has their segments do, for some
/// nights, and anew before these are over. Those under no plan are told what hangs on them alone. It is persisted with the cabinet as what it should do is, so that a replay of its reports gives the same.
/// </summary>
internal sealed class CabinetExpectations(string sector, LivePlans plans, ControllersBook book, IGrainFactory grains)
{
    private const int DesiresAtOnce = 128;

    /// <summary>What is told reaches so far.</summary>
    private static readonly TimeSpan Reach = TimeSpan.FromHours(72);

    /// <summary>What is told is told anew when it reaches no farther than this.</summary>
    private static readonly TimeSpan LeastReach = TimeSpan.FromHours(36);

    /// <summary>True for a cabinet that is not told yet what it is to be judged by: once it has the program of its plan by its own word, or when it is switched live.</summary>
    public static bool IsDue(Controller controller, DateTimeOffset now) => controller switch
    {
        { Kind: not DeviceKind.Cabinet } => false,
        { State: ControllerState.Live } => !controller.Loads.SequenceEqual(controller.Judged?.Loads ?? []),
        { State: ControllerState.Acknowledged or ControllerState.Running } => controller.Judged is not { } judged || judged.Version != controller.Version
            || judged.Segments != controller.Segments || judged.Until < now + LeastReach || !judged.Loads.SequenceEqual(controller.Loads),
        _ => false,
    };

    /// <summary>Tells those that are due; true when there were any.</summary>
    public async Task<bool> TellAsync(DateTimeOffset now)
    {
        var due = book.Controllers.Where(controller => IsDue(controller, now)).ToArray();
        foreach (var chunk in due.Chunk(DesiresAtOnce))
        {
            foreach (var told in await Waits.All(chunk.Select(cabinet => TellAsync(cabinet, now))))
            {
                book.Set(told);
            }
        }

        var unplanned = book.Unplanned.Where(cabinet => !cabinet.Loads.SequenceEqual(cabinet.Told)).ToArray();
        foreach (var chunk in unplanned.Chunk(DesiresAtOnce))
        {
            var answers = await Waits.All(chunk.Select(cabinet => SetAsync(cabinet.Device, new ExpectedSegments { Sector = sector, Loads = cabinet.Loads }, now)));
            foreach (var (cabinet, _) in chunk.Zip(answers).Where(told => told.Second.Reason is null))
            {
                book.Set(cabinet with { Told = cabinet.Loads });
            }
        }

        return due.Length + unplanned.Length > 0;
    }

    /// <summary>Cabinets that are under no plan any more, or run no program, are judged by none.</summary>
    public async Task LeaveAsync(ImmutableArray<Controller> left, DateTimeOffset now)
    {
        foreach (var chunk in left.Where(controller => controller.Kind == DeviceKind.Cabinet).Chunk(DesiresAtOnce))
        {
            await Waits.All(chunk.Select(cabinet => SetAsync(cabinet.Device, new ExpectedSegments { Sector = sector }, now)));
        }
    }

    /// <summary>Cabinets that are not in this sector any more are judged by nothing that it said.</summary>
    public async Task LeaveAsync(ImmutableArray<UnplannedCabinet> left, DateTimeOffset now)
    {
        foreach (var chunk in left.Where(cabinet => !cabinet.Told.IsEmpty).Chunk(DesiresAtOnce))
        {
            await Waits.All(chunk.Select(cabinet => SetAsync(cabinet.Device, new ExpectedSegments { Sector = sector }, now)));
        }
    }

    private async Task<Controller> TellAsync(Controller cabinet, DateTimeOffset now)
    {
        var (isLive, until) = (cabinet.State == ControllerState.Live, now + Reach);
        var segments = new ExpectedSegments
        {
            Version = cabinet.Version,
            Segments = cabinet.Segments,
            Levels = isLive ? [] : [.. plans.Between(cabinet, now.ToUnixTimeMilliseconds(), until.ToUnixTimeMilliseconds())],
            Until = isLive ? 0 : until.ToUnixTimeMilliseconds(),
            Sector = sector,
            Loads = cabinet.Loads,
        };

        // Nobody knows yet what its plan says: the plan is fetched with the next look.
        var isUnknown = !isLive && segments.Levels.IsEmpty;
        return isUnknown || await SetAsync(cabinet.Device, segments, now) is { Reason: not null }
            ? cabinet
            : cabinet with { Judged = new JudgedBy(segments.Version, segments.Segments, until, cabinet.Loads) };
    }

    private Task<DesiredAnswer> SetAsync(string cabinet, ExpectedSegments expected, DateTimeOffset now) =>
        DeviceGrains.Get(grains, DeviceKind.Cabinet, cabinet).SetDesired(new DesiredChange
        {
            Command = "plan:none",
            Name = CommandCatalog.FollowPlan,
            Arguments = ImmutableSortedDictionary<string, double>.Empty,
            At = now,
            Layer = ControlLayer.Plan,
            Expected = expected,
        });
}

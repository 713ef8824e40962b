using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Lighting;
using Grid.Grains.Waiting;
using Orleans;

namespace Grid.Grains.Lighting.Controllers;

/// <summary>
/// Tells cabinets that run a program by themselves what that has their segments do, so that their reports can be judged by it: for some nights, and anew before these are
/// over. It is persisted with the cabinet as what it should do is, so that a replay of its reports gives the same.
/// </summary>
internal sealed class SegmentPrograms(string sector, LivePlans plans, ControllersBook book, IGrainFactory grains)
{
    private const int DesiresAtOnce = 128;

    /// <summary>What is told reaches so far.</summary>
    private static readonly TimeSpan Reach = TimeSpan.FromHours(72);

    /// <summary>What is told is told anew when it reaches no farther than this.</summary>
    private static readonly TimeSpan LeastReach = TimeSpan.FromHours(36);

    /// <summary>True for a cabinet that has the program of its plan, by its own word, and is not told yet what that has its segments do.</summary>
    public static bool IsDue(Controller controller, DateTimeOffset now) =>
        controller is { Kind: DeviceKind.Cabinet, State: ControllerState.Acknowledged or ControllerState.Running }
        && (controller.Judged is not { } judged || judged.Version != controller.Version || judged.Segments != controller.Segments || judged.Until < now + LeastReach);

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

        return due.Length > 0;
    }

    /// <summary>Cabinets that are under no plan any more, or run no program, are judged by none.</summary>
    public async Task LeaveAsync(ImmutableArray<Controller> left, DateTimeOffset now)
    {
        foreach (var chunk in left.Where(cabinet => cabinet.Judged is not null).Chunk(DesiresAtOnce))
        {
            await Waits.All(chunk.Select(cabinet => SetAsync(cabinet, new PlannedSegments { Sector = sector }, now)));
        }
    }

    private async Task<Controller> TellAsync(Controller cabinet, DateTimeOffset now)
    {
        var until = now + Reach;
        var segments = new PlannedSegments
        {
            Version = cabinet.Version,
            Segments = cabinet.Segments,
            Levels = [.. plans.Between(cabinet, now.ToUnixTimeMilliseconds(), until.ToUnixTimeMilliseconds())],
            Until = until.ToUnixTimeMilliseconds(),
            Sector = sector,
        };

        // Nobody knows yet what its plan says: the plan is fetched with the next look.
        return segments.Levels.IsEmpty || await SetAsync(cabinet, segments, now) is { Reason: not null }
            ? cabinet
            : cabinet with { Judged = new JudgedBy(segments.Version, segments.Segments, until) };
    }

    private Task<DesiredAnswer> SetAsync(Controller cabinet, PlannedSegments segments, DateTimeOffset now) =>
        DeviceGrains.Get(grains, cabinet.Kind, cabinet.Device).SetDesired(new DesiredChange
        {
            Command = "plan:none",
            Name = CommandCatalog.FollowPlan,
            Arguments = ImmutableSortedDictionary<string, double>.Empty,
            At = now,
            Layer = ControlLayer.Plan,
            Segments = segments,
        });
}

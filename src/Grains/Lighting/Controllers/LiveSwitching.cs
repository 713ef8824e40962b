using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Lighting;
using Grid.Grains.Waiting;
using Orleans;

namespace Grid.Grains.Lighting.Controllers;

/// <summary>Controllers that keep no program: what their plan says now is the lowest layer of what they should do.</summary>
internal sealed class LiveSwitching(LivePlans plans, ControllersBook book, IGrainFactory grains)
{
    private const int DesiresAtOnce = 128;

    /// <summary>Sets the plan's level of every controller whose level it is not; answers those controllers.</summary>
    public async Task<ImmutableArray<Controller>> SwitchAsync(DateTimeOffset now)
    {
        var at = now.ToUnixTimeMilliseconds();
        var due = book.Live
            .Select(controller => (Controller: controller, Level: plans.LevelAt(controller, at)))
            .Where(item => item.Level is { } level && level != item.Controller.Level)
            .ToArray();
        var switched = ImmutableArray.CreateBuilder<Controller>(due.Length);
        foreach (var chunk in due.Chunk(DesiresAtOnce))
        {
            foreach (var (next, resumes) in await Waits.All(chunk.Select(item => SwitchAsync(item.Controller, item.Level!.Value, now))))
            {
                book.Set(next);
                switched.Add(next);
                if (resumes is { } end)
                {
                    book.Watch(next.Device, end);
                }
            }
        }

        return switched.ToImmutable();
    }

    /// <summary>Controllers that are switched live no more want nothing by plan.</summary>
    public async Task LeaveAsync(ImmutableArray<Controller> left, DateTimeOffset now)
    {
        foreach (var chunk in left.Where(controller => controller.State == ControllerState.Live && controller.Level >= 0).Chunk(DesiresAtOnce))
        {
            await Waits.All(chunk.Select(controller => LeaveAsync(controller, now)));
        }
    }

    private Task<(Controller Next, DateTimeOffset? Resumes)> SwitchAsync(Controller controller, double level, DateTimeOffset now) =>
        controller.Kind == DeviceKind.Cabinet ? SwitchCabinetAsync(controller, level, now) : SwitchLampAsync(controller, level, now);

    private async Task<(Controller Next, DateTimeOffset? Resumes)> SwitchLampAsync(Controller lamp, double level, DateTimeOffset now)
    {
        var answer = await DesireAsync(lamp, CommandCatalog.SetDimming, ControllerMessages.Percent(level), now);
        return (lamp with { Level = level, ToSend = answer.Order is null ? 0 : answer.Version, Detail = answer.Reason ?? string.Empty }, answer.Resumes);
    }

    /// <summary>One after the other: each segment is a version of its own, and the last one counts for all of them.</summary>
    private async Task<(Controller Next, DateTimeOffset? Resumes)> SwitchCabinetAsync(Controller cabinet, double level, DateTimeOffset now)
    {
        if (cabinet.Level < 0)
        {
            // A segment that the plan has let go of wants nothing by plan.
            await LeaveAsync(cabinet, now);
        }

        var next = cabinet with { Level = level, ToSend = 0, SegmentsToSend = 0, Detail = string.Empty };
        var resumes = default(DateTimeOffset?);
        foreach (var segment in ControllerRules.SegmentsIn(cabinet.Segments))
        {
            var answer = await DesireAsync(cabinet, CommandCatalog.SetSegment, ControllerMessages.Segment(segment, level), now);
            next = answer.Order is null
                ? next with { Detail = answer.Reason ?? next.Detail }
                : next with { ToSend = answer.Version, SegmentsToSend = (byte)(next.SegmentsToSend | (1 << (segment - 1))) };
            resumes = answer.Resumes is { } end && !(resumes < end) ? end : resumes;
        }

        return (next, resumes);
    }

    private Task<DesiredAnswer> DesireAsync(Controller controller, string name, ImmutableSortedDictionary<string, double> arguments, DateTimeOffset now) =>
        DeviceGrains.Get(grains, controller.Kind, controller.Device).SetDesired(
            new DesiredChange { Command = $"plan:{controller.Plan}", Name = name, Arguments = arguments, At = now, Layer = ControlLayer.Plan });

    private Task<DesiredAnswer> LeaveAsync(Controller controller, DateTimeOffset now) => DeviceGrains.Get(grains, controller.Kind, controller.Device).SetDesired(new DesiredChange
    {
        Command = "plan:none",
        Name = CommandCatalog.FollowPlan,
        Arguments = ImmutableSortedDictionary<string, double>.Empty,
        At = now,
        Layer = ControlLayer.Plan,
    });
}

using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Lighting;
using Grid.Grains.Waiting;
using Orleans;

namespace Grid.Grains.Lighting.Controllers;

/// <summary>Light points that keep no program: what their plan says now is the lowest layer of what they should do.</summary>
internal sealed class LiveSwitching(LivePlans plans, ControllersBook book, IGrainFactory grains)
{
    private const int DesiresAtOnce = 128;

    /// <summary>Sets the plan's level of every light whose level it is not; answers those lights.</summary>
    public async Task<ImmutableArray<Controller>> SwitchAsync(DateTimeOffset now)
    {
        var at = now.ToUnixTimeMilliseconds();
        var due = book.Live
            .Select(light => (Light: light, Level: plans.LevelAt(light.Plan, light.MinimumPercent, at)))
            .Where(item => item.Level is { } level && level != item.Light.Level)
            .ToArray();
        var switched = ImmutableArray.CreateBuilder<Controller>(due.Length);
        foreach (var chunk in due.Chunk(DesiresAtOnce))
        {
            var answers = await Waits.All(chunk.Select(item => DesireAsync(item.Light, item.Level!.Value, now)));
            foreach (var (item, answer) in chunk.Zip(answers))
            {
                var next = item.Light with
                {
                    Level = item.Level!.Value,
                    ToSend = answer.Order is null ? 0 : answer.Version,
                    Detail = answer.Reason ?? string.Empty,
                };
                book.Set(next);
                switched.Add(next);
                if (answer.Resumes is { } resumes)
                {
                    book.Watch(next.Device, resumes);
                }
            }
        }

        return switched.ToImmutable();
    }

    /// <summary>Lights that are under no plan any more want nothing by plan.</summary>
    public async Task LeaveAsync(ImmutableArray<Controller> left, DateTimeOffset now)
    {
        foreach (var chunk in left.Where(light => light.State == ControllerState.Live && light.Level >= 0).Chunk(DesiresAtOnce))
        {
            await Waits.All(chunk.Select(light => DeviceGrains.Get(grains, light.Kind, light.Device).SetDesired(new DesiredChange
            {
                Command = "plan:none",
                Name = CommandCatalog.FollowPlan,
                Arguments = ImmutableSortedDictionary<string, double>.Empty,
                At = now,
                Layer = ControlLayer.Plan,
            })));
        }
    }

    private Task<DesiredAnswer> DesireAsync(Controller light, double level, DateTimeOffset now) => DeviceGrains.Get(grains, light.Kind, light.Device).SetDesired(
        new DesiredChange { Command = $"plan:{light.Plan}", Name = CommandCatalog.SetDimming, Arguments = ControllerMessages.Percent(level), At = now, Layer = ControlLayer.Plan });
}

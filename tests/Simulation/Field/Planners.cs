using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Lighting;
using Grid.Simulation.Faults;

namespace Grid.Simulation.Field;

/// <summary>
/// People who plan the nights: they make plans, assign them, change them and remove them, each change again until it is answered. What was answered is remembered here,
/// outside the grid: the truth of what must not be lost.
/// </summary>
internal sealed class Planners
{
    private const int Plans = 3;

    private readonly World _world;
    private readonly Chance _chance;
    private readonly Asking _asking;
    private readonly SortedDictionary<string, LightingPlan> _plans = new(StringComparer.Ordinal);
    private bool _isAsking;

    public Planners(World world)
    {
        _world = world;
        _chance = world.ChanceOf("planners");
        _asking = new Asking(world, _chance, "plan");
    }

    /// <summary>True while a change is not answered.</summary>
    public bool IsBusy => _isAsking;

    /// <summary>The plans that there are, as they were answered last.</summary>
    public IReadOnlyDictionary<string, LightingPlan> Accepted => _plans;

    /// <summary>Ids that a plan has, or has had.</summary>
    public IEnumerable<string> Ids => Enumerable.Range(1, Plans).Select(IdOf);

    /// <summary>When a plan was changed last.</summary>
    public DateTimeOffset ChangedAt { get; private set; }

    /// <summary>The registry's revision when it was last looked whether controllers know their plan.</summary>
    public long RevisionLookedAt { get; set; }

    /// <summary>Begins to change a plan now and then.</summary>
    public void Work()
    {
        if (_world.Options.PlansPerHour > 0)
        {
            _world.After(_chance.Until(_world.Options.PlansPerHour), () =>
            {
                if (_world.IsBusyTime && !_isAsking)
                {
                    Change();
                }

                Work();
            });
        }
    }

    private void Change()
    {
        var number = 1 + _chance.Below(Plans);
        var id = IdOf(number);
        _isAsking = true;
        if (_plans.ContainsKey(id) && _chance.Below(5) == 0)
        {
            Ask(id, async grain =>
            {
                await grain.Delete();
                return () => _plans.Remove(id);
            });
            return;
        }

        var plan = Draw(id);
        ImmutableArray<PlanAssignment> assignments = [AssignmentOf(number)];
        Ask(id, async grain =>
        {
            // Both again until both are answered: each of them may be done twice.
            var put = await grain.Put(plan);
            var assigned = put.Faults.IsEmpty ? await grain.Assign(assignments) : put;
            return assigned.Faults is [] ? () => _plans[id] = plan : throw new InvalidOperationException($"plan {id} was refused: {assigned.Faults[0]}");
        });
    }

    /// <summary>Each plan has a place of its own, since nothing can be under two.</summary>
    private PlanAssignment AssignmentOf(int number) => number <= _world.Communes.Length
        ? new PlanAssignment { Commune = _world.Communes[number - 1].InseeCode }
        : new PlanAssignment { Commune = _world.Communes[0].InseeCode, Group = string.Create(CultureInfo.InvariantCulture, $"group{number}") };

    private LightingPlan Draw(string id) => new()
    {
        Name = string.Create(CultureInfo.InvariantCulture, $"{id} {_chance.Below(1_000)}"),
        Programs = [new ControlProgram("night",
        [
            new SwitchPoint(_chance.OneOf(["sunset", "civilDusk", "sunset-00:10"]), 100, _chance.OneOf([0, 30])),
            new SwitchPoint(string.Create(CultureInfo.InvariantCulture, $"{21 + _chance.Below(3):00}:{_chance.Below(60):00}"), _chance.OneOf([0, 20, 50]), 0),
            new SwitchPoint(string.Create(CultureInfo.InvariantCulture, $"0{4 + _chance.Below(2)}:{_chance.Below(60):00}"), 100, 0),
            new SwitchPoint("sunrise", 0, 0),
        ])],
        Calendar = [new CalendarEntry("always", "night", 0)],
    };

    private void Ask(string id, Func<ILightingPlanGrain, Task<Action>> change) => _asking.Ask(id, process => change(process.Grains.GetGrain<ILightingPlanGrain>(id)), accept =>
    {
        (_isAsking, ChangedAt) = (false, _world.Clock.GetUtcNow());
        accept();
        _world.Trace.Add("plan answered", id);
    });

    private static string IdOf(int number) => string.Create(CultureInfo.InvariantCulture, $"plan{number}");
}

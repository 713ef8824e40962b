using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Simulation.Faults;

namespace Grid.Simulation.Field;

/// <summary>
/// People who command the lights of a whole commune, of every other one: in the others a lamp wants exactly what the newest command to it said. Each command is asked for
/// again under its id until it is answered; what was accepted is remembered here, outside the grid.
/// </summary>
internal sealed class GroupOperators
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LeastExpiry = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MostExpiry = TimeSpan.FromMinutes(90);

    private readonly World _world;
    private readonly Chance _chance;
    private readonly Asking _asking;
    private readonly string[] _communes;
    private readonly List<AcceptedGroup> _accepted = [];
    private int _number;
    private int _unanswered;

    public GroupOperators(World world)
    {
        _world = world;
        _chance = world.ChanceOf("groups");
        _asking = new Asking(world, _chance, "group command");
        _communes = [.. world.Communes.Where((_, place) => place % 2 == 0).Select(commune => commune.InseeCode)];
    }

    /// <summary>True while a command is not answered.</summary>
    public bool IsBusy => _unanswered > 0;

    /// <summary>Commands that were accepted, oldest first.</summary>
    public IReadOnlyList<AcceptedGroup> Accepted => _accepted;

    /// <summary>Begins to command a commune now and then.</summary>
    public void Work()
    {
        if (_world.Options.GroupsPerHour > 0)
        {
            _world.After(_chance.Until(_world.Options.GroupsPerHour), () =>
            {
                if (_world.IsBusyTime)
                {
                    Command();
                }

                Work();
            });
        }
    }

    private void Command()
    {
        var commune = _communes[_chance.Below(_communes.Length)];
        var arguments = ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal);
        var name = _chance.Below(4) switch
        {
            0 => GroupCatalog.AllOn,
            1 => CommandCatalog.FollowPlan,
            _ => CommandCatalog.SetDimming,
        };
        var request = new GroupRequest
        {
            Selector = new GroupSelector { Commune = commune },
            Name = name,
            Arguments = name == CommandCatalog.SetDimming ? arguments.Add("percent", _chance.Below(101)) : arguments,
            ExpiresIn = _chance.Between(LeastExpiry, MostExpiry),
            Actor = "operator",
            Layer = _chance.Happens(0.3) ? ControlLayer.Emergency : ControlLayer.Override,
        };
        var id = string.Create(CultureInfo.InvariantCulture, $"group-{++_number}");
        _unanswered++;
        _asking.Ask(id, process => process.Grains.GetGrain<IGroupCommandGrain>(id).Submit(request), answer => Answer(id, request, answer));
    }

    private void Answer(string id, GroupRequest request, GroupAnswer answer)
    {
        _unanswered--;
        _world.Trace.Add("group command answered", id, (long)answer.Status, answer.Group?.Members ?? 0);
        if (answer.Status == SubmitStatus.Conflict)
        {
            _world.Violated("I2", $"group command {id} was asked for again as it was, and is said to be another one");
        }
        else if (answer is { Status: SubmitStatus.Accepted, Group: { } group })
        {
            _accepted.Add(new AcceptedGroup(id, request, group.Members));
            if (_chance.Happens(0.15))
            {
                _world.After(_chance.Between(Soon, LeastExpiry), () => Cancel(id));
            }
        }
    }

    private void Cancel(string id)
    {
        if (_world.Process is { IsReady: true } process)
        {
            process.Do("cancel", async () =>
            {
                try
                {
                    await process.Grains.GetGrain<IGroupCommandGrain>(id).Cancel("cancelled by operator");
                }
                catch (Exception refused) when (refused is IOException or TimeoutException or Orleans.Storage.InconsistentStateException)
                {
                    _world.Trace.Say($"group command {id} was not cancelled: {refused.Message}");
                }
            });
        }
    }
}

/// <summary>A group command that was accepted, and how its members had ended when they were last looked at.</summary>
internal sealed class AcceptedGroup(string id, GroupRequest request, int members)
{
    public string Id { get; } = id;

    public GroupRequest Request { get; } = request;

    public int Members { get; } = members;

    /// <summary>The level that it asks of a lamp; null for that of the plan.</summary>
    public double? Level => Request.Name == CommandCatalog.FollowPlan ? null : Request.Arguments.GetValueOrDefault("percent", 100);

    /// <summary>The devices that are members, as of the last check.</summary>
    public HashSet<string> Devices { get; } = new(StringComparer.Ordinal);

    /// <summary>Members that have ended, by what they are and were asked.</summary>
    public Dictionary<string, CommandState> Final { get; } = new(StringComparer.Ordinal);
}

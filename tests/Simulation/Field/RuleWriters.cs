using System.Globalization;
using Grid.Client;
using Grid.Contracts.Notifications;
using Grid.Contracts.Rules;
using Grid.Simulation.Faults;
using Grid.Simulation.Machine;

namespace Grid.Simulation.Field;

/// <summary>
/// People who write rules, publish them, change them, go back and remove them, one thing after the other for each rule, each asked for again until it is answered. What was answered is remembered
/// here, outside the grid: which version devices must follow, and no other. So is what the rules had done, as whoever carries it out sees it.
/// </summary>
internal sealed class RuleWriters
{
    /// <summary>The endpoint that rules notify.</summary>
    public const string Endpoint = "rules";

    private const string Actor = "writer";
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(2);

    private readonly World _world;
    private readonly Chance _chance;
    private readonly Asking _asking;
    private readonly IReadOnlyList<string> _ids;
    private readonly Dictionary<string, DateTimeOffset> _changedAt = new(StringComparer.Ordinal);
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, RuleView> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Rule, long Version), RuleDraw> _draws = [];
    private readonly SortedDictionary<string, RuleTask> _done = new(StringComparer.Ordinal);

    public RuleWriters(World world)
    {
        _world = world;
        _chance = world.ChanceOf("rule writers");
        _asking = new Asking(world, _chance, "rule");

        // Rules that ask for neighbours or alarms are looked at every minute in every sector, those for communes in every commune: some worlds have them.
        var hasNeighbours = _chance.Happens(0.25);
        var hasCommunes = world.ChanceOf("rules for communes").Happens(0.25);
        _ids = [.. RuleDraw.Ids.Where(id => !RuleDraw.IsOfNeighbours(id) || hasNeighbours), .. RuleDraw.IdsOfCommunes.Where(_ => hasCommunes)];
    }

    /// <summary>True while something is not answered.</summary>
    public bool IsBusy => _asked.Count > 0;

    /// <summary>The rules that there are, by id, as they were answered last.</summary>
    public IReadOnlyDictionary<string, RuleView> Known => _known;

    /// <summary>What was carried out of what rules had to have done, by id, but for commands; as often as it may have been.</summary>
    public IReadOnlyDictionary<string, RuleTask> Done => _done;

    /// <summary>When something about a rule was asked for or answered last.</summary>
    public DateTimeOffset ChangedAt(string rule) => _changedAt.GetValueOrDefault(rule);

    /// <summary>What a version of a rule means.</summary>
    public RuleDraw DrawOf(string rule, long version) => _draws[(rule, version)];

    /// <summary>Something that a rule decided is carried out.</summary>
    public void Note(RuleOrigin origin, RuleAction action)
    {
        _world.Trace.Add("rule acts", action.Id);
        _done[action.Id] = RuleTask.Of(origin.Device, origin.Kind, action);
    }

    /// <summary>Makes an endpoint and a few rules, and then begins to change something now and then.</summary>
    public void Work()
    {
        if (_world.Options.RulesPerHour == 0)
        {
            return;
        }

        var endpoint = new NotificationEndpoint { Id = Endpoint, Kind = EndpointKind.Webhook, Address = "https://rules.example", Scope = $"department:{_world.Options.Department}" };
        Ask(Endpoint, process => process.Grains.GetGrain<INotificationEndpointsGrain>(INotificationEndpointsGrain.Key).Put(endpoint, renewsSecret: false), answer =>
        {
            foreach (var id in _ids.Where(_ => _chance.Happens(0.7)))
            {
                Write(id);
            }

            Continue();
        });
    }

    private void Continue() => _world.After(_chance.Until(_world.Options.RulesPerHour), () =>
    {
        if (_world.IsBusyTime && _chance.OneOf(_ids) is var id && !_asked.Contains(id))
        {
            Change(id);
        }

        Continue();
    });

    private void Change(string id)
    {
        if (_known.GetValueOrDefault(id) is not { } known || _chance.Happens(0.4))
        {
            Write(id);
        }
        else if (known.Former is { } former && _chance.Happens(0.5))
        {
            RollBack(id, former);
        }
        else if (_chance.Happens(0.4))
        {
            Delete(id);
        }
        else
        {
            Publish(id);
        }
    }

    private void Write(string id)
    {
        var draw = RuleDraw.Of(id, _chance);
        var draft = new RuleDraft { Name = id, Scope = Scope(draw), Text = draw.Text };
        Ask(id, process => process.Get<IGridGrains>().Rule(id).Put(draft, Actor), answer =>
        {
            var view = Hear(id, answer);
            _draws[(id, view.Versions[0].Version)] = draw;
            _world.Trace.Say($"{id} version {view.Versions[0].Version} for {view.Versions[0].Scope}: {draw.Text}");
            if (_chance.Happens(0.85))
            {
                Publish(id);
            }
        });
    }

    private void Publish(string id) => Ask(id, process => process.Get<IGridGrains>().Rule(id).Publish(Actor), answer => Hear(id, answer));

    /// <summary>To a version by name: asked for again, it does not go back once more.</summary>
    private void RollBack(string id, long former) => Ask(id, process => process.Get<IGridGrains>().Rule(id).RollBack(Actor, former), answer => Hear(id, answer));

    private void Delete(string id) => Ask(id, process => process.Get<IGridGrains>().Rule(id).Delete(), _ =>
    {
        _known.Remove(id);
        if (_chance.Happens(0.5))
        {
            _world.After(Soon, () =>
            {
                if (_world.IsBusyTime && !_asked.Contains(id))
                {
                    Write(id);
                }
            });
        }
    });

    private RuleView Hear(string id, RuleAnswer answer)
    {
        _world.Trace.Add("rule answered", id, answer.View?.Published ?? 0, answer.View?.Versions.Length ?? 0);
        return _known[id] = answer is { Problems.IsEmpty: true, View: { } view }
            ? view
            : throw new InvalidOperationException($"Rule {id} was refused: {(answer.Problems.IsEmpty ? "there is none" : $"{answer.Problems[0].Field} {answer.Problems[0].Reason}")}");
    }

    private string Scope(RuleDraw draw)
    {
        var devices = _world.Registry.Devices;
        return _chance.Below(6) switch
        {
            0 => "all",
            1 => $"department:{_world.Options.Department}",
            2 when _world.Registry.Bodies.Count > 0 => $"syndicate:{_chance.OneOf([.. _world.Registry.Bodies.Keys])}",
            3 when devices.Count > 0 && draw.AlarmsOver is null => $"device:{devices.Keys.ElementAt(_chance.Below(devices.Count))}",
            _ => $"commune:{_chance.OneOf(_world.Communes).InseeCode}",
        };
    }

    private void Ask<TAnswer>(string id, Func<GridProcess, Task<TAnswer>> ask, Action<TAnswer> hear)
    {
        _asked.Add(id);
        _asking.Ask(id, ask, answer =>
        {
            _asked.Remove(id);
            _changedAt[id] = _world.Clock.GetUtcNow();
            hear(answer);
        });
    }
}

/// <summary>Sees what rules have had done, on its way to where it goes.</summary>
/// <param name="world">The world.</param>
/// <param name="process">Whose rules.</param>
internal sealed class RuleWitness(World world, GridProcess process) : IRuleOutlet
{
    public Task OpenWorkOrderAsync(RuleOrigin origin, RuleWorkOrder order, CancellationToken cancellationToken) => Note(origin, order);

    public Task NotifyAsync(RuleOrigin origin, RuleNotification notification, CancellationToken cancellationToken) => Note(origin, notification);

    public async Task<BilingualText?> SetFlagAsync(RuleOrigin origin, RuleFlag flag, CancellationToken cancellationToken)
    {
        await Note(origin, flag);
        return null;
    }

    private Task Note(RuleOrigin origin, RuleAction action)
    {
        if (process.IsAlive)
        {
            world.Writers.Note(origin, action);
        }

        return Task.CompletedTask;
    }
}

using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Parameters;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains.Parameters;
using Grid.Simulation.Faults;
using Grid.Simulation.Machine;

namespace Grid.Simulation.Field;

/// <summary>
/// People at work: they register, move and remove devices and change who is a member of what, one thing after the other, each again until it was
/// answered.
/// </summary>
internal sealed class Administration
{
    private const int AtOnce = 500;
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private readonly World _world;
    private readonly Chance _chance;
    private readonly Queue<(string What, Func<GridProcess, Task> Act)> _toDo = new();
    private readonly SortedDictionary<string, DeviceDescriptor> _devices = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, DeviceDescriptor> _removed = new(StringComparer.Ordinal);
    private long _attempt;

    public Administration(World world)
    {
        _world = world;
        _chance = world.ChanceOf("administration");
    }

    /// <summary>True while something is to be done or to be answered.</summary>
    public bool IsBusy => _toDo.Count > 0;

    /// <summary>Registers bodies and devices, as many at once as an import does.</summary>
    public void Provision(ImmutableArray<(Body Body, ImmutableArray<Membership> Members)> bodies, IEnumerable<DeviceDescriptor> devices)
    {
        foreach (var (body, members) in bodies)
        {
            Add($"body {body.Siren}", async process =>
            {
                await process.Get<IBodyRegistry>().PutAsync(body, CancellationToken.None);
                await process.Get<IBodyRegistry>().PutMembersAsync(body.Siren, members, CancellationToken.None);
            });
        }

        foreach (var batch in devices.Chunk(AtOnce))
        {
            Put("import", batch);
        }
    }

    /// <summary>Begins to change something now and then.</summary>
    public void Work()
    {
        if (_world.Options.ChangesPerHour > 0)
        {
            _world.After(_chance.Until(_world.Options.ChangesPerHour), () =>
            {
                if (_world.IsBusyTime)
                {
                    ChangeSomething();
                }

                Work();
            });
        }
    }

    private void ChangeSomething()
    {
        var device = _devices.Count == 0 ? null : _devices.Values.ElementAt(_chance.Below(_devices.Count));
        switch (_chance.Below(5))
        {
            case 0 when device is { Kind: not (DeviceKind.Cabinet or DeviceKind.Streetlight) }:
                Put("move", [device with { Commune = _chance.OneOf(_world.Communes).InseeCode }]);
                break;
            case 1 when device is { Kind: not DeviceKind.Cabinet }:
                Add($"remove {device.Id}", async process =>
                {
                    await process.Get<IRegistrar>().RemoveAsync(device.Id, CancellationToken.None);
                    if (process.IsAlive && _devices.Remove(device.Id))
                    {
                        _removed[device.Id] = device;
                        _world.Field.Serve(_devices.Values);
                    }
                });
                break;
            case 2 when _removed.Count > 0:
                Put("register again", [_removed.Values.ElementAt(_chance.Below(_removed.Count))]);
                break;
            case 3 when device is not null:
                Put("rename", [Tuned(device with { Name = $"{device.Name} *" })]);
                break;
            default:
                ChangeMembers();
                break;
        }
    }

    private void ChangeMembers()
    {
        if (_world.Registry.Bodies.Count == 0)
        {
            return;
        }

        var body = _chance.OneOf([.. _world.Registry.Bodies.Keys]);
        var today = DateOnly.FromDateTime(_world.Clock.GetUtcNow().UtcDateTime);
        ImmutableArray<Membership> members =
        [
            .. _world.Communes.Where(_ => _chance.Happens(0.7)).Select(commune => new Membership(
                commune.InseeCode,
                body,
                _chance.Happens(0.5) ? DeviceKinds.All : DeviceKinds.Streetlight | DeviceKinds.Cabinet | DeviceKinds.Building,
                _chance.Happens(0.2) ? today.AddDays(1) : null,
                _chance.Happens(0.2) ? today : null)),
        ];
        Add($"members of {body}", async process =>
        {
            await process.Get<IBodyRegistry>().PutMembersAsync(body, members, CancellationToken.None);

            // Whoever belongs to it now or did so before, as the gateway tells them.
            foreach (var commune in _world.Communes)
            {
                await process.Grains.GetGrain<IParametersGrain>(ParameterScopes.OfCommune(commune.InseeCode)).Renew();
            }
        });
    }

    /// <summary>Now and then it says itself by which parameters it is judged, and now and then it does not any more.</summary>
    private DeviceDescriptor Tuned(DeviceDescriptor device) => _chance.Below(4) switch
    {
        0 => device with { Attributes = device.Attributes.RemoveRange(ParameterTable.Of(device.Kind).Select(parameter => parameter.Name)) },
        1 => Tuned(device, ParameterDraw.Values(device.Kind, _chance)),
        _ => device,
    };

    private static DeviceDescriptor Tuned(DeviceDescriptor device, ImmutableArray<ParameterValue> values)
    {
        var tuned = device with { Attributes = device.Attributes.SetItems(values.Select(value => KeyValuePair.Create(value.Name, value.Value))) };
        return ParameterTable.Contradictions(device.Kind, ParameterSource.Of(tuned)).Any() ? device : tuned;
    }

    private void Put(string what, DeviceDescriptor[] devices) => Add($"{what} {devices[0].Id}", async process =>
    {
        var result = await process.Get<IRegistrar>().PutAsync(devices, CancellationToken.None);
        if (!process.IsAlive)
        {
            return;
        }

        var refused = result.Errors.Select(error => error.Device).ToHashSet(StringComparer.Ordinal);
        foreach (var device in devices.Where(device => !refused.Contains(device.Id)))
        {
            _devices[device.Id] = device;
            _removed.Remove(device.Id);
        }

        _world.Field.Serve(_devices.Values);
    });

    private void Add(string what, Func<GridProcess, Task> act)
    {
        _toDo.Enqueue((what, act));
        if (_toDo.Count == 1)
        {
            Next();
        }
    }

    private void Next()
    {
        var attempt = ++_attempt;
        if (!_toDo.TryPeek(out var next))
        {
            return;
        }

        if (_world.Process is not { IsReady: true } process)
        {
            _world.After(Soon, () => Again(attempt));
            return;
        }

        _world.Trace.Add("change", next.What);
        process.Do("change", async () =>
        {
            try
            {
                await next.Act(process);
            }
            catch (Exception refused) when (refused is IOException or TimeoutException)
            {
                _world.Trace.Say($"{next.What} was refused: {refused.Message}");
                _world.After(Soon, () => Again(attempt));
                return;
            }

            if (process.IsAlive && attempt == _attempt)
            {
                _world.Trace.Add("changed", next.What);
                _toDo.Dequeue();
                Next();
            }
        });
        _world.After(AnswerWithin, () => Again(attempt));
    }

    private void Again(long attempt)
    {
        if (attempt == _attempt)
        {
            Next();
        }
    }
}

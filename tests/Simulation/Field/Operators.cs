using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Simulation.Faults;

namespace Grid.Simulation.Field;

/// <summary>
/// People who dim lamps. Each command is asked for again under its id until it is answered; a lamp gets its next one after that. What was accepted is
/// remembered here, outside the grid: the truth of what must not be lost.
/// </summary>
internal sealed class Operators
{
    private static readonly TimeSpan LeastExpiry = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MostExpiry = TimeSpan.FromMinutes(90);

    private readonly World _world;
    private readonly Chance _chance;
    private readonly Asking _asking;
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _versions = new(StringComparer.Ordinal);
    private readonly List<AcceptedCommand> _accepted = [];
    private int _number;

    public Operators(World world)
    {
        _world = world;
        _chance = world.ChanceOf("operators");
        _asking = new Asking(world, _chance, "command");
    }

    /// <summary>True while a command is not answered.</summary>
    public bool IsBusy => _asked.Count > 0;

    /// <summary>Commands that were accepted, oldest first.</summary>
    public IReadOnlyList<AcceptedCommand> Accepted => _accepted;

    /// <summary>Begins to command a lamp now and then.</summary>
    public void Work()
    {
        if (_world.Options.CommandsPerHour > 0)
        {
            _world.After(_chance.Until(_world.Options.CommandsPerHour), () =>
            {
                if (_world.IsBusyTime)
                {
                    Command();
                }

                Work();
            });
        }
    }

    /// <summary>A command goes out: under one version, however often.</summary>
    public void Sent(Downlink downlink)
    {
        // What a controller is told again is what it should do by then.
        if (downlink.Owner != DownlinkOwner.Controllers && !_versions.TryAdd(downlink.Command, downlink.Version) && _versions[downlink.Command] != downlink.Version)
        {
            _world.Violated("I2", $"command {downlink.Command} went out as version {_versions[downlink.Command]} of what {downlink.Device} should do, and as {downlink.Version}");
        }
    }

    private void Command()
    {
        var lamps = _world.Field.Lamps;
        if (lamps.Count == 0 || _chance.OneOf(lamps) is var lamp && !_asked.Add(lamp.Id))
        {
            return;
        }

        var request = new CommandRequest
        {
            Device = lamp.Id,
            Kind = lamp.Kind,
            Name = CommandCatalog.SetDimming,
            Arguments = ImmutableSortedDictionary<string, double>.Empty.Add("percent", _chance.Below(101)),
            ExpiresIn = _chance.Between(LeastExpiry, MostExpiry),
            Actor = "operator",
            Connector = "simulator",
            Gateway = lamp.Commune,
        };
        var id = string.Create(CultureInfo.InvariantCulture, $"command-{++_number}");
        _asking.Ask(id, process => process.Grains.GetGrain<ICommandGrain>(id).Submit(request), answer => Answer(id, request, answer));
    }

    private void Answer(string id, CommandRequest request, SubmitAnswer answer)
    {
        _asked.Remove(request.Device);
        _world.Trace.Add("command answered", id, (long)answer.Status);
        if (answer.Status == SubmitStatus.Conflict)
        {
            _world.Violated("I2", $"command {id} was asked for again as it was, and is said to be another one");
        }
        else if (answer.Status == SubmitStatus.Accepted)
        {
            _accepted.Add(new AcceptedCommand(id, request));
        }
    }
}

/// <summary>A command that was accepted, and how it ended when it was last looked at.</summary>
internal sealed class AcceptedCommand(string id, CommandRequest request)
{
    public string Id { get; } = id;

    public CommandRequest Request { get; } = request;

    public CommandState? Final { get; set; }
}

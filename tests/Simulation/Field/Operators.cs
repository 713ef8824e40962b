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
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LeastExpiry = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MostExpiry = TimeSpan.FromMinutes(90);

    private readonly World _world;
    private readonly Chance _chance;
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _versions = new(StringComparer.Ordinal);
    private readonly List<AcceptedCommand> _accepted = [];
    private int _number;

    public Operators(World world)
    {
        _world = world;
        _chance = world.ChanceOf("operators");
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
        Ask(new Asked(string.Create(CultureInfo.InvariantCulture, $"command-{++_number}"), request));
    }

    private void Ask(Asked asked)
    {
        if (asked.IsAnswered)
        {
            return;
        }

        if (_world.Process is not { IsReady: true } process)
        {
            _world.After(Soon, () => Ask(asked));
            return;
        }

        _world.Trace.Add("command", asked.Id);
        process.Do("command", async () =>
        {
            SubmitAnswer answer;
            try
            {
                answer = await process.Grains.GetGrain<ICommandGrain>(asked.Id).Submit(asked.Request);
            }
            catch (Exception refused) when (refused is IOException or TimeoutException or Orleans.Storage.InconsistentStateException)
            {
                _world.Trace.Say($"command {asked.Id} was not taken: {refused.Message}");
                _world.After(Soon, () => Ask(asked));
                return;
            }

            // The answer may be lost on its way.
            if (process.IsAlive && !_chance.Happens(_world.Rates[Fault.MessageLoss]))
            {
                Answer(asked, answer);
            }
        });
        _world.After(AnswerWithin, () => Ask(asked));
    }

    private void Answer(Asked asked, SubmitAnswer answer)
    {
        if (asked.IsAnswered)
        {
            return;
        }

        asked.IsAnswered = true;
        _asked.Remove(asked.Request.Device);
        _world.Trace.Add("command answered", asked.Id, (long)answer.Status);
        if (answer.Status == SubmitStatus.Conflict)
        {
            _world.Violated("I2", $"command {asked.Id} was asked for again as it was, and is said to be another one");
        }
        else if (answer.Status == SubmitStatus.Accepted)
        {
            _accepted.Add(new AcceptedCommand(asked.Id, asked.Request));
        }
    }

    private sealed class Asked(string id, CommandRequest request)
    {
        public string Id { get; } = id;

        public CommandRequest Request { get; } = request;

        public bool IsAnswered { get; set; }
    }
}

/// <summary>A command that was accepted, and how it ended when it was last looked at.</summary>
internal sealed class AcceptedCommand(string id, CommandRequest request)
{
    public string Id { get; } = id;

    public CommandRequest Request { get; } = request;

    public CommandState? Final { get; set; }
}

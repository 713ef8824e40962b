using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Runtime.ExceptionServices;
using Grid.Connectors.Outbox;
using Grid.Contracts.Commands;
using Grid.Contracts.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Grid.Tests.City.Lighting;

/// <summary>What was sent to one device.</summary>
internal sealed record Sent(string Device, string Name, ImmutableSortedDictionary<string, double> Arguments, long Version, Contracts.Lighting.ControllerProgram? Program);

/// <summary>Devices behind gateways: remembers what was sent to them, and answers as it is told. Sends what is due in the outbox when asked.</summary>
internal sealed class Field : IDownlinkSender, IDisposable
{
    private readonly TestCity _city;
    private readonly IOutbox _outbox;
    private readonly TimeProvider _clock;
    private readonly Meter _meter = new("Grid.Tests.Field");
    private readonly CommandRows _commands;
    private readonly OwnedRows _owned;

    public Field(TestCity city)
    {
        (_city, _outbox, _clock) = (city, city.Get<IOutbox>(), city.Get<TimeProvider>());
        var carriers = new Carriers([this], new OutboxOptions(), _clock, _meter, NullLogger.Instance);
        _commands = new CommandRows(_outbox, city.Grains, carriers, _clock);
        _owned = new OwnedRows(_outbox, city.Grains, carriers, _clock);
    }

    public string Connector => "simulator";

    public List<Sent> Messages { get; } = [];

    public int Multicasts { get; private set; }

    public int Times { get; set; } = 1;

    public bool HasMulticast { get; set; }

    public DownlinkBudget? Budget { get; set; }

    public Func<Sent, DownlinkStatus> Answer { get; set; } = static _ => DownlinkStatus.Acknowledged;

    public DownlinkBudget? BudgetOf(string gateway) => Budget;

    public bool CanMulticast(string gateway) => HasMulticast;

    public int MulticastTimes(string gateway) => Times;

    public ValueTask<DownlinkResult> SendAsync(Downlink downlink, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new DownlinkResult(Take(downlink, new DownlinkMember(downlink.Device, downlink.Version)), "said the field"));

    public ValueTask<DownlinkResult> MulticastAsync(Downlink downlink, ImmutableArray<DownlinkMember> members, CancellationToken cancellationToken)
    {
        Multicasts++;
        var statuses = members.Select(member => Take(downlink, member)).ToArray();
        return ValueTask.FromResult(new DownlinkResult(statuses[0], "said the field"));
    }

    /// <summary>Sends what is due, until nothing is.</summary>
    public async Task<IReadOnlyList<Sent>> SendAsync()
    {
        var before = Messages.Count;
        while (await _outbox.ClaimAsync("field", _city.Now, TimeSpan.FromMinutes(1), 100, CancellationToken.None) is { Length: > 0 } rows)
        {
            foreach (var row in rows.Where(row => row.Downlink.Owner == DownlinkOwner.Command))
            {
                await _commands.HandleAsync(row, CancellationToken.None);
            }

            foreach (var together in rows.Where(row => row.Downlink.Owner != DownlinkOwner.Command)
                .GroupBy(row => _owned.Gathers(row.Downlink) ? row.Downlink.Gateway : row.Downlink.Command))
            {
                await _owned.HandleAsync([.. together], static () => true, static (_, failure) => ExceptionDispatchInfo.Throw(failure), CancellationToken.None);
            }
        }

        return Messages[before..];
    }

    /// <summary>Begins to count anew.</summary>
    public void Forget()
    {
        Messages.Clear();
        Multicasts = 0;
    }

    public void Dispose() => _meter.Dispose();

    private DownlinkStatus Take(Downlink downlink, DownlinkMember member)
    {
        var sent = new Sent(member.Device, downlink.Name, downlink.Arguments, member.Version, downlink.Program);
        Messages.Add(sent);
        return Answer(sent);
    }
}

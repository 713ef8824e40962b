using System.Collections.Concurrent;
using System.Collections.Immutable;
using Grid.Contracts.Commands;

namespace Grid.Tests.City.Groups;

/// <summary>A network between the city and its lamps that does as a test says, and remembers what it was handed.</summary>
internal sealed class FieldSender : IDownlinkSender
{
    /// <summary>What was handed to one device.</summary>
    public ConcurrentQueue<Downlink> Sent { get; } = new();

    /// <summary>What was handed to many.</summary>
    public ConcurrentQueue<(Downlink Downlink, ImmutableArray<DownlinkMember> Members)> Multicasts { get; } = new();

    /// <summary>What becomes of a device's downlinks.</summary>
    public ConcurrentDictionary<string, DownlinkStatus> Answers { get; } = new();

    public DownlinkBudget? Budget { get; set; }

    public bool HasMulticast { get; set; }

    public string Connector => "simulator";

    public DownlinkBudget? BudgetOf(string gateway) => Budget;

    public bool CanMulticast(string gateway) => HasMulticast;

    public ValueTask<DownlinkResult> SendAsync(Downlink downlink, CancellationToken cancellationToken)
    {
        Sent.Enqueue(downlink);
        return ValueTask.FromResult(new DownlinkResult(Answers.GetValueOrDefault(downlink.Device, DownlinkStatus.Acknowledged), "as the test says"));
    }

    public ValueTask<DownlinkResult> MulticastAsync(Downlink downlink, ImmutableArray<DownlinkMember> members, CancellationToken cancellationToken)
    {
        Multicasts.Enqueue((downlink, members));
        return ValueTask.FromResult(new DownlinkResult(DownlinkStatus.Transmitted, "the network has it"));
    }
}

using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Orleans;

namespace Grid.Grains.Commands.Groups;

/// <summary>
/// Where the members of a part are: as compact as it can be, since there may be hundreds of thousands. What differs between members is kept once in a table. Counts are
/// always counted, never kept.
/// </summary>
[GenerateSerializer, Alias("grid.PartStates")]
public sealed class PartStates
{
    /// <summary>Details that are told apart in one part; what is beyond says less.</summary>
    private const int MaximumDetails = 250;
    private const int MaximumDetailLength = 200;
    private const string OtherDetail = "as many others, for a reason of its own";

    /// <summary>True once the group command is known to be accepted.</summary>
    [Id(0)] public bool IsAccepted { get; set; }

    /// <summary>A <see cref="MemberState"/> for each member.</summary>
    [Id(1)] public byte[] Members { get; set; } = [];

    /// <summary>The version of each member's desired state; 0 while it is not set.</summary>
    [Id(2)] public long[] Versions { get; set; } = [];

    /// <summary>What has been said of members, each text once.</summary>
    [Id(3)] public List<string> Details { get; set; } = [];

    /// <summary>For each member 1 and the place of its detail, 0 for none; empty while nobody has one.</summary>
    [Id(4)] public ushort[] DetailOf { get; set; } = [];

    /// <summary>What members are told that are not told what their lane is asked, each once.</summary>
    [Id(5)] public List<DeviceOrder> Orders { get; set; } = [];

    /// <summary>For each member 1 and the place of its order, 0 for its lane's; empty while all are told that.</summary>
    [Id(6)] public ushort[] OrderOf { get; set; } = [];

    /// <summary>The states of members of which nothing is done yet.</summary>
    public static PartStates Of(int members) => new() { Members = new byte[members], Versions = new long[members] };

    /// <summary>A copy that shares nothing.</summary>
    public PartStates Copy() => new()
    {
        IsAccepted = IsAccepted,
        Members = [.. Members],
        Versions = [.. Versions],
        Details = [.. Details],
        DetailOf = [.. DetailOf],
        Orders = [.. Orders],
        OrderOf = [.. OrderOf],
    };

    /// <summary>Where a member is.</summary>
    public MemberState this[int member] => new(Members[member]);

    /// <summary>True once every member is final.</summary>
    public bool AreAllFinal() => !Array.Exists(Members, static code => !new MemberState(code).IsFinal);

    /// <summary>Members by state, in the order of <see cref="CommandState"/>.</summary>
    public ImmutableArray<int> Counts()
    {
        var counts = new int[Enum.GetValues<CommandState>().Length];
        foreach (var code in Members)
        {
            counts[(int)new MemberState(code).State]++;
        }

        return [.. counts];
    }

    /// <summary>A member reached a state; true when that is news.</summary>
    public bool Reach(int member, CommandState state, string detail = "")
    {
        var next = this[member].Reach(state);
        if (next == this[member])
        {
            return false;
        }

        Members[member] = next.Code;
        if (detail.Length > 0)
        {
            DetailOf = Sized(DetailOf);
            DetailOf[member] = PlaceOf(detail.Length > MaximumDetailLength ? detail[..MaximumDetailLength] : detail);
        }

        return true;
    }

    /// <summary>A member's desired state is set: it is to be told the order.</summary>
    public void Desire(int member, long version, DeviceOrder order, DeviceOrder ofLane)
    {
        Members[member] = this[member].Desired().Code;
        Versions[member] = version;
        if (!IsSame(order, ofLane))
        {
            OrderOf = Sized(OrderOf);
            OrderOf[member] = PlaceOf(order);
        }
    }

    /// <summary>A member's downlink is done with.</summary>
    public void Send(int member) => Members[member] = this[member].Sent().Code;

    /// <summary>What has been said of a member; empty when its state says all.</summary>
    public string Detail(int member)
    {
        if (DetailOf.Length > 0 && DetailOf[member] is > 0 and var place)
        {
            return Details[place - 1];
        }

        return (this[member].State, this[member].Reached) switch
        {
            (CommandState.Expired, CommandState.Acknowledged) => "acknowledged, but not seen in the measurements",
            (CommandState.Expired, CommandState.Transmitted) => "transmitted, but not seen in the measurements",
            (CommandState.Expired, _) => "could not be sent in time",
            _ => "",
        };
    }

    /// <summary>What a member is told.</summary>
    public DeviceOrder Order(int member, DeviceOrder ofLane) => OrderOf.Length > 0 && OrderOf[member] is > 0 and var place ? Orders[place - 1] : ofLane;

    private ushort[] Sized(ushort[] places) => places.Length > 0 ? places : new ushort[Members.Length];

    private ushort PlaceOf(string detail)
    {
        var found = Details.IndexOf(detail);
        if (found < 0 && Details.Count >= MaximumDetails)
        {
            (found, detail) = (Details.IndexOf(OtherDetail), OtherDetail);
        }

        if (found < 0)
        {
            found = Details.Count;
            Details.Add(detail);
        }

        return (ushort)(found + 1);
    }

    /// <summary>No more orders than members, of which a part has some thousands.</summary>
    private ushort PlaceOf(DeviceOrder order)
    {
        var found = Orders.FindIndex(other => IsSame(other, order));
        if (found < 0)
        {
            found = Orders.Count;
            Orders.Add(order);
        }

        return (ushort)(found + 1);
    }

    private static bool IsSame(DeviceOrder left, DeviceOrder right) => left.Name == right.Name && left.Arguments.SequenceEqual(right.Arguments);
}

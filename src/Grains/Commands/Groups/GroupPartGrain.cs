using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Storage;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Grid.Grains.Commands.Groups;

/// <summary>
/// A part of a group command: see <see cref="IGroupPartGrain"/>. Reentrant, so that readings which confirm members, and the parts of other group commands, never wait
/// while it sets desired states; what is persisted is a copy of what it works on, one write at a time, and what it shows is what is persisted.
/// </summary>
[Reentrant]
public sealed class GroupPartGrain(
    [PersistentState("groupMembers")] IPersistentState<StoredPart> members,
    [PersistentState("groupStates")] IPersistentState<PartStates> states,
    IOutbox outbox,
    TimeProvider clock) : Grain, IGroupPartGrain
{
    /// <summary>The word of the row that drives the part: it sets desired states, and ends what has not ended by itself.</summary>
    private const string DriveWord = "drive";

    /// <summary>Parts are driven in so many lanes of the outbox: as many at the same time.</summary>
    private const int DriveLanes = 8;

    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(2);

    /// <summary>A part whose command is not known after this long was never accepted: longer than a submission can take.</summary>
    private static readonly TimeSpan AcceptedWithin = TimeSpan.FromMinutes(2);

    /// <summary>A drive answers before its caller gives up and its claim runs out.</summary>
    private static readonly TimeSpan DriveFor = TimeSpan.FromSeconds(2);

    /// <summary>A row whose members are all sent is looked at once more after this long, and goes.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);

    private string _key = string.Empty;
    private PartMembers? _members;
    private PartStates _work = new();
    private PartStates _shown = new();
    private PartWriter _writer = null!;
    private bool _isDriven;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _key = this.GetPrimaryKeyString();
        _writer = new PartWriter(WriteAsync);
        Resume();
        return Task.CompletedTask;
    }

    public async Task Begin(GroupPart part)
    {
        if (_members is { } former && (former.Part.CreatedAt == part.CreatedAt || _work.IsAccepted))
        {
            await outbox.AddAsync(DriveRow(former.Part), Now(), CancellationToken.None);
            return;
        }

        // States first: members of one submission with the states of another would not fit.
        members.State = new StoredPart { Part = part };
        _work = PartStates.Of(part.Lanes.Sum(lane => lane.Devices.Length));
        await PersistAsync();
        await TryAsync(members.WriteStateAsync);
        Resume();
        await outbox.AddAsync(DriveRow(part), Now(), CancellationToken.None);
    }

    public async Task<DownlinkWork?> Take(string row)
    {
        if (_members is not { } all)
        {
            return null;
        }

        var word = DownlinkOwners.WordOf(row);
        return word == DriveWord ? await DriveAsync(all) : PartRows.Take(all, _work, word, Now(), Soon, LookAgain);
    }

    public async Task Tell(string row, ImmutableArray<MemberResult> results)
    {
        if (_members is not { } all || PartRows.SlotOf(all, DownlinkOwners.WordOf(row)) is not { } slot)
        {
            return;
        }

        foreach (var result in results)
        {
            if (all.Find(slot.Lane, result.Device) is { } member)
            {
                PartRows.Note(_work, member, result);
            }
        }

        await PersistAsync();
        await EndIfDoneAsync();
    }

    public async Task Report(string command, ImmutableArray<string> devices, CommandProgress progress)
    {
        if (_members is not { } all)
        {
            return;
        }

        var lane = GroupParts.LaneOf(command);
        foreach (var device in devices)
        {
            if (all.Find(lane, device) is { } member)
            {
                _work.Reach(member, progress.State, progress.State == CommandState.Confirmed ? string.Empty : progress.Detail);
            }
        }

        // Also when it is no news: an earlier report of it may not have been persisted.
        await PersistAsync();
        await EndIfDoneAsync();
    }

    public ValueTask<ImmutableArray<int>> GetCounts() => new(_members is null ? [] : _shown.Counts());

    public ValueTask<GroupMembers> List(CommandState? state, int from, int limit) =>
        new(_members is null ? new GroupMembers([], null) : PartRows.List(_members, _shown, state, from, limit));

    public async Task Cancel(string detail)
    {
        if (_members is { } all)
        {
            End(all, CommandState.Superseded, detail);
            await PersistAsync();
            await EndIfDoneAsync();
        }
    }

    /// <summary>What the row that drives the part is for: desired states while some are to be set, then the end.</summary>
    private async Task<DownlinkWork?> DriveAsync(PartMembers all)
    {
        if (_isDriven)
        {
            return new DownlinkWork { DueAt = Now() + Later };
        }

        _isDriven = true;
        try
        {
            if (!_work.AreAllFinal() && !_work.IsAccepted && await AskStandingAsync(all) is var (goesOn, due) && !goesOn)
            {
                return due is { } at ? new DownlinkWork { DueAt = at } : null;
            }

            var next = Now() < all.SetUntil ? await SetDesiredAsync(all) : null;
            if (Now() >= all.Part.ExpiresAt)
            {
                End(all, CommandState.Expired, string.Empty);
            }

            await PersistAsync();
            return _shown.AreAllFinal() ? null : new DownlinkWork { DueAt = next ?? all.Part.ExpiresAt };
        }
        finally
        {
            _isDriven = false;
        }
    }

    /// <summary>Before anything is done: the group command must be accepted.</summary>
    private async Task<(bool GoesOn, DateTimeOffset? Due)> AskStandingAsync(PartMembers all)
    {
        var standing = await GrainFactory.GetGrain<IGroupCommandGrain>(GroupParts.GroupOf(_key)).GetStanding(all.Part.CreatedAt);
        if (!ReferenceEquals(all, _members))
        {
            // Begun anew meanwhile.
            return (false, Now() + Soon);
        }

        switch (standing)
        {
            case GroupStanding.Accepted:
                _work.IsAccepted = true;
                return (true, null);
            case GroupStanding.Cancelled:
                _work.IsAccepted = true;
                End(all, CommandState.Superseded, "cancelled");
                return (true, null);
            case GroupStanding.Unknown when Now() > all.Part.CreatedAt + AcceptedWithin:
                await ForgetAsync();
                return (false, null);
            case GroupStanding.Unknown or GroupStanding.Pending:
            default:
                return (false, Now() + Soon);
        }
    }

    /// <summary>
    /// Sets the desired states that are to be set, for a while; answers when to go on, null when none is left. Order: desired states, whoever they took the place of, rows
    /// of the outbox, states. A stop in between repeats the step: devices give the same answers to the same command, rows are there once.
    /// </summary>
    private async Task<DateTimeOffset?> SetDesiredAsync(PartMembers all)
    {
        var until = Now() + DriveFor;
        var step = new PartStep(GrainFactory, outbox, _key, all, _work);
        while (step.Next() is { } slots)
        {
            await step.SetAsync(slots, Now());
            await PersistAsync();
            if (Now() >= until)
            {
                return Now();
            }
        }

        return step.HasFailed ? Now() + Later : null;
    }

    /// <summary>Ends every member that is not final.</summary>
    private void End(PartMembers all, CommandState state, string detail)
    {
        for (var member = 0; member < all.Count; member++)
        {
            _work.Reach(member, state, detail);
        }
    }

    private async Task EndIfDoneAsync()
    {
        if (_shown.AreAllFinal())
        {
            await outbox.RemoveAsync(DownlinkOwners.RowOf(_key, DriveWord), CancellationToken.None);
            DeactivateOnIdle();
        }
    }

    /// <summary>Nobody was told that the command is accepted: as if it had never been asked for.</summary>
    private async Task ForgetAsync()
    {
        await TryAsync(members.ClearStateAsync);
        await TryAsync(states.ClearStateAsync);
        Resume();
    }

    private Task PersistAsync() => _writer.WriteAsync();

    private async Task WriteAsync()
    {
        var copy = _work.Copy();
        states.State = copy;
        await TryAsync(states.WriteStateAsync);
        _shown = copy;
    }

    /// <summary>After a write whose outcome is not known, what is stored is read again.</summary>
    private async Task TryAsync(Func<Task> write)
    {
        try
        {
            await write();
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }

    private void Resume()
    {
        // A part whose states were not written, or not all of it, was not begun.
        var part = members.State.Part;
        _members = part is not null && states.State.Members.Length == part.Lanes.Sum(lane => lane.Devices.Length) ? new PartMembers(part) : null;
        _work = states.State.Copy();
        _shown = states.State;
    }

    private Downlink DriveRow(GroupPart part) => new(
        DownlinkOwners.RowOf(_key, DriveWord), string.Empty, string.Empty, string.Empty, ImmutableSortedDictionary<string, double>.Empty, 0, part.ExpiresAt,
        PartRows.DriveGateway(GroupParts.SectorOf(_key), DriveLanes), DownlinkOwner.Group);

    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
}

using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Grains.Waiting;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Grid.Grains.Commands.Groups;

/// <summary>
/// One intent: see <see cref="IGroupCommandGrain"/>. Its parts are begun first and do nothing before it is persisted; a stop in between leaves parts of a command that
/// nobody was told of, and they end by themselves.
/// </summary>
public sealed class GroupCommandGrain(
    [PersistentState("group")] IPersistentState<StoredGroup> state,
    MemberSearch search,
    TimeProvider clock) : Grain, IGroupCommandGrain
{
    /// <summary>Parts that are asked at the same time.</summary>
    private const int PartsAtOnce = 32;

    private StoredGroup? _group;
    private bool _isSubmitting;
    private Task _persisting = Task.CompletedTask;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _group = state.State.Request is null ? null : state.State;
        return Task.CompletedTask;
    }

    public async Task<GroupAnswer> Submit(GroupRequest request)
    {
        if (_group is { Request: { } former } group)
        {
            return GroupRules.AreSame(former, request)
                ? new GroupAnswer { Status = SubmitStatus.Accepted, Group = await ViewAsync(group) }
                : new GroupAnswer { Status = SubmitStatus.Conflict };
        }

        _isSubmitting = true;
        try
        {
            return await AcceptAsync(request);
        }
        finally
        {
            _isSubmitting = false;
        }
    }

    public async Task<GroupView?> Get() => _group is { } group ? await ViewAsync(group) : null;

    public async Task<GroupMemberPage?> List(CommandState? wanted, GroupPlace? from, int limit)
    {
        if (_group is not { } group)
        {
            return null;
        }

        var items = ImmutableArray.CreateBuilder<GroupMember>();
        foreach (var part in group.Parts)
        {
            var isBefore = from is not null && string.CompareOrdinal(part.Sector, from.Sector) < 0;
            if (isBefore || (wanted is { } only && part.Final is { } final && final[(int)only] == 0))
            {
                continue;
            }

            if (items.Count == limit)
            {
                return new GroupMemberPage(items.ToImmutable(), new GroupPlace(part.Sector, 0));
            }

            var position = part.Sector == from?.Sector ? from.Position : 0;
            var found = await PartOf(part).List(wanted, position, limit - items.Count);
            items.AddRange(found.Items);
            if (found.Next is { } next)
            {
                return new GroupMemberPage(items.ToImmutable(), new GroupPlace(part.Sector, next));
            }
        }

        return new GroupMemberPage(items.ToImmutable(), null);
    }

    public async Task Cancel(string detail)
    {
        if (_group is not { } group)
        {
            return;
        }

        if (group.Cancelled is null)
        {
            if (GroupRules.IsDone(await CountedAsync(group)))
            {
                return;
            }

            await PersistAsync(now => now! with { Cancelled = detail });
        }

        await AskAsync(group.Parts.Where(part => part.Final is null), part => PartOf(part).Cancel(detail));
    }

    public ValueTask<GroupStanding> GetStanding(DateTimeOffset createdAt) => new(
        _group is { } group && group.CreatedAt == createdAt ? (group.Cancelled is null ? GroupStanding.Accepted : GroupStanding.Cancelled)
        : _isSubmitting ? GroupStanding.Pending
        : GroupStanding.Unknown);

    private async Task<GroupAnswer> AcceptAsync(GroupRequest request)
    {
        var found = await search.FindAsync(request, CancellationToken.None);
        if (found.Field is not null)
        {
            return new GroupAnswer { Status = SubmitStatus.Refused, Field = found.Field, Reason = found.Reason?.En, ReasonFrench = found.Reason?.Fr };
        }

        var now = DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
        var group = new StoredGroup
        {
            Request = request,
            CreatedAt = now,
            Parts = [.. found.Lanes.Select(sector => new StoredGroupPart(sector.Key, sector.Value.Sum(lane => lane.Devices.Length), null))],
        };
        await AskAsync(group.Parts, part => PartOf(part).Begin(new GroupPart
        {
            CreatedAt = now,
            ExpiresAt = now + request.ExpiresIn,
            Layer = request.Layer,
            Lanes = found.Lanes[part.Sector],
        }));
        await PersistAsync(_ => group);
        return new GroupAnswer { Status = SubmitStatus.Accepted, Group = GroupRules.View(this.GetPrimaryKeyString(), group) };
    }

    private async Task<GroupView> ViewAsync(StoredGroup group) => GroupRules.View(this.GetPrimaryKeyString(), await CountedAsync(group));

    /// <summary>The command with the counts of its parts as of now. Parts that are all final are asked no more.</summary>
    private async Task<StoredGroup> CountedAsync(StoredGroup group)
    {
        var counts = new Dictionary<string, int[]>(StringComparer.Ordinal);
        await AskAsync(group.Parts.Where(part => part.Final is null), async part =>
        {
            if (group.Cancelled is { } detail)
            {
                // Changes nothing where it is done: a stop may have come between it and this part.
                await PartOf(part).Cancel(detail);
            }

            counts[part.Sector] = [.. await PartOf(part).GetCounts()];
        });
        var counted = GroupRules.Counted(group, counts);
        await NoteAsync(counts);
        return counted;
    }

    /// <summary>Remembers which parts have ended; persisted once all have.</summary>
    private async Task NoteAsync(Dictionary<string, int[]> counts)
    {
        var noted = GroupRules.Ended(_group!, counts);
        if (ReferenceEquals(noted, _group))
        {
            return;
        }

        _group = noted;
        if (!GroupRules.IsDone(noted) || !_persisting.IsCompleted)
        {
            return;
        }

        try
        {
            await PersistAsync(static now => now!);
        }
        catch (Exception exception) when (exception is IOException or TimeoutException or InconsistentStateException)
        {
            // Its parts are asked again.
        }
    }

    /// <summary>One write at a time, since what is asked meanwhile may find something to write too.</summary>
    private async Task PersistAsync(Func<StoredGroup?, StoredGroup> change)
    {
        while (!_persisting.IsCompleted)
        {
            try
            {
                await _persisting;
            }
            catch (Exception)
            {
                // Told to whoever asked for that write.
            }
        }

        await (_persisting = WriteAsync(change(_group)));
    }

    /// <summary>What is not stored is not so; after a write whose outcome is not known, what is stored is read again.</summary>
    private async Task WriteAsync(StoredGroup group)
    {
        try
        {
            state.State = group;
            await state.WriteStateAsync();
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }

        _group = group;
    }

    private IGroupPartGrain PartOf(StoredGroupPart part) => GrainFactory.GetGrain<IGroupPartGrain>(GroupParts.KeyOf(this.GetPrimaryKeyString(), part.Sector));

    private static async Task AskAsync(IEnumerable<StoredGroupPart> parts, Func<StoredGroupPart, Task> ask)
    {
        foreach (var some in parts.Chunk(PartsAtOnce))
        {
            await Waits.All(some.Select(ask));
        }
    }
}

using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Storage;
using Orleans;

namespace Grid.Connectors.Outbox;

/// <summary>
/// Rows that are for many devices: their owner says at the last moment what is to be sent to whom, and is told what became of each. By multicast where the gateway has
/// it, else one by one as far as its budget goes.
/// </summary>
internal sealed class OwnedRows(IOutbox outbox, IGrainFactory grains, Carriers carriers, TimeProvider clock)
{
    /// <summary>Results that are told at once.</summary>
    private const int ResultsAtOnce = 64;

    /// <summary>Does what is to be done about a claimed row now.</summary>
    /// <param name="row">The row.</param>
    /// <param name="mayGoOn">False when others are to be let through: the row comes again for what is left of it.</param>
    /// <param name="cancellationToken">To stop.</param>
    public async Task HandleAsync(OutboxRow row, Func<bool> mayGoOn, CancellationToken cancellationToken)
    {
        var downlink = row.Downlink;
        var owner = DownlinkOwners.Get(grains, downlink);
        if (await owner.Take(downlink.Command) is not { } work)
        {
            await outbox.RemoveAsync(downlink.Command, cancellationToken);
            return;
        }

        var due = work.DueAt;
        if (!work.Members.IsEmpty)
        {
            var message = downlink with { Name = work.Name, Arguments = work.Arguments, Program = work.Program, ExpiresAt = work.ExpiresAt ?? downlink.ExpiresAt };
            if (await SendAsync(owner, row, message, work.Members, mayGoOn, cancellationToken) is { } again && again < due)
            {
                due = again;
            }
        }

        await outbox.RescheduleAsync(row, due, sent: false, cancellationToken);
    }

    /// <summary>Sends to the members; answers when it is to be tried again for some, null when for none.</summary>
    private async Task<DateTimeOffset?> SendAsync(
        IDownlinkOwner owner, OutboxRow row, Downlink message, ImmutableArray<DownlinkMember> members, Func<bool> mayGoOn, CancellationToken cancellationToken)
    {
        if (carriers.Find(message.Connector) is not { } sender)
        {
            await owner.Tell(message.Command, [.. members.Select(member => new MemberResult(member.Device, DownlinkStatus.NotCarried, "nothing carries it down"))]);
            return null;
        }

        var results = ImmutableArray.CreateBuilder<MemberResult>();
        var again = default(DateTimeOffset?);
        var isMulticast = members.Length > 1 && sender.CanMulticast(message.Gateway);
        for (var index = 0; index < members.Length; index++)
        {
            if (index > 0 && !mayGoOn())
            {
                again = clock.GetUtcNow();
                break;
            }

            if (!carriers.MaySend(sender, message.Gateway, isForMany: true, out var pause))
            {
                again = clock.GetUtcNow() + pause;
                break;
            }

            if (isMulticast)
            {
                var result = await carriers.MulticastAsync(sender, message, members, cancellationToken);
                results.AddRange(members.Select(member => new MemberResult(member.Device, result.Status, result.Detail)));
                break;
            }

            var member = members[index];
            var (status, detail) = await carriers.SendAsync(sender, message with { Command = $"{message.Command}:{member.Device}", Device = member.Device, Version = member.Version }, cancellationToken);
            results.Add(new MemberResult(member.Device, status, detail));
            if (results.Count == ResultsAtOnce)
            {
                again = Earlier(await TellAsync(owner, row, results), again);
            }
        }

        return Earlier(await TellAsync(owner, row, results), again);
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? left, DateTimeOffset? right) => left is null || right < left ? right : left;

    private async Task<DateTimeOffset?> TellAsync(IDownlinkOwner owner, OutboxRow row, ImmutableArray<MemberResult>.Builder results)
    {
        if (results.Count == 0)
        {
            return null;
        }

        var told = results.ToImmutable();
        results.Clear();
        await owner.Tell(row.Downlink.Command, told);
        return told.Any(result => result.Status is DownlinkStatus.Retry or DownlinkStatus.Ambiguous) ? clock.GetUtcNow() + carriers.RetryAfter(row.Attempts) : null;
    }
}

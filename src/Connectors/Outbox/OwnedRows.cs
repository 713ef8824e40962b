using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Storage;
using Orleans;

namespace Grid.Connectors.Outbox;

/// <summary>
/// Rows that are for many devices: their owner says at the last moment what is to be sent to whom, and is told what became of each. By multicast where the gateway has
/// it, and then one message for all rows that say the same; else one by one as far as the gateway's budget goes.
/// </summary>
internal sealed class OwnedRows(IOutbox outbox, IGrainFactory grains, Carriers carriers, TimeProvider clock)
{
    /// <summary>Results that are told at once.</summary>
    private const int ResultsAtOnce = 64;

    /// <summary>True when rows of a gateway are to be handled together.</summary>
    public bool Gathers(Downlink downlink) => carriers.Find(downlink.Connector)?.CanMulticast(downlink.Gateway) == true;

    /// <summary>Does what is to be done now about claimed rows of one gateway.</summary>
    /// <param name="rows">The rows: one, or several where <see cref="Gathers"/>.</param>
    /// <param name="mayGoOn">False when others are to be let through: the rows come again for what is left of them.</param>
    /// <param name="failed">Told of a row that could not be handled, while the others are; it comes again when its claim has run out.</param>
    /// <param name="cancellationToken">To stop.</param>
    public async Task HandleAsync(ImmutableArray<OutboxRow> rows, Func<bool> mayGoOn, Action<OutboxRow, Exception> failed, CancellationToken cancellationToken)
    {
        var tasks = new List<OwnedTask>(rows.Length);
        foreach (var row in rows)
        {
            await TryAsync(row, async () =>
            {
                if (await TakeAsync(row, cancellationToken) is { } task)
                {
                    tasks.Add(task);
                }
            });
        }

        foreach (var alike in tasks.GroupBy(task => task, OwnedTask.SaysTheSame))
        {
            await SendAsync([.. alike]);
        }

        async Task SendAsync(ImmutableArray<OwnedTask> alike)
        {
            var message = alike[0].Message;
            var members = alike.SelectMany(task => task.Work.Members).GroupBy(member => member.Device, StringComparer.Ordinal).Select(same => same.MaxBy(member => member.Version)).ToImmutableArray();
            if (members.Length > 1 && carriers.Find(message.Connector) is { } sender && sender.CanMulticast(message.Gateway))
            {
                await MulticastAsync(sender, alike, members);
                return;
            }

            foreach (var task in alike)
            {
                await TryAsync(task.Row, async () => await RescheduleAsync(task, await SendEachAsync(task, mayGoOn, cancellationToken), cancellationToken));
            }
        }

        async Task MulticastAsync(IDownlinkSender sender, ImmutableArray<OwnedTask> alike, ImmutableArray<DownlinkMember> members)
        {
            var result = default(DownlinkResult?);
            if (carriers.MayMulticast(sender, alike[0].Message.Gateway, out var pause))
            {
                var message = alike[0].Message with { ExpiresAt = alike.Min(task => task.Message.ExpiresAt) };
                result = await carriers.MulticastAsync(sender, message, members, cancellationToken);
            }

            foreach (var task in alike)
            {
                await TryAsync(task.Row, async () =>
                {
                    var again = result is { } sent
                        ? await TellAsync(task, [.. task.Work.Members.Select(member => new MemberResult(member.Device, sent.Status, sent.Detail))])
                        : clock.GetUtcNow() + pause;
                    await RescheduleAsync(task, again, cancellationToken);
                });
            }
        }

        async Task TryAsync(OutboxRow row, Func<Task> act)
        {
            try
            {
                await act();
            }
            catch (Exception exception)
            {
                failed(row, exception);
            }
        }
    }

    /// <summary>What is to be sent for a row now; null when nothing is, and what follows from that is done.</summary>
    private async Task<OwnedTask?> TakeAsync(OutboxRow row, CancellationToken cancellationToken)
    {
        var downlink = row.Downlink;
        var owner = DownlinkOwners.Get(grains, downlink);
        if (await owner.Take(downlink.Command) is not { } work)
        {
            await outbox.RemoveAsync(downlink.Command, cancellationToken);
            return null;
        }

        if (work.Members.IsEmpty)
        {
            await outbox.RescheduleAsync(row, work.DueAt, sent: false, cancellationToken);
            return null;
        }

        var message = downlink with { Name = work.Name, Arguments = work.Arguments, Program = work.Program, ExpiresAt = work.ExpiresAt ?? downlink.ExpiresAt };
        return new OwnedTask(row, owner, work, message);
    }

    /// <summary>Sends to one member after the other; answers when it is to be tried again for some, null when for none.</summary>
    private async Task<DateTimeOffset?> SendEachAsync(OwnedTask task, Func<bool> mayGoOn, CancellationToken cancellationToken)
    {
        var (message, members) = (task.Message, task.Work.Members);
        if (carriers.Find(message.Connector) is not { } sender)
        {
            await task.Owner.Tell(message.Command, [.. members.Select(member => new MemberResult(member.Device, DownlinkStatus.NotCarried, "nothing carries it down"))]);
            return null;
        }

        var results = ImmutableArray.CreateBuilder<MemberResult>();
        var again = default(DateTimeOffset?);
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

            var member = members[index];
            var (status, detail) = await carriers.SendAsync(sender, message with { Command = $"{message.Command}:{member.Device}", Device = member.Device, Version = member.Version }, cancellationToken);
            results.Add(new MemberResult(member.Device, status, detail));
            if (results.Count == ResultsAtOnce)
            {
                again = Earlier(await TellAsync(task, results.ToImmutable()), again);
                results.Clear();
            }
        }

        return Earlier(await TellAsync(task, results.ToImmutable()), again);
    }

    private Task RescheduleAsync(OwnedTask task, DateTimeOffset? again, CancellationToken cancellationToken) =>
        outbox.RescheduleAsync(task.Row, again < task.Work.DueAt ? again.Value : task.Work.DueAt, sent: false, cancellationToken);

    private static DateTimeOffset? Earlier(DateTimeOffset? left, DateTimeOffset? right) => left is null || right < left ? right : left;

    private async Task<DateTimeOffset?> TellAsync(OwnedTask task, ImmutableArray<MemberResult> results)
    {
        if (results.IsEmpty)
        {
            return null;
        }

        await task.Owner.Tell(task.Row.Downlink.Command, results);
        return results.Any(result => result.Status is DownlinkStatus.Retry or DownlinkStatus.Ambiguous) ? clock.GetUtcNow() + carriers.RetryAfter(task.Row.Attempts) : null;
    }
}

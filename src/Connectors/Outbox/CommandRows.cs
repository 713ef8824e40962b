using Grid.Contracts.Commands;
using Grid.Contracts.Storage;
using Orleans;

namespace Grid.Connectors.Outbox;

/// <summary>Rows of commands to one device: the row is what is sent, and its command is told what became of it.</summary>
internal sealed class CommandRows(IOutbox outbox, IGrainFactory grains, Carriers carriers, TimeProvider clock)
{
    /// <summary>Does what is to be done about a claimed row now.</summary>
    public async Task HandleAsync(OutboxRow row, CancellationToken cancellationToken)
    {
        var downlink = row.Downlink;
        var command = grains.GetGrain<ICommandGrain>(downlink.Command);
        if (await command.Get() is not { } view)
        {
            // It drops the row itself; if it is accepted at this very moment it keeps the row, and to be accepted is no news to it.
            await command.Report(Progress(CommandState.Accepted, "asked for and not stored"));
            return;
        }

        if (view.State >= CommandState.Confirmed)
        {
            await outbox.RemoveAsync(downlink.Command, cancellationToken);
            return;
        }

        var now = clock.GetUtcNow();
        if (now >= downlink.ExpiresAt)
        {
            await command.Report(Progress(CommandState.Expired, ExpiryOf(view.State)));
            return;
        }

        if (row.WasSent)
        {
            await outbox.RescheduleAsync(row, downlink.ExpiresAt, sent: true, cancellationToken);
            return;
        }

        if (carriers.Find(downlink.Connector) is not { } sender)
        {
            // Nothing carries it: the device reads its desired state itself, and its measurements confirm it, or it expires.
            await outbox.RescheduleAsync(row, downlink.ExpiresAt, sent: false, cancellationToken);
            return;
        }

        if (!carriers.MaySend(sender, downlink.Gateway, isForMany: false, out var pause))
        {
            await outbox.RescheduleAsync(row, Earlier(now + pause, downlink.ExpiresAt), sent: false, cancellationToken);
            return;
        }

        var result = await carriers.SendAsync(sender, downlink, cancellationToken);
        switch (result.Status)
        {
            case DownlinkStatus.Transmitted:
                await command.Report(Progress(CommandState.Transmitted, result.Detail));
                await outbox.RescheduleAsync(row, downlink.ExpiresAt, sent: true, cancellationToken);
                break;
            case DownlinkStatus.Acknowledged:
                await command.Report(Progress(CommandState.Transmitted, result.Detail));
                await command.Report(Progress(CommandState.Acknowledged, result.Detail));
                await outbox.RescheduleAsync(row, downlink.ExpiresAt, sent: true, cancellationToken);
                break;
            case DownlinkStatus.Rejected:
                await command.Report(Progress(CommandState.Rejected, result.Detail));
                break;
            case DownlinkStatus.Ambiguous:
                await command.Report(Progress(CommandState.Transmitted, result.Detail));
                await RetryAsync(row, cancellationToken);
                break;
            case DownlinkStatus.Retry:
                await RetryAsync(row, cancellationToken);
                break;
            case DownlinkStatus.NotCarried:
                await outbox.RescheduleAsync(row, downlink.ExpiresAt, sent: false, cancellationToken);
                break;
            default:
                throw new InvalidOperationException($"A sender answered {result.Status}.");
        }
    }

    private static string ExpiryOf(CommandState state) => state switch
    {
        CommandState.Acknowledged => "acknowledged, but not seen in the measurements",
        CommandState.Transmitted => "transmitted, but not seen in the measurements",
        _ => "could not be sent in time",
    };

    private Task RetryAsync(OutboxRow row, CancellationToken cancellationToken) =>
        outbox.RescheduleAsync(row, Earlier(clock.GetUtcNow() + carriers.RetryAfter(row.Attempts), row.Downlink.ExpiresAt), sent: false, cancellationToken);

    private static DateTimeOffset Earlier(DateTimeOffset left, DateTimeOffset right) => left < right ? left : right;

    private CommandProgress Progress(CommandState state, string detail) => new() { State = state, At = clock.GetUtcNow(), Detail = detail };
}

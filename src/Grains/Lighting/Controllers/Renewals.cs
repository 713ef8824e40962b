using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Grains.Devices;
using Grid.Grains.Waiting;
using Orleans;

namespace Grid.Grains.Lighting.Controllers;

/// <summary>
/// Devices that are told what they should do now, since they do something else or since it changed by itself. Those behind one gateway that should do the same share a row,
/// so that one message can reach them all: a whole street that did not hear a multicast, or what lay under a group command that ends.
/// </summary>
internal sealed class Renewals(ControllersBook book, IDeviceRegistry registry, IGrainFactory grains, ControllersOptions options)
{
    private const int DevicesAtOnce = 128;

    // Rows of one device whose one message has gone out, until they are looked at again.
    private readonly HashSet<ControllerRow> _sent = [];

    /// <summary>
    /// The rows that tell devices what they should do, and when that changes by itself. Rows of several devices are in the book, which is to be persisted before they are added.
    /// </summary>
    public async Task<(ImmutableArray<ControllerRow> Rows, ImmutableArray<WatchedDevice> Next)> FindAsync(ImmutableArray<string> devices, DateTimeOffset now)
    {
        var rows = ImmutableArray.CreateBuilder<ControllerRow>();
        var ends = ImmutableArray.CreateBuilder<WatchedDevice>();
        var alike = new List<(string Device, DownlinkRoute Lane, SharedOrder Order)>();
        foreach (var chunk in devices.Chunk(DevicesAtOnce))
        {
            foreach (var (device, lane, orders) in (await Waits.All(chunk.Select(AskAsync))).OfType<(string, DownlinkRoute, DeviceOrders)>())
            {
                if (orders.NextEnd is { } next)
                {
                    ends.Add(new WatchedDevice(device, next));
                }

                if (orders.Orders is [var order])
                {
                    alike.Add((device, lane, SharedOrder.Of(order, now)));
                    continue;
                }

                rows.AddRange(Enumerable.Range(0, orders.Orders.Length).Select(place => ControllerRow.ForRenewal(book.NextNumber(), device, place, lane)));
            }
        }

        foreach (var group in alike.GroupBy(item => (item.Lane, item.Order)))
        {
            ImmutableArray<string> told = [.. group.Select(item => item.Device)];
            if (told is [var device])
            {
                rows.Add(ControllerRow.ForRenewal(book.NextNumber(), device, 0, group.Key.Lane));
                continue;
            }

            var reminder = new Reminder { Number = book.NextNumber(), Lane = group.Key.Lane, Order = group.Key.Order, Devices = told };
            book.Set(reminder);
            rows.Add(ControllerRow.ForReminder(reminder));
        }

        return (rows.ToImmutable(), ends.ToImmutable());
    }

    /// <summary>What a row is still to tell whom; null when nothing.</summary>
    public async Task<DownlinkWork?> TakeAsync(ControllerRow row, DateTimeOffset now)
    {
        if (row.Purpose == ControllerRow.Renewal)
        {
            return !_sent.Remove(row) && await AskAsync(row.Device) is var (_, _, orders) && row.Version < orders.Orders.Length
                ? ControllerMessages.Of([new DownlinkMember(row.Device, orders.Version)], orders.Orders[(int)row.Version], now, options)
                : null;
        }

        if (book.FindReminder(row.Number) is not { } reminder)
        {
            return null;
        }

        // Who should do something else by now is told so by another row.
        var members = ImmutableArray.CreateBuilder<DownlinkMember>();
        foreach (var chunk in reminder.Devices.Chunk(DevicesAtOnce))
        {
            members.AddRange((await Waits.All(chunk.Select(AskAsync))).OfType<(string Device, DownlinkRoute Lane, DeviceOrders Orders)>()
                .Where(asked => asked.Lane == reminder.Lane && asked.Orders.Orders is [var order] && SharedOrder.Of(order, now) == reminder.Order)
                .Select(asked => new DownlinkMember(asked.Device, asked.Orders.Version)));
        }

        if (members.Count == 0)
        {
            book.Drop(reminder.Number);
            return null;
        }

        book.Set(reminder with { Devices = [.. members.Select(member => member.Device)] });
        return ControllerMessages.Of(members.ToImmutable(), reminder.Order.At(now), now, options);
    }

    /// <summary>What became of a row's devices: those that were told are done with. A stop that comes before this is persisted has them told once more.</summary>
    public void Tell(ControllerRow row, ImmutableArray<MemberResult> results)
    {
        var told = results.Where(result => ControllerMessages.IsOver(result.Status)).Select(result => result.Device).ToHashSet(StringComparer.Ordinal);
        if (row.Purpose == ControllerRow.Renewal && told.Contains(row.Device))
        {
            _sent.Add(row);
        }
        else if (row.Purpose == ControllerRow.Reminder && book.FindReminder(row.Number) is { } reminder)
        {
            book.Set(reminder with { Devices = reminder.Devices.RemoveAll(told.Contains) });
        }
    }

    private async Task<(string Device, DownlinkRoute Lane, DeviceOrders Orders)?> AskAsync(string device) =>
        await registry.GetAsync(device, CancellationToken.None) is { } record
            ? (device, DownlinkRoute.Of(record.Descriptor.Connector), await DeviceGrains.Get(grains, record.Descriptor.Kind, device).Renew())
            : null;
}

using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;

namespace Grid.Grains.Lighting.Controllers;

/// <summary>What rows of the outbox send to controllers, and what became of it, in the books of their sector.</summary>
internal sealed class ControllerMessages(ControllersBook book, ControllersOptions options)
{
    /// <summary>The controllers that are still to load a program, and which of them now; null when none is.</summary>
    public DownlinkWork? Program(ControllerRow row, DateTimeOffset now)
    {
        var waiting = book.Controllers
            .Where(controller => controller.Version == row.Version && controller.Lane == row.Lane && ControllerRules.IsWaiting(controller))
            .ToArray();
        if (waiting.Length == 0 || book.FindProgram(row.Version) is not { } program)
        {
            return null;
        }

        var next = waiting.Min(ControllerRules.DueAt);
        return new DownlinkWork
        {
            Members = [.. waiting.Where(controller => ControllerRules.DueAt(controller) <= now).Select(controller => new DownlinkMember(controller.Device, row.Version))],
            Name = CommandCatalog.LoadProgram,
            Program = program,
            DueAt = next > now + options.SendAgainAfter ? next : now + options.SendAgainAfter,
            ExpiresAt = now + ControllerRules.SendAgainAfter,
        };
    }

    /// <summary>The lights that are still to be switched to a level; null when none is.</summary>
    public DownlinkWork? Level(ControllerRow row, DateTimeOffset now)
    {
        ImmutableArray<DownlinkMember> due =
            [.. book.Live.Where(light => light.Lane == row.Lane && light.Level == row.Percent && light.ToSend > 0 && light.Kind != DeviceKind.Cabinet)
                .Select(light => new DownlinkMember(light.Device, light.ToSend))];
        return due.IsEmpty ? null : Of(due, new DeviceOrder(CommandCatalog.SetDimming, Percent(row.Percent)), now, options);
    }

    /// <summary>The cabinets of which a segment is still to be switched; null when there is none.</summary>
    public DownlinkWork? Segment(ControllerRow row, DateTimeOffset now)
    {
        ImmutableArray<DownlinkMember> due =
            [.. book.Live.Where(cabinet => cabinet.Lane == row.Lane && cabinet.Level == row.Percent && (cabinet.SegmentsToSend & BitOf(row)) != 0)
                .Select(cabinet => new DownlinkMember(cabinet.Device, cabinet.ToSend))];
        return due.IsEmpty ? null : Of(due, new DeviceOrder(CommandCatalog.SetSegment, Segment((int)row.Version, row.Percent)), now, options);
    }

    /// <summary>Notes what became of a row's members; answers those whose state changed.</summary>
    public ImmutableArray<Controller> Tell(ControllerRow row, ImmutableArray<MemberResult> results, DateTimeOffset now)
    {
        var changed = ImmutableArray.CreateBuilder<Controller>();
        foreach (var result in results)
        {
            if (book.Find(result.Device) is not { } controller)
            {
                continue;
            }

            var next = row.Purpose switch
            {
                ControllerRow.Program when controller.Version == row.Version => ControllerRules.Tell(controller, result, now),
                ControllerRow.Live when controller.Level == row.Percent && IsOver(result.Status) => controller with { ToSend = 0 },
                ControllerRow.Segment when controller.Level == row.Percent && IsOver(result.Status) => controller with { SegmentsToSend = (byte)(controller.SegmentsToSend & ~BitOf(row)) },
                _ => controller,
            };
            if (next != controller)
            {
                book.Set(next);
                changed.Add(next);
            }
        }

        return changed.ToImmutable();
    }

    /// <summary>True when the message is not to be sent again: another try of one that may have arrived does no harm.</summary>
    public static bool IsOver(DownlinkStatus status) => status is not (DownlinkStatus.Retry or DownlinkStatus.Ambiguous);

    /// <summary>The arguments of a level.</summary>
    public static ImmutableSortedDictionary<string, double> Percent(double percent) =>
        ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal).Add("percent", percent);

    /// <summary>The arguments of a segment, fed at a level above 0.</summary>
    public static ImmutableSortedDictionary<string, double> Segment(int segment, double percent) =>
        ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal).Add("segment", segment).Add("on", percent > 0 ? 1 : 0);

    /// <summary>One order for devices that are switched live.</summary>
    public static DownlinkWork Of(ImmutableArray<DownlinkMember> members, DeviceOrder order, DateTimeOffset now, ControllersOptions options) => new()
    {
        Members = members,
        Name = order.Name,
        Arguments = order.Arguments,
        DueAt = now + options.SendAgainAfter,
        ExpiresAt = now + options.LiveLasts,
    };

    private static int BitOf(ControllerRow row) => 1 << ((int)row.Version - 1);
}

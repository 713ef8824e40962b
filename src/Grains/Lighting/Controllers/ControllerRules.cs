using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Lighting;
using Grid.Contracts.Parameters;
using Grid.Grains.Devices;
using Grid.Grains.Parameters;
using Grid.Grains.Streetlights;

namespace Grid.Grains.Lighting.Controllers;

/// <summary>How a controller comes to run the program that it should run. Pure.</summary>
public static class ControllerRules
{
    /// <summary>How often a program is sent to a controller that does not say that it has it, before that is given up until something changes.</summary>
    public const int MaximumSent = 5;

    /// <summary>After this, a program that nothing shows is sent again.</summary>
    public static readonly TimeSpan SendAgainAfter = TimeSpan.FromHours(1);

    /// <summary>The controller that a device is, under no plan yet; null when it is none.</summary>
    /// <param name="device">The device.</param>
    /// <param name="given">What its territories give to light points.</param>
    public static Controller? Of(DeviceDescriptor device, ImmutableArray<ParameterValue> given = default)
    {
        var isCabinet = device.Kind == DeviceKind.Cabinet;
        if (!isCabinet && (device.Kind != DeviceKind.Streetlight || device.Flag("passive")))
        {
            return null;
        }

        return new Controller
        {
            Device = device.Id,
            Kind = device.Kind,
            Lane = DownlinkRoute.Of(device.Connector),
            MinimumPercent = isCabinet ? 0 : StreetlightSettings.SafetyMinimumPercentIn(new ParameterSource(ParameterTable.OwnOf(device), given)),
            State = HasScheduler(device) ? ControllerState.Pending : ControllerState.Live,
        };
    }

    /// <summary>True for a device that keeps a program: a cabinet unless it says that it does not, a light point when it says so.</summary>
    public static bool HasScheduler(DeviceDescriptor device) =>
        device.Attributes.TryGetValue(SharedAttributes.Scheduler.Name, out var value) && value.Flag is { } flag ? flag : device.Kind == DeviceKind.Cabinet;

    /// <summary>What is kept of a controller as it was when it is looked at anew.</summary>
    public static Controller Carry(Controller next, Controller? former)
    {
        if (former is null)
        {
            return next;
        }

        if (!IsOfSameNature(former, next))
        {
            return next with { Reported = former.Reported };
        }

        var kept = former with { Kind = next.Kind, Lane = next.Lane, Plan = next.Plan, By = next.By, MinimumPercent = next.MinimumPercent, Segments = next.Segments, Loads = next.Loads };

        // Another wiring: its segments are switched anew.
        return kept.State == ControllerState.Live && former.Segments != next.Segments ? kept with { Level = -1 } : kept;
    }

    /// <summary>True when both are switched live, or neither is.</summary>
    public static bool IsOfSameNature(Controller former, Controller next) =>
        former.Kind == next.Kind && (former.State == ControllerState.Live) == (next.State == ControllerState.Live);

    /// <summary>The numbers of segments, from bits.</summary>
    public static IEnumerable<int> SegmentsIn(byte segments) => Enumerable.Range(1, 8).Where(segment => (segments >> (segment - 1) & 1) != 0);

    /// <summary>The controller, which should run a program from now on.</summary>
    public static Controller Assign(Controller controller, long version, DateTimeOffset now) => controller.Version == version
        ? controller
        : controller with
        {
            Version = version,
            State = controller.Reported == version ? ControllerState.Running : ControllerState.Pending,
            Since = now,
            Detail = string.Empty,
            Sent = 0,
            SentAt = default,
        };

    /// <summary>True while its program is to be sent to it, now or later: one that has it by its own word, and reports another, is waited for too.</summary>
    public static bool IsWaiting(Controller controller) => controller.State switch
    {
        ControllerState.Pending or ControllerState.Transmitted => true,
        ControllerState.Acknowledged => controller.Reported >= 0 && controller.Reported != controller.Version,
        _ => false,
    };

    /// <summary>When its program is to be sent to it, while <see cref="IsWaiting"/>.</summary>
    public static DateTimeOffset DueAt(Controller controller) =>
        controller.State == ControllerState.Pending ? DateTimeOffset.MinValue : controller.SentAt + SendAgainAfter;

    /// <summary>The controller after its program was sent, or was not.</summary>
    public static Controller Tell(Controller controller, MemberResult result, DateTimeOffset now)
    {
        if (!IsWaiting(controller))
        {
            return controller;
        }

        var sent = controller with { Sent = controller.Sent + 1, SentAt = now };
        return result.Status switch
        {
            DownlinkStatus.Acknowledged => sent.Sent > MaximumSent
                ? To(sent, ControllerState.Unanswered, now, $"sent {sent.Sent} times")
                : To(sent, ControllerState.Acknowledged, now, result.Detail),
            DownlinkStatus.Rejected => To(sent, ControllerState.Rejected, now, result.Detail),
            DownlinkStatus.Transmitted or DownlinkStatus.Ambiguous => sent.Sent >= MaximumSent
                ? To(sent, ControllerState.Unanswered, now, $"sent {sent.Sent} times")
                : To(sent, ControllerState.Transmitted, now, result.Detail),
            DownlinkStatus.NotCarried => To(controller, ControllerState.Unanswered, now, result.Detail),
            _ => controller,
        };
    }

    /// <summary>The controller after a report with a program version. One that lost the program that it had, as after a swap, is sent it again.</summary>
    public static Controller Shown(Controller controller, long version, DateTimeOffset now)
    {
        var shown = controller.Reported == version ? controller : controller with { Reported = version };
        if (controller.State == ControllerState.Live || controller.Version == 0)
        {
            return shown;
        }

        if (version == controller.Version)
        {
            return controller.State == ControllerState.Running ? shown : To(shown, ControllerState.Running, now, string.Empty) with { Sent = 0, Command = null };
        }

        // A report that was made before the program arrived says nothing; one that does not show what was shown before does.
        return controller.State == ControllerState.Running
            ? To(shown, ControllerState.Pending, now, $"reports version {version}: swapped or reset") with { Sent = 0 }
            : shown;
    }

    private static Controller To(Controller controller, ControllerState state, DateTimeOffset now, string detail) => controller with
    {
        State = state,
        Since = controller.State == state ? controller.Since : now,
        Detail = detail,
    };
}

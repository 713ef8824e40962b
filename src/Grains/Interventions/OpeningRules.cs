using System.Globalization;
using Grid.Contracts.Interventions;

namespace Grid.Grains.Interventions;

/// <summary>What a request comes to: an order that there is, a refusal, or a new order.</summary>
/// <param name="Existing">The order that there is, as it is to be from now on.</param>
/// <param name="Conflict">Why it is refused.</param>
/// <param name="IsNew">True for a new order.</param>
public readonly record struct Opening(WorkOrder? Existing, string? Conflict, bool IsNew)
{
    /// <summary>True when it is refused because there are too many.</summary>
    public bool IsTooMany { get; init; }
}

/// <summary>Whether a request is a new order. Pure.</summary>
/// <param name="confirmations">What a raise does to an order that there is.</param>
public sealed class OpeningRules(ConfirmationRules confirmations)
{
    /// <summary>What a request comes to.</summary>
    public Opening Decide(WorkOrderBook book, WorkOrderRequest request, DateTimeOffset now)
    {
        if (request.Key is { } key && book.OfKey(key) is { } asked)
        {
            return asked.Request.Key != key || IsSame(asked.Request, request) ? new(asked, null, false) : new(null, $"The key stands for order {asked.Id}, which was asked for otherwise.", false);
        }

        if (request.Alarm is { } alarm && request.AlarmRaisedAt is { } raised && book.OfAlarm(alarm) is { } former)
        {
            var isLater = former.IsEnded && raised > former.EndedAt;
            var isSame = !isLater || (former.State == WorkOrderState.Closed && ConfirmationRules.Recurs(former, raised));
            if (isSame)
            {
                return new(Joined(former.State == WorkOrderState.Cancelled || (former.IsEnded && !isLater) ? former : confirmations.AlarmChanged(former, isActive: true, raised, now), request), null, false);
            }
        }

        // Many see the same lamp: they hear of the same order.
        return book.OfReport(request) is { } reported ? new(Joined(reported, request), null, false)
            : book.Live >= IWorkOrdersGrain.MaximumLive ? TooMany(request, IWorkOrdersGrain.MaximumLive, "work orders")
            : request.Origin == WorkOrderOrigin.Citizen && book.LiveOfCitizens() >= IWorkOrdersGrain.MaximumLiveOfCitizens
                ? TooMany(request, IWorkOrdersGrain.MaximumLiveOfCitizens, "work orders from citizens")
            : new(null, null, true);
    }

    /// <summary>Who asks again, when the alarm or the order has ended meanwhile, hears of the same order.</summary>
    private static WorkOrder Joined(WorkOrder order, WorkOrderRequest request) => request.Key is not { } key ? order : order with
    {
        Version = order.Version + 1,
        JoinedBy = [.. order.JoinedBy.Skip(order.JoinedBy.Length - WorkOrder.MaximumJoined + 1), key],
    };

    private static Opening TooMany(WorkOrderRequest request, int most, string what) =>
        new(null, string.Create(CultureInfo.InvariantCulture, $"Commune {request.Commune} has {most} {what} to be done, which is the most."), false) { IsTooMany = true };

    private static bool IsSame(WorkOrderRequest one, WorkOrderRequest other) =>
        (one.Device, one.Kind, one.Title, one.Description, one.Priority, one.Alarm, one.Origin, one.Position) ==
        (other.Device, other.Kind, other.Title, other.Description, other.Priority, other.Alarm, other.Origin, other.Position)
        && one.Report?.Service == other.Report?.Service;
}

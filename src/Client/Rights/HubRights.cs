using System.Reflection;
using Grid.Client.Authentication;
using Grid.Client.Metrics;
using Grid.Contracts.Rights;
using Microsoft.AspNetCore.SignalR;

namespace Grid.Client.Rights;

/// <summary>Lets an invocation through to its hub method when the connection's caller has the method's right.</summary>
public sealed class HubRights(GatewayMeter meter) : IHubFilter
{
    /// <inheritdoc/>
    public ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        var right = invocationContext.HubMethod.GetCustomAttribute<RequiresRightAttribute>()?.Right ?? Right.Internal;
        var actor = invocationContext.Context.GetHttpContext()?.Features.Get<Actor>();
        if (right != Right.Public && (actor is null || !actor.Rights.Contains(right)))
        {
            meter.RequestRefused("forbidden");
            throw new HubException($"{invocationContext.HubMethodName} needs the right {right}.");
        }

        return next(invocationContext);
    }
}

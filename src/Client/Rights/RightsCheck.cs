using System.Reflection;
using Grid.Client.Audit;
using Grid.Contracts.Rights;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;
using Orleans;

namespace Grid.Client.Rights;

/// <summary>Closed unless told otherwise: what does not declare its right stops the program at start.</summary>
public static class RightsCheck
{
    /// <summary>Every offender by name, empty when each route, hub method and grain interface declares a right.</summary>
    /// <param name="endpoints">The mapped routes; the hubs are found through them.</param>
    /// <param name="assemblies">Where grain interfaces are declared.</param>
    public static IReadOnlyList<string> FindOffenders(IReadOnlyCollection<Endpoint> endpoints, IEnumerable<Assembly> assemblies) =>
    [
        .. endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<RequiresRightAttribute>() is null)
            .Select(endpoint => $"route {NameOf(endpoint)} declares no right"),
        .. endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<RequiresRightAttribute>()?.Right == Right.Internal)
            .Select(endpoint => $"route {NameOf(endpoint)} declares the right of grains"),
        .. endpoints.Where(Changes).Where(endpoint => endpoint.Metadata.GetMetadata<AuditedAction>() is null)
            .Select(endpoint => $"route {NameOf(endpoint)} changes something and is not audited"),
        .. endpoints.Select(endpoint => endpoint.Metadata.GetMetadata<HubMetadata>()?.HubType).OfType<Type>().Distinct()
            .SelectMany(HubMethods).Where(method => method.GetCustomAttribute<RequiresRightAttribute>() is null)
            .Select(method => $"hub method {method.DeclaringType?.FullName}.{method.Name} declares no right"),
        .. assemblies.SelectMany(assembly => assembly.GetTypes()).Where(IsGrainInterface)
            .Where(type => type.GetCustomAttribute<RequiresRightAttribute>(inherit: false) is null)
            .Select(type => $"grain interface {type.FullName} declares no right"),
    ];

    /// <summary>Throws when there is an offender.</summary>
    /// <exception cref="InvalidOperationException">Names every offender.</exception>
    public static void Verify(IReadOnlyCollection<Endpoint> endpoints, IEnumerable<Assembly> assemblies)
    {
        var offenders = FindOffenders(endpoints, assemblies);
        if (offenders.Count > 0)
        {
            throw new InvalidOperationException($"Not every door declares its right: {string.Join("; ", offenders)}.");
        }
    }

    private static bool Changes(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<RequiresRightAttribute>()?.Right is Right.Command or Right.ManageDevices or Right.Administer or Right.ErasePersonalData or Right.Intervene
        && endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Any(method => !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method)) == true;

    private static IEnumerable<MethodInfo> HubMethods(Type hub) =>
        hub.GetMethods(BindingFlags.Public | BindingFlags.Instance)
            .Where(method => method.GetBaseDefinition().DeclaringType is { } declarer && declarer != typeof(Hub) && declarer != typeof(object))
            .Where(method => method.DeclaringType != typeof(Hub) && !method.IsSpecialName && method.Name != nameof(IDisposable.Dispose));

    private static bool IsGrainInterface(Type type) =>
        type.IsInterface && (typeof(IGrain).IsAssignableFrom(type) || typeof(IGrainObserver).IsAssignableFrom(type));

    private static string NameOf(Endpoint endpoint) => endpoint is RouteEndpoint route
        ? $"{string.Join(',', endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])} {route.RoutePattern.RawText}".Trim()
        : endpoint.DisplayName ?? endpoint.ToString() ?? "?";
}

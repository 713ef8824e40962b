using Grid.Contracts.Commands;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Connectors.Http.Downlinks;

/// <summary>Composition of downlinks over HTTP.</summary>
public static class HttpDownlinks
{
    /// <summary>Adds the sender. It needs the device registry and a clock. Settings: section <c>Grid:Downlinks:Http</c>.</summary>
    public static IServiceCollection AddHttpDownlinks(this IServiceCollection services)
    {
        services.AddOptions<HttpDownlinkOptions>().BindConfiguration("Grid:Downlinks:Http").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<HttpDownlinkSender>();
        services.AddSingleton<IDownlinkSender>(provider => provider.GetRequiredService<HttpDownlinkSender>());
        return services;
    }
}

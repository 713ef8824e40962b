using Grid.Client.Alarms;
using Grid.Client.Authentication;
using Grid.Client.Backups;
using Grid.Client.Bodies;
using Grid.Client.Collection;
using Grid.Client.Commands;
using Grid.Client.CrossTrade;
using Grid.Client.Devices;
using Grid.Client.Energy;
using Grid.Client.Errors;
using Grid.Client.Exports;
using Grid.Client.Health;
using Grid.Client.History;
using Grid.Client.Import;
using Grid.Client.Interventions;
using Grid.Client.Json;
using Grid.Client.Lighting;
using Grid.Client.Limits;
using Grid.Client.Live;
using Grid.Client.Maintenance;
using Grid.Client.Metrics;
using Grid.Client.Notifications;
using Grid.Client.Open311;
using Grid.Client.Parameters;
using Grid.Client.Promotions;
using Grid.Client.Rights;
using Grid.Client.Rules;
using Grid.Client.Sensors;
using Grid.Client.Subscribers;
using Grid.Client.Territories;
using Grid.Client.WaterZones;
using Grid.Contracts.Rights;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Grid.Client;

/// <summary>
/// The gateway: REST, live hub, authentication, rights, audit, metrics. The program that composes it gives <see cref="IReadiness"/>,
/// <see cref="IGridRuntime"/>, a <see cref="TimeProvider"/>, the grain factory and the ports of Contracts.
/// </summary>
public static class Gateway
{
    // Room for a cursor over every sector of the country.
    private const int MaximumHubMessageBytes = 256 * 1024;

    // Long enough for a frame, short enough that a slow client is noticed before much waits for it.
    private const int HubBufferBytes = 64 * 1024;

    /// <summary>Adds the gateway. Settings: <c>Grid:Auth:Mode</c>, <c>Grid:Limits</c>.</summary>
    /// <param name="services">Where to add it.</param>
    /// <param name="dataDirectory">Where the administrator's token is kept. What opens it is added before the gateway, and so starts before it.</param>
    /// <param name="mode">How callers prove who they are.</param>
    public static IServiceCollection AddGridGateway(this IServiceCollection services, string dataDirectory, AuthenticationMode mode)
    {
        services.AddOptions<GatewayLimits>().BindConfiguration("Grid:Limits").ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<EnergyOptions>().BindConfiguration("Grid:Energy").ValidateOnStart();
        services.AddSingleton<IValidateOptions<EnergyOptions>, EnergyOptionsValidation>();
        services.AddOptions<Open311Options>().BindConfiguration("Grid:Open311").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<GatewayMeter>();
        services.AddSingleton<PrometheusExporter>();
        services.AddSingleton<ProcessStart>();
        services.AddSingleton<IGridGrains, GridGrains>();
        services.AddSingleton<ScopeMembers>();
        services.AddSingleton<DeviceListing>();
        services.AddSingleton<DeviceImport>();
        services.AddSingleton<Promotion>();
        services.AddSingleton<CommuneViews>();
        services.AddSingleton<HistoryReader>();
        services.AddSingleton<WaterZoneHistory>();
        services.AddSingleton<BodyChanges>();
        services.AddSingleton<FieldControllers>();
        services.AddSingleton<WorkOrderListing>();
        services.AddSingleton<ReportPlace>();
        services.AddSingleton<CitizenRequests>();
        services.AddSingleton<Open311ReadLimit>();
        services.AddSingleton<Open311ReportLimit>();
        services.AddSingleton<CommuneExport>();
        services.AddSingleton<SubscriberReader>();
        services.AddSingleton<SubscriberExport>();
        services.AddSingleton(new GatewayMode(mode));
        services.AddSingleton<TerritoryRights>();
        services.AddSingleton<ReachCheck>();
        services.AddSingleton<RuleRights>();
        services.AddSingleton<PlanRights>();
        services.AddSingleton<ScopeRights>();
        services.AddOptions<AccessTokenOptions>().BindConfiguration("Grid:Auth").ValidateOnStart();
        services.AddSingleton<IValidateOptions<AccessTokenOptions>, AccessTokenValidation>();
        if (mode == AuthenticationMode.Local)
        {
            services.AddSingleton<AccessTokens>();
            services.AddSingleton(_ => AdministratorToken.LoadOrCreate(dataDirectory));
            services.AddSingleton(provider => new Authenticator(provider.GetRequiredService<AdministratorToken>(), provider.GetRequiredService<AccessTokens>()));
        }
        else
        {
            services.AddSingleton(Authenticator.Open);
        }

        services.AddSingleton<MappedRoutes>();
        services.AddHostedService<GatewayStart>();
        AddLive(services);
        AddWeb(services);
        return services;
    }

    /// <summary>Maps the gateway: its middleware, routes and hub.</summary>
    public static WebApplication MapGridGateway(this WebApplication app)
    {
        app.Services.GetRequiredService<MappedRoutes>().Routes = app;
        _ = app.Services.GetRequiredService<ProcessStart>();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseMiddleware<RightsGate>();
        app.UseRateLimiter();
        app.UseMiddleware<BodySizeGate>();
        var api = app.MapGroup("/api/v1");
        DeviceEndpoints.Map(api);
        ImportEndpoint.Map(api);
        TerritoryEndpoints.Map(api);
        FindingEndpoints.Map(api);
        AlarmEndpoints.Map(api);
        AlarmSettingEndpoints.Map(api);
        AlarmsOrderEndpoint.Map(api);
        EnvironmentEndpoint.Map(api);
        BodyEndpoints.Map(api);
        CommandEndpoints.Map(api);
        GroupCommandEndpoints.Map(api);
        LightingPlanEndpoints.Map(api);
        ControllerEndpoints.Map(api);
        ParameterEndpoints.Map(api);
        RuleEndpoints.Map(api);
        PromotionEndpoint.Map(api);
        EndpointRoutes.Map(api);
        NotificationRoutes.Map(api);
        OnCallRoutes.Map(api);
        ExportEndpoints.Map(api);
        BackupEndpoints.Map(api);
        HistoryEndpoints.Map(api);
        EnergyEndpoints.Map(api);
        CollectionEndpoints.Map(api);
        MaintenanceEndpoints.Map(api);
        WorkOrderEndpoints.Map(api);
        ContractEndpoints.Map(api);
        WaterZoneEndpoints.Map(api);
        RetentionEndpoint.Map(api);
        SubscriberEndpoints.Map(api);
        HealthEndpoints.Map(app, api);
        MetricsEndpoint.Map(app);
        Open311Endpoints.Map(app);
        app.MapOpenApi("/openapi/{documentName}.json").RequireRight(Right.Read).Reaches(Reach.Nothing);
        app.MapHub<LiveHub>("/hubs/live", options =>
        {
            options.Transports = HttpTransportType.WebSockets | HttpTransportType.ServerSentEvents | HttpTransportType.LongPolling;
            options.TransportMaxBufferSize = HubBufferBytes;
            options.ApplicationMaxBufferSize = MaximumHubMessageBytes;
        }).RequireRight(Right.Read).Reaches(Reach.Nothing);
        return app;
    }

    private static void AddLive(IServiceCollection services)
    {
        services.AddSingleton<ScopeResolver>();
        services.AddSingleton<FeedReader>();
        services.AddSingleton<AlarmReader>();
        services.AddSingleton<LiveObservers>();
        services.AddHostedService(provider => provider.GetRequiredService<LiveObservers>());
        services.AddSingleton<LiveFeeds>();
        services.AddSignalR(options =>
        {
            options.MaximumReceiveMessageSize = MaximumHubMessageBytes;
            options.EnableDetailedErrors = false;
            options.AddFilter<HubRights>();
        }).AddJsonProtocol(options => options.PayloadSerializerOptions.TypeInfoResolverChain.Insert(0, GridJson.Default));
        services.AddSingleton<HubRights>();
    }

    private static void AddWeb(IServiceCollection services)
    {
        services.AddProblemDetails();
        services.AddExceptionHandler<UnhandledErrors>();
        services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, GridJson.Default));
        services.AddRateLimiter(_ => { });
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<GatewayLimits>>((options, limits) => RateLimits.Configure(options, limits.Value));
        services.AddOpenApi("v1", options => options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "Grid";
            document.Info.Description = "A connected territory in real time.";
            return Task.CompletedTask;
        }));
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<GatewayLimits>>((options, limits) =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = limits.Value.BodyBytes;
            options.Limits.MaxRequestHeaderCount = limits.Value.Headers;
        });

        // At Information the server writes each request's query, and with it a hub's access_token.
        services.PostConfigure<LoggerFilterOptions>(options =>
            options.Rules.Add(new(null, "Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning, null)));
    }
}

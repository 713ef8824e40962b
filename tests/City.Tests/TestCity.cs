using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains;
using Grid.Grains.History;
using Grid.Grains.Intake;
using Grid.Grains.Territory;
using Grid.Storage;
using Grid.TestCluster;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Storage;

namespace Grid.Tests.City;

/// <summary>
/// All grains with the real storage in a directory of their own. Time is the test's: it passes in steps, and between two steps everything that
/// was accepted is applied.
/// </summary>
internal sealed partial class TestCity : IAsyncDisposable
{
    private static readonly TimeSpan QuietWithin = TimeSpan.FromMinutes(2);
    private const int MaximumTicks = 5_000;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(1);

    private readonly GridCluster _cluster;
    private readonly string _directory;
    private readonly TimeProvider _clock;

    private TestCity(GridCluster cluster, string directory, TimeProvider clock) => (_cluster, _directory, _clock) = (cluster, directory, clock);

    public IGrainFactory Grains => _cluster.Grains;

    public DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(_clock.GetUtcNow().ToUnixTimeMilliseconds());

    public T Get<T>()
        where T : notnull => _cluster.Services.GetRequiredService<T>();

    /// <summary>A city without devices.</summary>
    /// <param name="services">Others in place of its own.</param>
    /// <param name="at">What its clock shows first, where that is its own.</param>
    public static Task<TestCity> StartAsync(Action<IServiceCollection>? services = null, DateTimeOffset? at = null) =>
        StartAsync(Directory.CreateTempSubdirectory("grid-city-").FullName, CreateClock(at), services);

    private static async Task<TestCity> StartAsync(string directory, TimeProvider clock, Action<IServiceCollection>? others = null, bool wakes = true)
    {
        var cluster = await GridCluster.StartAsync(options =>
        {
            options.Services = services =>
            {
                services.AddSingleton(clock);
                services.AddMetrics();
                services.AddGridStorage(new StorageOptions { DataDirectory = directory });
                services.AddGridGrains();
                others?.Invoke(services);
            };
            options.Storage = services => services.GetRequiredService<GridStorage>().Grains is var grains && services.GetService<StorageTap>() is { } tap ? tap.Over(grains) : grains;
            options.StreamProviders = [RollUpStreams.Provider];
            // The disk takes real time, in which the test's time may run far ahead.
            options.CallTimeout = TimeSpan.FromHours(20);
        });
        var city = new TestCity(cluster, directory, clock);
        await city.Get<GridStorage>().OpenAsync();
        await city.Get<Registrar>().LoadAsync(CancellationToken.None);
        city.Get<HistoryFeed>().Start();
        city.Get<LogRelease>().Start();
        city.Get<LogWriter>().Start();
        await city.Get<Registrar>().CompletePendingAsync(CancellationToken.None);
        if (wakes)
        {
            await city.SettleAsync();
        }

        return city;
    }

    public ICommuneGrain Commune(string inseeCode) => Grains.GetGrain<ICommuneGrain>(inseeCode);

    public IBodyGrain Body(string siren) => Grains.GetGrain<IBodyGrain>(siren);

    public IBodyGrain Department(string code) => Grains.GetGrain<IBodyGrain>(TerritoryKeys.OfDepartment(code));

    public async Task PutAsync(params DeviceDescriptor[] devices) => Assert.Empty((await TryPutAsync(devices)).Errors);

    public Task<RegistrationResult> TryPutAsync(params DeviceDescriptor[] devices) => Get<IRegistrar>().PutAsync(devices, CancellationToken.None);

    public Task<bool> RemoveAsync(string device) => Get<IRegistrar>().RemoveAsync(device, CancellationToken.None);

    /// <summary>Submits readings, all of them good, and waits until they are applied.</summary>
    public async Task ReportAsync(params IncomingReading[] readings) => Assert.Empty((await TryReportAsync(readings)).Rejected);

    public async Task<IntakeResult> TryReportAsync(params IncomingReading[] readings)
    {
        var result = await Get<IIntake>().SubmitAsync(readings, IntakeClass.Api, CancellationToken.None);
        await QuietAsync();
        return result;
    }

    public Task AddBodyAsync(string siren, DeviceKinds kinds, params string[] communes) =>
        AddBodyAsync(siren, [.. communes.Select(commune => new Membership(commune, siren, kinds, null, null))]);

    public async Task AddBodyAsync(string siren, ImmutableArray<Membership> members)
    {
        var bodies = Get<IBodyRegistry>();
        await bodies.PutAsync(new Body(siren, $"Body {siren}", BodyKind.Syndicate), CancellationToken.None);
        await bodies.PutMembersAsync(siren, members, CancellationToken.None);
    }

    /// <summary>The figures of a territory once everything below it has said its newest.</summary>
    public async Task<TerritoryFigures> FiguresAsync(ITerritoryGrain territory)
    {
        if (territory is IBodyGrain body)
        {
            await body.Refresh();
            foreach (var commune in (await body.GetPartial()).Versions.Select(version => SectorMap.CommuneOf(version.Sector)).Distinct())
            {
                await Commune(commune).Refresh();
            }
        }

        await territory.Refresh();
        return (await territory.GetPartial()).Figures;
    }

    /// <summary>Lets time pass until something holds.</summary>
    public async Task UntilAsync(Func<Task<bool>> holds, Func<string> what)
    {
        for (var ticks = 0; !await holds(); ticks++)
        {
            Assert.True(ticks < MaximumTicks, $"It was waited for {what()}.");
            await TickAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Wakes every sector and waits until what its sweep has found is applied too.</summary>
    public async Task SettleAsync() => await SettleAsync(await SectorsAsync());

    private async Task SettleAsync(IReadOnlyCollection<string> sectors)
    {
        foreach (var sector in sectors)
        {
            await Grains.GetGrain<ISectorGrain>(sector).CatchUp();
        }

        await QuietAsync();
    }

    private async Task<IReadOnlyCollection<string>> SectorsAsync()
    {
        var sectors = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var record in Get<IDeviceRegistry>().ReadAllAsync(CancellationToken.None))
        {
            sectors.Add(record.Sector);
        }

        return sectors;
    }

    /// <summary>The values of a metric in history, oldest first, once history has taken what was accepted.</summary>
    public async Task<IReadOnlyList<double>> HistoryAsync(string series, string metric)
    {
        using var limit = new CancellationTokenSource(QuietWithin);
        await Get<HistoryFeed>().CatchUpAsync(limit.Token);
        var query = new HistoryQuery { Series = series, Metric = metric, From = DateTimeOffset.UnixEpoch, To = DateTimeOffset.UnixEpoch.AddYears(100) };
        return [.. (await Get<IHistory>().ReadPointsAsync(query, limit.Token)).Points.Select(point => point.Value)];
    }

    /// <summary>Waits, on real threads and a real disk, until everything that was accepted is applied.</summary>
    private async Task QuietAsync()
    {
        for (var left = QuietWithin; Get<LogWriter>().Waiting > 0; left -= Poll)
        {
            Assert.True(left > TimeSpan.Zero, $"{Get<LogWriter>().Waiting} entries were not applied within {QuietWithin}.");
            await Task.Delay(Poll);
        }
    }
}
